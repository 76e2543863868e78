import type { WebSocket } from "ws";

/** A client that has answered no ping for so long is gone, though its socket was never closed. ms */
const askEveryMs = 15_000;

/** Asks a client now and then whether it is there, and ends the socket of one that does not answer. Browsers answer by themselves. */
export function endWhenSilent(client: WebSocket, everyMs = askEveryMs): void {
  let isThere = true;
  const heard = (): void => {
    isThere = true;
  };
  client.on("pong", heard);
  client.on("message", heard);
  const timer = setInterval(() => {
    if (isThere) {
      isThere = false;
      client.ping();
      return;
    }
    // Where this program stood, the answers are still to be read.
    setTimeout(() => {
      if (!isThere) client.terminate();
    }, everyMs / 5).unref();
  }, everyMs).unref();
  client.on("close", () => clearInterval(timer));
}
