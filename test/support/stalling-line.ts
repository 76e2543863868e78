import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP line to a server on this machine that can be stalled: nothing is lost and nothing arrives, as in a bad Wi-Fi. */
export class StallingLine {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  private isStalled = false;

  /** The port of its near end. */
  async open(port: number): Promise<number> {
    const server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(from);
        from.on("data", (chunk: Buffer) => to.write(chunk));
        from.on("error", () => to.destroy());
        from.on("close", () => to.destroy());
        if (this.isStalled) from.pause();
      }
    });
    this.server = server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  stall(isStalled: boolean): void {
    this.isStalled = isStalled;
    for (const socket of this.sockets) {
      if (isStalled) socket.pause();
      else socket.resume();
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server?.close();
  }
}
