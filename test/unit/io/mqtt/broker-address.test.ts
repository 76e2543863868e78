import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type BrokerAddress,
  BrokerFileFault,
  connectBroker,
  isWebSocket,
  openBrokerSocket,
} from "../../../../src/io/mqtt/broker-address.ts";
import { makeCertificates } from "../../../support/certificates.ts";
import { eventually } from "../../../support/eventually.ts";
import { BrokerAtHand, freePort } from "./broker-at-hand.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-broker-address-"));
const certificates = makeCertificates(folder);
afterAll(() => rmSync(folder, { recursive: true }));

const none = join(folder, "none.pem");

/** Waits for an event of a client; what it failed with before is no matter. */
const came = (client: MqttClient, event: "connect" | "close") =>
  new Promise<void>((done) => client.once(event, () => done()));

describe("the way to a broker", () => {
  let broker: BrokerAtHand;
  let open: MqttClient[] = [];

  beforeEach(async () => {
    broker = await new BrokerAtHand().start();
  });
  afterEach(async () => {
    for (const client of open) client.end(true);
    open = [];
    await broker.stop();
  });

  const connect = (
    address: BrokerAddress,
    leftOut: (topic: string, bytes: number) => void = () => undefined,
  ) => {
    const client = connectBroker(address, { protocolVersion: 4, connectTimeout: 5000 }, 2048, leftOut);
    client.on("error", () => undefined);
    open.push(client);
    return client;
  };

  /** The login that the broker sees from this address. */
  const loginBy = async (address: Partial<BrokerAddress>) => {
    const client = connect({ url: broker.url, ...address });
    await came(client, "connect");
    return broker.logins.at(-1);
  };

  describe("with a login", () => {
    const withLogin = (login: string) => broker.url.replace("//", `//${login}@`);

    it("uses that of the configuration", async () => {
      expect(await loginBy({ username: "arm", password: "pw" })).toEqual({ username: "arm", password: "pw" });
    });

    it("uses that in the address, with what is escaped there as it is meant", async () => {
      expect(await loginBy({ url: withLogin("arm:p%40w%2F") })).toEqual({
        username: "arm",
        password: "p@w/",
      });
    });

    it("prefers that of the configuration to that in the address", async () => {
      expect(await loginBy({ url: withLogin("arm:old"), username: "leg", password: "new" })).toEqual({
        username: "leg",
        password: "new",
      });
    });

    it("takes the password from a file without the line's end, and reads it anew each time", async () => {
      const passwordFile = join(folder, "password");
      writeFileSync(passwordFile, "one two\r\n");
      expect((await loginBy({ username: "arm", passwordFile }))?.password).toBe("one two");
      writeFileSync(passwordFile, "new\n\n");
      expect((await loginBy({ username: "arm", passwordFile }))?.password).toBe("new\n");
    });

    it("sends none where there is none", async () => {
      const login = await loginBy({});
      expect(login?.username ?? null).toBeNull();
      expect(login?.password).toBeUndefined();
    });
  });

  describe("with a file that cannot be read", () => {
    it.each(["ca", "cert", "key"] as const)("is refused by the name of mqtt.tls.%s and the path", (file) => {
      const address = { url: "mqtts://127.0.0.1:1", tls: { [file]: none } };
      expect(() => connect(address)).toThrow(BrokerFileFault);
      expect(() => openBrokerSocket(address)).toThrow(`mqtt.tls.${file}: ${none}: there is no such file`);
    });

    it("is refused before it begins where the password's file is missing, or the CA of wss", () => {
      expect(() => connect({ url: broker.url, passwordFile: none })).toThrow(`mqtt.passwordFile: ${none}`);
      expect(() => connect({ url: "wss://127.0.0.1:1", tls: { ca: none } })).toThrow(BrokerFileFault);
    });
  });

  it("leaves out what is larger than was allowed, tells its topic, and stays open", async () => {
    const leftOut: unknown[] = [];
    const client = connect({ url: broker.url }, (topic, bytes) => leftOut.push([topic, bytes > 3000]));
    await came(client, "connect");
    const topics: string[] = [];
    client.on("message", (topic) => topics.push(topic));
    await client.subscribeAsync("a/#");
    await client.publishAsync("a/large", "x".repeat(3000), { qos: 1 });
    await client.publishAsync("a/small", "y", { qos: 1 });
    await eventually("the small one", () => topics.includes("a/small"));
    expect(leftOut).toEqual([["a/large", true]]);
    expect(topics).not.toContain("a/large");
  });

  it("does not try again by itself", async () => {
    const client = connect({ url: `mqtt://127.0.0.1:${await freePort()}` });
    await came(client, "close");
    expect(client.options.reconnectPeriod).toBe(0);
    expect(client.reconnecting).toBe(false);
  });

  it("is by WebSocket for ws and wss, however they are written", () => {
    expect(["ws://b", "WSS://b", "mqtt://b", "mqtts://b", "mqtt://ws://"].map(isWebSocket)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("a broker with TLS", () => {
  let broker: BrokerAtHand;

  beforeEach(async () => {
    broker = await new BrokerAtHand().start(certificates);
  });
  afterEach(() => broker.stop());

  /** What becomes of a TLS connection: "secure", or the error. */
  const outcome = async (address: Partial<BrokerAddress>): Promise<string> => {
    const socket = openBrokerSocket({ url: broker.url, ...address });
    try {
      await once(socket, "secureConnect");
      return "secure";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
      socket.destroy();
    }
  };

  it("is trusted by the authority that signed its certificate, and by no other", async () => {
    expect(await outcome({ tls: { ca: certificates.ca } })).toBe("secure");
    expect(await outcome({})).toMatch(/SELF_SIGNED|UNABLE_TO/);
  });

  it("must be the one of the address, or of the name that is configured", async () => {
    const tls = { ca: certificates.ca };
    expect(await outcome({ tls: { ...tls, serverName: "localhost" } })).toBe("secure");
    expect(await outcome({ tls: { ...tls, serverName: "elsewhere" } })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });
});

describe("a connection without TLS", () => {
  it("goes to the host in brackets where that is an address of IPv6", async () => {
    const taken: Socket[] = [];
    const server = createServer((socket) => taken.push(socket));
    server.listen(0, "::1");
    const isThere = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]);
    if (!isThere) return;
    const { port } = server.address() as { port: number };
    const socket = openBrokerSocket({ url: `mqtt://[::1]:${port}` });
    await once(socket, "connect");
    expect(socket.remoteAddress).toBe("::1");
    socket.destroy();
    for (const one of taken) one.destroy();
    server.close();
  });
});
