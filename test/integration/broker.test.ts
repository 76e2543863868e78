import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DemoBroker } from "../../src/io/mqtt/demo-broker.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { TwinProcess } from "../support/twin-process.ts";

const root = new URL("../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "twin-broker-"));
const twins: TwinProcess[] = [];
const clients: MqttClient[] = [];

/** A twin whose `mqtt` is `config`; it does not wait for the broker. */
async function twinWith(config: string): Promise<TwinProcess> {
  const twin = new TwinProcess();
  twins.push(twin);
  const file = twin.file(
    "twin.yaml",
    `robots: [{id: arm, description: ${root}urdf/arm.urdf}]\nmqtt: ${config}\n`,
  );
  await twin.up("--port", "0", "--config", file);
  return twin;
}

async function isConnected(twin: TwinProcess): Promise<void> {
  await eventually("the broker", async () => (await fetch(twin.at("/readyz"))).status === 200);
}

/** What /readyz says is wrong. */
async function reasonOf(twin: TwinProcess, pattern: RegExp): Promise<string> {
  return eventually(`a reason like ${pattern}`, async () => {
    const { reasons = [] } = (await (await fetch(twin.at("/readyz"))).json()) as { reasons?: string[] };
    const text = reasons.join("; ");
    return pattern.test(text) ? text : undefined;
  });
}

async function client(url: string, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const made = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
  clients.push(made);
  made.on("error", () => undefined);
  await eventually("a client", () => made.connected);
  return made;
}

afterEach(async () => {
  for (const one of clients.splice(0)) one.end(true);
  for (const twin of twins.splice(0)) await twin.remove();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasMosquitto())("a broker", () => {
  describe("with TLS", () => {
    let files: Certificates;
    let broker: Mosquitto;
    let strict: Mosquitto;

    beforeAll(async () => {
      files = makeCertificates(folder);
      const tls = [`cafile ${files.ca}`, `certfile ${files.brokerCert}`, `keyfile ${files.brokerKey}`];
      broker = new Mosquitto([...tls, "allow_anonymous true"], "mqtts");
      strict = new Mosquitto([...tls, "require_certificate true", "use_identity_as_username true"], "mqtts");
      await broker.start();
      await strict.start();
    });
    afterAll(async () => {
      await broker.remove();
      await strict.remove();
    });

    it("is joined when its authority is named, by MQTT 5, and messages arrive", async () => {
      const twin = await twinWith(`{url: "${broker.url}", tls: {ca: ${files.ca}}}`);
      await isConnected(twin);
      expect(twin.err).toContain("MQTT 5");
      const device = await client(broker.url, { ca: readFileSync(files.ca) });
      device.publish("twin/v1/d/telemetry", '{"boot":1,"n":0,"t_us":1,"signals":{"x":4}}');
      await eventually(
        "the value",
        async () => (await twin.property("device/d", "device/d/x").catch(() => null))?.reported?.value === 4,
      );
    });

    it("whose authority is not known is refused, and the line says what to do", async () => {
      const twin = await twinWith(`{url: "${broker.url}"}`);
      expect(await reasonOf(twin, /mqtt\.tls\.ca/)).toMatch(/self.signed|unable to/);
    });

    it("with a name that is not in its certificate is refused, unless the name is given", async () => {
      const twin = await twinWith(
        `{url: "${broker.url}", tls: {ca: ${files.ca}, serverName: other.example}}`,
      );
      await reasonOf(twin, /mqtt\.tls\.serverName/);
      const named = await twinWith(`{url: "${broker.url}", tls: {ca: ${files.ca}, serverName: localhost}}`);
      await isConnected(named);
    });

    it("that asks for our certificate gets it; without one it lets nobody in", async () => {
      const { ca, clientCert, clientKey } = files;
      const twin = await twinWith(
        `{url: "${strict.url}", tls: {ca: ${ca}, cert: ${clientCert}, key: ${clientKey}}}`,
      );
      await isConnected(twin);
      const without = await twinWith(`{url: "${strict.url}", tls: {ca: ${ca}}}`);
      await reasonOf(without, /broker/);
      expect((await fetch(without.at("/readyz"))).status).toBe(503);
    });

    it("whose file is missing is named by key and path, and tried again until it is there", async () => {
      const path = join(folder, "later.crt");
      const twin = await twinWith(`{url: "${broker.url}", tls: {ca: ${path}}}`);
      expect(await reasonOf(twin, /mqtt\.tls\.ca: .*there is no such file/)).toContain(path);
      writeFileSync(path, readFileSync(files.ca));
      await isConnected(twin);
    });
  });

  describe("with the passwords and access rules of docs/examples/mosquitto", () => {
    let broker: Mosquitto;

    beforeAll(async () => {
      const passwords = join(folder, "passwords");
      writeFileSync(passwords, "");
      for (const user of ["twin", "left", "right"]) {
        execFileSync("mosquitto_passwd", ["-b", passwords, user, `secret of ${user}`]);
      }
      broker = new Mosquitto([
        "allow_anonymous false",
        `password_file ${passwords}`,
        `acl_file ${root}docs/examples/mosquitto/acl`,
      ]);
      await broker.start();
    });
    afterAll(() => broker.remove());

    const login = (username: string) => ({ username, password: `secret of ${username}` });

    it("lets the twin in by user and password, also from a file, and says what is wrong with a wrong one", async () => {
      const file = join(folder, "secret");
      writeFileSync(file, "secret of twin\n");
      await isConnected(await twinWith(`{url: "${broker.url}", username: twin, passwordFile: ${file}}`));
      const twin = await twinWith(`{url: "${broker.url}", username: twin, password: wrong}`);
      expect(await reasonOf(twin, /mqtt\.password/)).toMatch(/not authorized|bad user/i);
      expect(twin.err).not.toContain("wrong;");
    });

    it("lets a device speak for itself alone, and hear its own commands alone", async () => {
      const twin = await twinWith(`{url: "${broker.url}", username: twin, password: secret of twin}`);
      await isConnected(twin);
      const left = await client(broker.url, login("left"));
      const right = await client(broker.url, login("right"));
      const own = await client(broker.url, login("twin"));
      const heard: string[] = [];
      for (const [name, one] of [
        ["left", left],
        ["right", right],
      ] as const) {
        one.on("message", (topic, payload) => heard.push(`${name} ${topic} ${payload.toString()}`));
        await one
          .subscribeAsync(["twin/v1/+/command", "twin/v1/left/command", "twin/v1/left/telemetry"])
          .catch(() => undefined);
      }
      const telemetry = (value: number) => `{"boot":1,"n":${value},"t_us":1,"signals":{"x":${value}}}`;
      left.publish("twin/v1/right/telemetry", telemetry(66), { qos: 1 });
      left.publish("twin/v1/right/status", "offline", { qos: 1, retain: true });
      left.publish("twin/v1/left/command", '{"evil":true}', { qos: 1 });
      left.publish("twin/v1/right/command", '{"evil":true}', { qos: 1 });
      left.publish("twin/v1/left/telemetry", telemetry(1), { qos: 1 });
      await eventually(
        "left's own value",
        async () =>
          (await twin.property("device/left", "device/left/x").catch(() => null))?.reported?.value === 1,
      );
      own.publish("twin/v1/left/command", "{}", { qos: 1 });
      own.publish("twin/v1/right/command", "{}", { qos: 1 });
      await eventually("left's command", () => heard.includes("left twin/v1/left/command {}"));
      right.publish("twin/v1/right/telemetry", telemetry(2), { qos: 1 });
      await eventually(
        "right's own value",
        async () =>
          (await twin.property("device/right", "device/right/x").catch(() => null))?.reported?.value === 2,
      );
      const allowed = ["left twin/v1/left/command {}", "right twin/v1/right/command {}"];
      expect(new Set(heard)).toEqual(new Set(allowed));
    });
  });

  it("of MQTT 3.1.1 alone is joined by that", async () => {
    const old = new DemoBroker();
    const url = await old.start();
    try {
      const twin = await twinWith(`{url: "${url}"}`);
      await isConnected(twin);
      expect(twin.err).toContain("MQTT 3.1.1");
    } finally {
      for (const twin of twins.splice(0)) await twin.remove();
      await old.stop();
    }
  });
});
