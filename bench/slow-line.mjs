// A line of so many bytes a second between a client and a server.
import { connect, createServer } from "node:net";

/** Resolves to `{port, end}`; what comes from the server is held back to `bytesPerSecond`. */
export async function slowLine(port, bytesPerSecond) {
  const open = new Set();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    open.add(near).add(far);
    for (const end of [near, far]) end.on("error", () => undefined).setNoDelay(true);
    near.pipe(far);
    let freeAt = performance.now();
    far.on("data", (bytes) => {
      const now = performance.now();
      freeAt = Math.max(now, freeAt) + (bytes.length / bytesPerSecond) * 1000;
      far.pause();
      setTimeout(() => {
        near.write(bytes);
        far.resume();
      }, freeAt - now);
    });
    far.on("close", () => near.destroy());
    near.on("close", () => far.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    end: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
