import { type ChildProcess, spawn } from "node:child_process";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const root = new URL("../..", import.meta.url).pathname;
const broker = new Mosquitto();
const twin = new TwinProcess();
const clients: MqttClient[] = [];
const children: ChildProcess[] = [];

type Command = { id: string; seq: number; ref: number; ttl_ms: number; signals: Record<string, unknown> };

/** A device written with plain `mqtt`, by the profile's document and not by our code. */
class Device {
  readonly commands: { command: Command; retained: boolean }[] = [];
  /** What it answers to a command; null: nothing. */
  verdict: { ok: boolean; reason?: string } | null = { ok: true };
  n = 0;

  private constructor(
    readonly id: string,
    readonly client: MqttClient,
    readonly boot: number,
  ) {}

  static async connect(id: string, { boot = 1, birth = true } = {}): Promise<Device> {
    const client = mqtt.connect(broker.url, {
      protocolVersion: 5,
      reconnectPeriod: 100,
      queueQoSZero: false,
    });
    clients.push(client);
    const device = new Device(id, client, boot);
    client.on("message", (_, payload, packet) => {
      const command: Command = JSON.parse(payload.toString());
      device.commands.push({ command, retained: packet.retain });
      if (device.verdict !== null) device.publish("ack", { id: command.id, ...device.verdict });
    });
    await eventually("a connection", () => client.connected);
    await client.subscribeAsync(`twin/v1/${id}/command`);
    if (birth) device.birth();
    return device;
  }

  birth(): void {
    const signals = {
      force: { unit: "N", type: "number" },
      led: { type: "boolean", writable: true },
      width: { unit: "m", type: "number", writable: true, min: 0, max: 0.1 },
    };
    this.publish("birth", { firmware: "9.9", boot: this.boot, link: "tool0", signals }, true);
    this.client.publish(`twin/v1/${this.id}/status`, "online", { qos: 1, retain: true });
  }

  telemetry(force: number, retain = false): void {
    const n = this.n++;
    this.publish("telemetry", { boot: this.boot, n, t_us: n * 1000, signals: { force, led: false } }, retain);
  }

  publish(leaf: string, payload: object | string, retain = false): void {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    this.client.publish(`twin/v1/${this.id}/${leaf}`, text, { qos: leaf === "telemetry" ? 0 : 1, retain });
  }

  /** Telemetry comes, and the twin shows it: from here on commands can quote it. */
  async isSeen(): Promise<void> {
    await eventually(`${this.id} is seen`, async () => {
      this.telemetry(1);
      const { reported } = await twin.property(`device/${this.id}`, `device/${this.id}/force`);
      const status = await twin.property(`device/${this.id}`, `device/${this.id}/status`);
      return reported?.quality === "good" && status.reported?.value === "online";
    });
  }
}

async function force(id: string) {
  return (await twin.property(`device/${id}`, `device/${id}/force`)).reported;
}

function counted(source: string, result: string): Promise<number> {
  return twin.metric(`twin_source_messages_total{source="${source}",result="${result}"}`);
}

describe.skipIf(!hasMosquitto())("with a real Mosquitto", () => {
  beforeAll(async () => {
    await broker.start();
    const config = twin.file(
      "twin.yaml",
      `robots:
  - id: arm
    description: ${root}urdf/arm.urdf
mqtt:
  url: ${broker.url}
  mappings:
    - {topic: "home/+/battery", payload: /volts, property: battery/voltage, unit: V, scale: 0.001, stamp: {payload: /t, unit: ms}, sequence: /n}
    - {topic: plain/temperature, property: ambient/temperature, unit: "°C"}
    - {topic: "twin/v1/mapped/telemetry", payload: /signals/force, property: mirror/force, unit: N}
`,
    );
    await twin.up("--port", "0", "--config", config);
    await eventually("the broker", async () => (await fetch(twin.at("/readyz"))).status === 200);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.end(true);
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });
  afterAll(async () => {
    await twin.remove();
    await broker.remove();
  });

  describe("a device", () => {
    it("appears on the link its birth names, with its signals under both", async () => {
      const device = await Device.connect("gripper");
      await device.isSeen();
      expect(await twin.thing("device/gripper")).toMatchObject({
        type: "device",
        definition: { profile: "native", firmware: "9.9", boot: 1 },
        relationships: expect.arrayContaining([{ name: "mountedOn", target: "arm/link/tool0" }]),
      });
      device.telemetry(4.25);
      await eventually("the value", async () => (await force("gripper"))?.value === 4.25);
      const onLink = await twin.property("arm/link/tool0", "device/gripper/force");
      expect(onLink).toMatchObject({
        unit: "N",
        reported: { value: 4.25, quality: "good", source: "mqtt:gripper" },
      });
    });

    it("that is killed hard turns bad/no-communication by its last will", async () => {
      const script = new URL("../support/device-process.mjs", import.meta.url).pathname;
      const child = spawn(process.execPath, [script, broker.url, "victim", "tool0"], { stdio: "ignore" });
      children.push(child);
      await eventually("alive", async () => (await force("victim"))?.quality === "good");
      child.kill("SIGKILL");
      await eventually("dead", async () => (await force("victim"))?.quality === "bad", 5000);
      expect(await force("victim")).toMatchObject({ value: 5, quality: "bad", reason: "no-communication" });
      expect((await twin.property("device/victim", "device/victim/status")).reported?.value).toBe("offline");
      expect(
        (await twin.events("device.offline")).some((event) => event.message === "victim is offline"),
      ).toBe(true);
    });

    it("with telemetry that a broker kept is uncertain/initial until it speaks", async () => {
      const keeper = mqtt.connect(broker.url, { protocolVersion: 5 });
      clients.push(keeper);
      const telemetry = { boot: 3, n: 7, t_us: 1, signals: { force: 2 } };
      await keeper.publishAsync("twin/v1/kept/telemetry", JSON.stringify(telemetry), {
        retain: true,
        qos: 1,
      });
      // The twin is subscribed already, so for it this is fresh; one that starts now gets what was kept.
      const late = new TwinProcess();
      try {
        const config = late.file(
          "twin.yaml",
          `robots: [{id: arm, description: ${root}urdf/arm.urdf}]\nmqtt: {url: "${broker.url}"}\n`,
        );
        await late.up("--port", "0", "--config", config);
        const value = () => late.property("device/kept", "device/kept/force").then((p) => p.reported);
        await eventually("kept", async () => (await value()) !== undefined);
        expect(await value()).toMatchObject({ value: 2, quality: "uncertain", reason: "initial" });
        await keeper.publishAsync(
          "twin/v1/kept/telemetry",
          JSON.stringify({ ...telemetry, n: 8, signals: { force: 3 } }),
        );
        await eventually("fresh", async () => (await value())?.value === 3);
        expect((await value())?.quality).toBe("good");
      } finally {
        await keeper.publishAsync("twin/v1/kept/telemetry", "", { retain: true, qos: 1 });
        await late.remove();
      }
    });

    it("that speaks nonsense is counted, and the others go on", async () => {
      const good = await Device.connect("good");
      await good.isSeen();
      const before = await counted("mqtt:devices", "rejected");
      const bad = await Device.connect("bad", { birth: false });
      const nonsense: [string, string | Buffer][] = [
        ["telemetry", "{"],
        ["telemetry", "NaN"],
        ["telemetry", '{"boot":1}'],
        ["telemetry", Buffer.from([0xff, 0xfe, 0x00])],
        ["birth", '{"boot":"x","signals":{}}'],
        ["status", "perhaps"],
        ["ack", "[]"],
        ["birth", "x".repeat(100_000)],
        ["birth", `${"[".repeat(50_000)}`],
      ];
      for (const [leaf, payload] of nonsense)
        await bad.client.publishAsync(`twin/v1/bad/${leaf}`, payload, { qos: 1 });
      await bad.client.publishAsync("twin/v1/__proto__/birth", '{"boot":1,"signals":{}}', { qos: 1 });
      await eventually(
        "counted",
        async () => (await counted("mqtt:devices", "rejected")) === before + nonsense.length + 1,
      );
      good.telemetry(8.5);
      await eventually("goes on", async () => (await force("good"))?.value === 8.5);
      expect((await twin.events("source.rejected")).length).toBeGreaterThan(0);
    });
  });

  describe("a command", () => {
    it("is done when the device takes it and aborted with its reason when it does not", async () => {
      const device = await Device.connect("servo");
      await device.isSeen();
      const client = await WsClient.open(twin.url, "/ws/command");
      await client.acquire("arm");
      client.command("on", { kind: "device", device: "servo", signal: "led", value: true }, { robot: "arm" });
      await client.next("result", { id: "on", stage: "done" });
      expect(device.commands.at(-1)).toMatchObject({
        retained: false,
        command: { signals: { led: true } },
      });
      // The newest telemetry that the twin had seen, which may lag one behind what was sent.
      expect(device.n - 1 - (device.commands.at(-1)?.command.ref ?? -1)).toBeLessThan(2);
      device.verdict = { ok: false, reason: "too hot" };
      client.command(
        "off",
        { kind: "device", device: "servo", signal: "led", value: false },
        { robot: "arm" },
      );
      expect(await client.next("result", { id: "off", stage: "aborted" })).toMatchObject({
        code: "device_refused",
        message: "too hot",
      });
      device.verdict = null;
      client.command(
        "lost",
        { kind: "device", device: "servo", signal: "width", value: 0.05 },
        { robot: "arm" },
      );
      expect(await client.next("result", { id: "lost", stage: "aborted" })).toMatchObject({
        code: "no_answer",
      });
      client.command(
        "wide",
        { kind: "device", device: "servo", signal: "width", value: 5 },
        { robot: "arm" },
      );
      expect(await client.next("result", { id: "wide" })).toMatchObject({
        stage: "refused",
        code: "outside_limits",
      });
      const seqs = device.commands.map(({ command }) => command.seq);
      expect(seqs.every((seq, i) => i === 0 || seq > (seqs[i - 1] ?? 0))).toBe(true);
      client.close();
    });
  });

  describe("a mapped topic", () => {
    it("gives its value under the robot, scaled and with the sender's stamp", async () => {
      const sender = mqtt.connect(broker.url, { protocolVersion: 5 });
      clients.push(sender);
      const battery = () => twin.property("arm", "battery/voltage").then((p) => p.reported);
      await sender.publishAsync(
        "home/kitchen/battery",
        JSON.stringify({ volts: 12_100, t: 1_700_000_000_500, n: 5 }),
      );
      await eventually("the value", async () => (await battery()) !== undefined);
      expect((await battery())?.value).toBeCloseTo(12.1, 9);
      expect(await battery()).toMatchObject({
        stamp: { sec: 1_700_000_000, nanosec: 500_000_000 },
        source: "mqtt:home/+/battery",
      });
      await sender.publishAsync("home/kitchen/battery", JSON.stringify({ volts: 9000, t: 1, n: 4 }));
      await sender.publishAsync("home/kitchen/battery", "{broken");
      await sender.publishAsync("plain/temperature", "21.5");
      await eventually(
        "plain text",
        async () => (await twin.property("arm", "ambient/temperature")).reported?.value === 21.5,
      );
      expect((await battery())?.value).toBeCloseTo(12.1, 9);
      expect(await counted("mqtt:home/+/battery", "late")).toBe(1);
      expect(await counted("mqtt:home/+/battery", "rejected")).toBe(1);
    });

    it("may be one that a device of the profile speaks on as well", async () => {
      const device = await Device.connect("mapped");
      await device.isSeen();
      device.telemetry(6.5);
      await eventually(
        "both",
        async () => (await twin.property("arm", "mirror/force")).reported?.value === 6.5,
      );
      expect((await force("mapped"))?.value).toBe(6.5);
    });
  });

  describe("a flood", () => {
    it("of payloads of 10 MB, of either QoS, is left out while it comes, counted, and others are heard", async () => {
      const calm = await Device.connect("small");
      await calm.isSeen();
      const before = await counted("mqtt:devices", "rejected");
      const huge = Buffer.alloc(10_000_000, 0x20);
      // Thirty unacknowledged ones of QoS 1 would silence the broker: each is acknowledged though it is not taken.
      for (let i = 0; i < 30; i++) {
        await calm.client.publishAsync("twin/v1/huge/ack", huge, { qos: i % 3 === 0 ? 0 : 1 });
      }
      calm.telemetry(12.5);
      await eventually("small is heard", async () => (await force("small"))?.value === 12.5, 30_000);
      await eventually(
        "each is counted",
        async () => (await counted("mqtt:devices", "rejected")) - before === 30,
        30_000,
      );
      // They would be 300 MB.
      expect(await twin.metric("process_resident_memory_bytes")).toBeLessThan(400e6);
    }, 90_000);

    it("of 20,000 messages leaves cycles and other devices alive, and nothing uncounted", async () => {
      const calm = await Device.connect("calm");
      await calm.isSeen();
      const loud = await Device.connect("loud");
      await loud.isSeen();
      const sum = async () => {
        const results = ["accepted", "late", "rejected", "dropped"];
        const counts = await Promise.all(results.map((result) => counted("mqtt:loud", result)));
        return counts.reduce((a, b) => a + b, 0);
      };
      const [cycles, before] = [await twin.metric("twin_cycle_seconds_count"), await sum()];
      const block = 20_000;
      const n = loud.n;
      for (let i = 0; i < block; i++) loud.telemetry(i);
      await loud.client.publishAsync("twin/v1/loud/ack", '{"id":"end","ok":true}', { qos: 1 });
      calm.telemetry(77);
      await eventually("calm is heard", async () => (await force("calm"))?.value === 77, 15_000);
      // Mosquitto itself drops QoS 0 messages for a client with too much waiting; what came is counted.
      await eventually("the last number", async () => (await sum()) - before > 1000, 15_000);
      await eventually(
        "cycles go on",
        async () => (await twin.metric("twin_cycle_seconds_count")) > cycles + 50,
      );
      expect(loud.n).toBe(n + block);
      loud.telemetry(-1);
      await eventually("loud is heard", async () => {
        loud.telemetry(-1);
        return (await force("loud"))?.value === -1;
      });
    }, 90_000);
  });

  describe("a broker that dies", () => {
    it("is found again; values flow; commands meanwhile were refused and are not sent later", async () => {
      const device = await Device.connect("survivor");
      await device.isSeen();
      const client = await WsClient.open(twin.url, "/ws/command");
      await client.acquire("arm");
      await broker.kill();
      await eventually("noticed", async () => (await fetch(twin.at("/readyz"))).status === 503);
      const { reasons } = (await (await fetch(twin.at("/readyz"))).json()) as { reasons: string[] };
      expect(reasons.join()).toContain("broker");
      client.send({ op: "renew", id: "r", robot: "arm", epoch: client.epoch });
      for (let i = 0; i < 5; i++) {
        client.command(
          `away${i}`,
          { kind: "device", device: "survivor", signal: "led", value: true },
          { robot: "arm" },
        );
        expect(await client.next("result", { id: `away${i}` })).toMatchObject({
          stage: "refused",
          code: "no_broker",
        });
      }
      await eventually("stale", async () => (await force("survivor"))?.quality === "uncertain");
      const before = device.commands.length;
      await broker.start();
      await eventually("found again", async () => (await fetch(twin.at("/readyz"))).status === 200, 30_000);
      await eventually("values flow", async () => {
        if (!device.client.connected) return false;
        device.telemetry(3.75);
        return (await force("survivor"))?.value === 3.75 && (await force("survivor"))?.quality === "good";
      });
      expect(device.commands.length).toBe(before);
      client.close();
      expect((await twin.events("broker.lost")).length).toBeGreaterThan(0);
    }, 90_000);
  });
});
