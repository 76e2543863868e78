import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A way to a broker that can be cut as a cable is: nothing passes and nothing is said, on either side. Mended, what was
 * held passes on, as TCP repeats what was lost.
 */
export class CutLink {
  private readonly pairs = new Set<[Socket, Socket]>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(brokerPort: number): Promise<CutLink> {
    const server = createServer({ noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    const link = new CutLink(server, address.port);
    server.on("connection", (near) => link.join(near, brokerPort));
    return link;
  }

  cut(): void {
    this.isCut = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  mend(): void {
    this.isCut = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async remove(): Promise<void> {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private join(near: Socket, brokerPort: number): void {
    const far = connect({ port: brokerPort, host: "127.0.0.1", noDelay: true });
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (bytes: Buffer) => to.write(bytes));
      from.on("error", () => undefined);
      from.on("close", () => {
        // While the cable is cut nobody hears of an end.
        if (!this.isCut) to.destroy();
        this.pairs.delete(pair);
      });
      if (this.isCut) from.pause();
    }
  }
}
