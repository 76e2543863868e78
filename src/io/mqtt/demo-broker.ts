import { createServer, type Server } from "node:net";
import { Aedes } from "aedes";

/** The demo's broker: MQTT 3.1.1 on a free port of the loopback, in this process. Not for real robots. */
export class DemoBroker {
  private aedes: Aedes | null = null;
  private server: Server | null = null;

  /** Resolves to its address. */
  async start(): Promise<string> {
    const aedes = await Aedes.createBroker();
    const server = createServer(aedes.handle);
    this.aedes = aedes;
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("the demo broker has no port");
    return `mqtt://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) =>
      this.aedes === null ? resolve() : this.aedes.close(() => resolve()),
    );
    this.server?.close();
  }
}
