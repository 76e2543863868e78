import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { Input } from "../../../../src/engine/ports/inputs.ts";
import { BrokerFileFault } from "../../../../src/io/mqtt/broker-address.ts";
import { leftOutTopic } from "../../../../src/io/mqtt/broker-stream.ts";
import { decodeText } from "../../../../src/io/mqtt/mqtt-intake.ts";
import { MqttLink, type MqttLinkOptions } from "../../../../src/io/mqtt/mqtt-link.ts";
import type { DeviceProfile, OutgoingMessage } from "../../../../src/protocol/device-profile.ts";
import { NativeProfile } from "../../../../src/protocol/native-profile.ts";
import type { SourceStatus } from "../../../../src/protocol/state-messages.ts";
import { FakeClients } from "./fake-client.ts";

const will: OutgoingMessage = { topic: "spBv1.0/STATE/twin", payload: "offline", qos: 1, retain: true };

/** A profile that only notes what it is told. */
class NotingProfile implements DeviceProfile {
  readonly livesByStatus = false;
  readonly name = "noting";
  readonly subscriptions = [{ topic: "noting/#", qos: 1 as const }];
  readonly told: string[] = [];

  constructor(readonly will: OutgoingMessage | null = null) {}

  owns = (topic: string): boolean => topic.startsWith("noting/");
  connected = (now: number): void => void this.told.push(`connected ${now}`);
  take = (topic: string): void => void this.told.push(topic);
  update = (now: number): void => void this.told.push(`update ${now}`);
  encode = (device: string) => ({ ok: false, reason: "asleep", path: device }) as const;
}

/** A link to a broker that the test plays, on a clock of the test's. */
class Line {
  now = 1000;
  readonly clients = new FakeClients();
  readonly inputs: Input[] = [];
  readonly link: MqttLink;

  constructor(options: Partial<MqttLinkOptions> = {}) {
    const inbox = new Inbox(undefined, ({ input }) => this.inputs.push(input));
    const all: MqttLinkOptions = {
      url: "mqtt://arm:secret@broker:1883",
      profiles: [new NativeProfile(decodeText)],
      mappings: [],
      defaultRobot: "robot",
      version: 5,
      maxPacketBytes: 1024,
      ...options,
    };
    this.link = new MqttLink(all, inbox, () => this.now, this.clients.connect);
    this.link.start();
  }

  /** Connects and gets every subscription. */
  join(): this {
    this.clients.last.accept();
    this.clients.last.grant();
    return this;
  }

  /** Time passes, on the link's clock and for its timers. */
  pass(ms: number): void {
    this.now += ms;
    vi.advanceTimersByTime(ms);
  }

  statuses(): SourceStatus[] {
    return this.inputs.flatMap((input) => (input.kind === "status" ? [input.status] : []));
  }

  status(): SourceStatus | undefined {
    return this.statuses().at(-1);
  }

  kinds(): string[] {
    return this.inputs.map(({ kind }) => kind).filter((kind) => kind !== "status");
  }
}

describe("the link to a broker", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    // The pauses are spread by chance: here exactly the middle.
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  describe("that comes up", () => {
    it("is reported by its address without the login", () => {
      expect(new Line().status()).toEqual({
        name: "broker",
        state: "connecting",
        detail: "mqtt://broker:1883",
      });
    });

    it("is ok only once its subscriptions are granted, and names the version", () => {
      const line = new Line();
      line.clients.last.accept();
      expect(line.status()?.state).toBe("connecting");
      expect(line.clients.last.wanted).toMatchObject({ "twin/v1/+/birth": { qos: 1 } });
      line.clients.last.grant();
      expect(line.status()).toMatchObject({ state: "ok", detail: "mqtt://broker:1883, MQTT 5" });
      expect(new Line({ version: 4 }).join().status()?.detail).toContain("MQTT 3.1.1");
    });

    it("is ok at once where nothing is to be subscribed to", () => {
      const line = new Line({ profiles: [] });
      line.clients.last.accept();
      expect(line.status()?.state).toBe("ok");
    });

    it("tells its profiles when they may speak, and then ten times a second", () => {
      const profile = new NotingProfile();
      const line = new Line({ profiles: [profile] });
      line.pass(300);
      line.clients.last.accept();
      expect(profile.told).toEqual([]);
      line.clients.last.grant();
      line.pass(100);
      line.pass(100);
      expect(profile.told).toEqual(["connected 1300", "update 1400", "update 1500"]);
    });

    it("is a fault where a subscription is refused, and names the topic", () => {
      const line = new Line();
      line.clients.last.accept();
      line.clients.last.grant("twin/v1/+/status");
      expect(line.status()).toMatchObject({
        state: "error",
        reason: "subscription refused: twin/v1/+/status",
        remedy: expect.stringContaining("access rules"),
      });
    });

    it("is given up where the subscription is not answered in 5 s", () => {
      const line = new Line();
      line.clients.last.accept();
      line.pass(4999);
      expect(line.clients.last.ended).toBe(false);
      line.pass(1);
      expect(line.clients.last.ended).toBe(true);
      expect(line.status()).toMatchObject({
        state: "lost",
        reason: "the broker did not answer the subscription",
      });
    });
  });

  describe("while it is up", () => {
    const telemetry = '{"boot":1,"n":1,"t_us":1,"signals":{"force":2}}';

    it("hands on what devices say, and not the acknowledgement of what was left out", () => {
      const line = new Line().join();
      line.clients.last.says("twin/v1/gripper/telemetry", telemetry);
      line.clients.last.says(leftOutTopic, "");
      expect(line.inputs.filter(({ kind }) => kind === "device")).toMatchObject([
        { kind: "device", profile: "native", retained: false, message: { device: "gripper" } },
      ]);
      expect(line.kinds()).toEqual(["device"]);
    });

    it("counts what was too large to take as rejected", () => {
      const line = new Line().join();
      line.clients.leftOut("twin/v1/gripper/telemetry", 5000);
      expect(line.kinds()).toEqual(["rejected"]);
    });

    it("sends a command to a device that it knows, and keeps none for later", () => {
      const line = new Line();
      const command = { id: "c1", seq: 1, ref: 1, ttl_ms: 500, signals: { led: true } };
      expect(line.link.send("gripper", command)).toMatchObject({ code: "no_broker" });
      line.join();
      expect(line.link.send("gripper", command)).toEqual({
        code: "not_encodable",
        message: "gripper: not at this broker",
      });
      line.clients.last.says("twin/v1/gripper/telemetry", telemetry);
      expect(line.link.send("gripper", command)).toBeNull();
      expect(line.clients.last.published).toEqual([
        { topic: "twin/v1/gripper/command", payload: JSON.stringify(command), qos: 0, retain: false },
      ]);
    });

    it("lets timers have their turn after 64 messages by WebSocket, and at once by TCP", () => {
      expect(new Line().clients.last.handleMessage).toBeUndefined();
      const { clients } = new Line({ url: "ws://broker/mqtt" });
      let done = 0;
      const take = (bytes: number) =>
        clients.last.handleMessage?.({ payload: new Uint8Array(bytes) }, () => done++);
      for (let n = 0; n < 63; n++) take(0);
      expect(done).toBe(63);
      take(0);
      expect(done).toBe(63);
      vi.runAllTicks();
      vi.advanceTimersToNextTimer();
      expect(done).toBe(64);
      take(64 * 512);
      expect(done).toBe(64);
    });
  });

  describe("that fails", () => {
    it("is tried again after 0.5 s, 1 s, 2 s … and at most 10 s", () => {
      const line = new Line();
      const pauses: number[] = [];
      for (let attempt = 1; attempt <= 7; attempt++) {
        line.clients.last.breaks("connect ECONNREFUSED 127.0.0.1:1883");
        let pause = 0;
        while (line.clients.all.length === attempt) {
          line.pass(100);
          pause += 100;
        }
        pauses.push(pause);
      }
      expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    });

    it("begins with the short pause again after it was up", () => {
      const line = new Line();
      line.clients.last.breaks("connect ECONNREFUSED");
      line.pass(500);
      line.join();
      line.clients.last.hangsUp();
      line.pass(499);
      expect(line.clients.all).toHaveLength(2);
      line.pass(1);
      expect(line.clients.all).toHaveLength(3);
    });

    it("counts an error and the close that follows it as one failure", () => {
      const line = new Line();
      line.clients.last.breaks("connect ECONNREFUSED");
      expect(line.statuses()).toHaveLength(2);
      expect(line.clients.last.ended).toBe(true);
    });

    it("is reported with reason and remedy, and as lost only where it was up before", () => {
      const line = new Line();
      line.clients.last.breaks("connect ECONNREFUSED 127.0.0.1:1883");
      expect(line.status()).toMatchObject({
        state: "connecting",
        reason: "connect ECONNREFUSED 127.0.0.1:1883",
        remedy: expect.stringContaining("start the broker"),
      });
      expect(line.kinds()).toEqual([]);
      line.pass(500);
      line.join();
      line.clients.last.hangsUp();
      expect(line.status()?.state).toBe("lost");
      expect(line.kinds()).toEqual(["linkLost"]);
    });

    it("is said again with its age after a minute and after an hour", () => {
      const line = new Line();
      const fail = (afterMs: number) => {
        line.now += afterMs;
        line.clients.last.breaks("connect ECONNREFUSED");
        vi.advanceTimersByTime(10_000);
        return line.statuses().findLast(({ reason }) => reason !== undefined)?.reason;
      };
      expect(fail(0)).toBe("connect ECONNREFUSED");
      expect(fail(59_000)).toBe("connect ECONNREFUSED");
      expect(fail(2000)).toBe("connect ECONNREFUSED, for a minute now");
      expect(fail(3_600_000)).toBe("connect ECONNREFUSED, for an hour now");
    });

    it("waits for a file that is missing, too, and connects once it is there", () => {
      const line = new Line();
      line.clients.fault = new BrokerFileFault("mqtt.tls.ca: /x/ca.pem: there is no such file");
      line.clients.last.hangsUp();
      line.pass(500);
      expect(line.status()).toMatchObject({ reason: expect.stringContaining("/x/ca.pem") });
      line.clients.fault = null;
      line.pass(1000);
      expect(line.join().status()?.state).toBe("ok");
    });

    it("takes no notice of a connection that it has given up", () => {
      const line = new Line();
      const first = line.clients.last;
      first.breaks("connect ECONNREFUSED");
      line.pass(500);
      line.join();
      const said = line.inputs.length;
      first.emit("close");
      first.emit("message", "twin/v1/gripper/telemetry", Buffer.from("{}"), { retain: false });
      expect(line.inputs).toHaveLength(said);
    });
  });

  describe("by a version that the broker chooses", () => {
    const versions = (line: Line) => line.clients.all.map(({ options }) => options.protocolVersion);

    it("goes on with 3.1.1 at once where 5 is refused, which is no failure", () => {
      const line = new Line({ version: "auto" });
      line.clients.last.breaks("Connection refused: Unacceptable protocol version");
      expect(versions(line)).toEqual([5, 4]);
      expect(line.statuses().every(({ reason }) => reason === undefined)).toBe(true);
    });

    it("tries the other one in turn where the broker just hangs up", () => {
      const line = new Line({ version: "auto" });
      for (let attempt = 0; attempt < 3; attempt++) {
        line.clients.last.hangsUp();
        line.pass(10_000);
      }
      expect(versions(line)).toEqual([5, 4, 5, 4]);
    });

    it("stays with the one that was granted", () => {
      const line = new Line({ version: "auto" }).join();
      line.clients.last.hangsUp();
      line.pass(10_000);
      expect(versions(line)).toEqual([5, 5]);
    });

    it("stays with the configured one, and with 5 where the broker is not there", () => {
      const fixed = new Line({ version: 5 });
      fixed.clients.last.breaks("Connection refused: Unacceptable protocol version");
      fixed.pass(10_000);
      const absent = new Line({ version: "auto" });
      absent.clients.last.breaks("connect ECONNREFUSED");
      absent.pass(10_000);
      expect([versions(fixed), versions(absent)]).toEqual([
        [5, 5],
        [5, 5],
      ]);
    });
  });

  describe("that is stopped", () => {
    it("says its will itself: an orderly end sends none", async () => {
      const line = new Line({ profiles: [new NativeProfile(decodeText), new NotingProfile(will)] }).join();
      const client = line.clients.last;
      expect(client.options.will).toMatchObject({ topic: will.topic, qos: 1, retain: true });
      await line.link.stop();
      expect(client.published).toEqual([will]);
      expect(client.ended).toBe(true);
    });

    it("has no will where no profile has one", async () => {
      const line = new Line().join();
      expect(line.clients.last.options.will).toBeUndefined();
      await line.link.stop();
      expect(line.clients.last.published).toEqual([]);
    });

    it("does not wait longer than 0.5 s for the broker to take its will", async () => {
      const line = new Line({ profiles: [new NotingProfile(will)] }).join();
      line.clients.last.acknowledges = false;
      const stopped = line.link.stop();
      await vi.advanceTimersByTimeAsync(500);
      await stopped;
      expect(line.clients.last.ended).toBe(true);
    });

    it("says and tries nothing more, also when it was about to try again", async () => {
      const line = new Line();
      line.clients.last.breaks("connect ECONNREFUSED");
      await line.link.stop();
      const said = line.inputs.length;
      line.pass(60_000);
      expect(line.clients.all).toHaveLength(1);
      expect(line.inputs).toHaveLength(said);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("waits no longer for the answer to its subscription", async () => {
      const line = new Line();
      line.clients.last.accept();
      await line.link.stop();
      expect(vi.getTimerCount()).toBe(0);
    });

    it("is not lost by its own end", async () => {
      const line = new Line().join();
      await line.link.stop();
      line.pass(60_000);
      expect(line.kinds()).toEqual([]);
      expect(line.status()?.state).toBe("ok");
      expect(line.clients.all).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
