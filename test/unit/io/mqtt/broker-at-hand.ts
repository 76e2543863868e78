import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Aedes } from "aedes";
import type { Certificates } from "../../../support/certificates.ts";

export type Login = { username: string | undefined; password: string | undefined };

/** A broker of MQTT 3.1.1 in this process, on a free port, that notes who comes. */
export class BrokerAtHand {
  readonly logins: Login[] = [];
  /** Whether it lets somebody in. */
  lets: (login: Login) => boolean = () => true;
  url = "";
  port = 0;
  private aedes: Aedes | null = null;
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  /** With TLS where it gets certificates. */
  async start(certificates?: Certificates): Promise<this> {
    const aedes = await Aedes.createBroker();
    aedes.authenticate = (_, username, password, done) => {
      const login = { username, password: password?.toString() };
      this.logins.push(login);
      if (this.lets(login)) done(null, true);
      else done(Object.assign(new Error("bad login"), { returnCode: 5 }) as never, false);
    };
    const take = (socket: Socket): void => {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      aedes.handle(socket);
    };
    const server =
      certificates === undefined
        ? createServer(take)
        : createTlsServer(
            { cert: readFileSync(certificates.brokerCert), key: readFileSync(certificates.brokerKey) },
            take,
          );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.aedes = aedes;
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    this.url = `${certificates === undefined ? "mqtt" : "mqtts"}://127.0.0.1:${this.port}`;
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((done) => (this.aedes === null ? done() : this.aedes.close(() => done())));
    this.server?.close();
  }
}

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
