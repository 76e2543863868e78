import { describe, expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../../src/engine/ports/inputs.ts";
import type { RawMessage } from "../../../../src/engine/ports/raw-tap.ts";
import { decodeText, MqttIntake } from "../../../../src/io/mqtt/mqtt-intake.ts";
import type {
  DeviceProfile,
  OutgoingMessage,
  ProfileOutput,
} from "../../../../src/protocol/device-profile.ts";
import type { Mapping } from "../../../../src/protocol/mqtt-mapping.ts";
import { NativeProfile } from "../../../../src/protocol/native-profile.ts";

describe("the raw bytes in front of the inbox", () => {
  it("go to a recorder as they came, before anything is decoded", () => {
    const inbox = new Inbox();
    const raw: RawMessage[] = [];
    const intake = new MqttIntake([new NativeProfile(decodeText)], [], "robot", inbox, () => undefined);
    const payload = Buffer.from('{"boot":1,"n":1,"signals":{"force":2}}');
    intake.take("twin/v1/gripper/telemetry", payload, false, 500);
    expect(raw).toEqual([]);
    inbox.taps.add((message) => raw.push(message));
    intake.take("twin/v1/gripper/telemetry", payload, true, 600);
    intake.take("somebody/else", Buffer.from([0xff, 0]), false, 700);
    expect(raw).toEqual([
      { kind: "mqtt", topic: "twin/v1/gripper/telemetry", payload, retained: true, received: 600 },
      {
        kind: "mqtt",
        topic: "somebody/else",
        payload: Buffer.from([0xff, 0]),
        retained: false,
        received: 700,
      },
    ]);
  });
});

const telemetry = (n: number) => Buffer.from(`{"boot":1,"n":${n},"t_us":1,"signals":{"force":2}}`);

const mapping = (topic: string, more: Partial<Mapping> = {}): Mapping => ({
  topic,
  payload: "",
  property: "battery/voltage",
  unit: "V",
  scale: 1,
  offset: 0,
  ...more,
});

/** A profile of devices below `root`, which says of each message that device `<level 2>` is online. */
class OtherProfile implements DeviceProfile {
  readonly livesByStatus = false;
  readonly will = null;
  readonly subscriptions: { topic: string; qos: 0 | 1 }[];
  readonly name: string;

  constructor(
    private readonly root: string,
    qos: 0 | 1 = 0,
  ) {
    this.name = root;
    this.subscriptions = [{ topic: `${root}/#`, qos }];
  }

  owns = (topic: string): boolean => topic.startsWith(`${this.root}/`);
  connected = (_now: number, output: ProfileOutput): void => output.send(hello);
  update = (_now: number, output: ProfileOutput): void =>
    output.message({ kind: "status", device: "late", life: "lost" });
  encode = () => ({ ok: true, value: hello }) as const;
  take(topic: string, payload: Uint8Array, _retained: boolean, _now: number, output: ProfileOutput): void {
    const device = topic.split("/")[1] ?? "";
    if (payload.length > 0) output.note?.(device, "warn", Buffer.from(payload).toString());
    else output.message({ kind: "status", device, life: "online" });
  }
}

const hello: OutgoingMessage = { topic: "other/hello", payload: "?", qos: 1, retain: false };

/** An intake with what comes of it, at 500 ms. */
function intakeOf(profiles: DeviceProfile[], mappings: Mapping[] = []) {
  const arrivals: Arrival[] = [];
  const sent: OutgoingMessage[] = [];
  const inbox = new Inbox(undefined, (arrival) => arrivals.push(arrival));
  const intake = new MqttIntake(profiles, mappings, "robot", inbox, (message) => sent.push(message));
  const take = (topic: string, payload: string | Uint8Array = "", retained = false, now = 500) =>
    intake.take(topic, typeof payload === "string" ? Buffer.from(payload) : payload, retained, now);
  return { intake, take, arrivals, sent, inputs: () => arrivals.map(({ input }) => input) };
}

describe("what is subscribed to", () => {
  it("is what profiles and mappings want, each filter once and by its higher QoS", () => {
    const profiles = [new OtherProfile("other", 1), new OtherProfile("third", 0)];
    const mappings = [mapping("other/#"), mapping("bin/+/level"), mapping("bin/+/level")];
    expect(intakeOf(profiles, mappings).intake.filters()).toEqual({
      "other/#": { qos: 1 },
      "bin/+/level": { qos: 0 },
      "third/#": { qos: 0 },
    });
  });
});

describe("a device's message", () => {
  it("reaches the engine under the device's name as source, with its profile and arrival", () => {
    const { take, arrivals } = intakeOf([new NativeProfile(decodeText)]);
    take("twin/v1/gripper/telemetry", telemetry(1), true, 700);
    expect(arrivals).toMatchObject([
      {
        source: "mqtt:gripper",
        received: 700,
        input: { kind: "device", profile: "native", retained: true, message: { kind: "telemetry" } },
      },
    ]);
  });

  it("that no profile owns is nobody's, and no fault", () => {
    const { take, arrivals } = intakeOf([new NativeProfile(decodeText)]);
    take("somebody/else", "1");
    expect(arrivals).toEqual([]);
  });

  it("that cannot be read is rejected, with topic and reason", () => {
    const { take, arrivals } = intakeOf([new NativeProfile(decodeText)]);
    take("twin/v1/gripper/status", "dancing");
    expect(arrivals).toMatchObject([{ source: "mqtt:devices", input: { kind: "rejected" } }]);
    expect(JSON.stringify(arrivals)).toContain("twin/v1/gripper/status");
  });

  it("is refused where a device of another profile has its name already", () => {
    const { take, inputs } = intakeOf([new NativeProfile(decodeText), new OtherProfile("other")]);
    take("twin/v1/gripper/telemetry", telemetry(1));
    take("other/gripper");
    take("other/lamp");
    expect(inputs()).toMatchObject([
      { kind: "device", profile: "native" },
      { kind: "rejected", reason: "gripper: a native device has this name already" },
      { kind: "device", profile: "other", message: { device: "lamp" } },
    ]);
  });

  it("is refused from a device that is called as the source of what has no name", () => {
    const { take, inputs } = intakeOf([new OtherProfile("other")]);
    take("other/devices");
    expect(inputs()).toEqual([{ kind: "rejected", reason: 'a device cannot be named "devices"' }]);
  });

  it("is refused from the 10,001st device, and taken from those that are known", () => {
    const { take, inputs } = intakeOf([new OtherProfile("other")]);
    for (let n = 0; n <= 10_000; n++) take(`other/d${n}`);
    expect(inputs().at(-1)).toEqual({ kind: "rejected", reason: "d10000: more than 10000 devices" });
    take("other/d7");
    expect(inputs().at(-1)).toMatchObject({ kind: "device", message: { device: "d7" } });
  });

  it("may be a line for people", () => {
    const { take, arrivals } = intakeOf([new OtherProfile("other")]);
    take("other/lamp", "too hot");
    expect(arrivals).toMatchObject([
      {
        source: "mqtt:lamp",
        input: { kind: "deviceNote", device: "lamp", level: "warn", text: "too hot" },
      },
    ]);
  });

  it("that a profile makes by itself is of its own time, and not retained", () => {
    const { intake, take, arrivals, sent } = intakeOf([new OtherProfile("other")]);
    take("other/lamp", "", true);
    intake.connected(800);
    intake.update(900);
    expect(arrivals.at(-1)).toMatchObject({ received: 900, input: { retained: false } });
    expect(sent).toEqual([hello]);
  });
});

describe("a command to a device", () => {
  const command = { id: "c", seq: 1, ref: 0, ttl_ms: 100, signals: {} };

  it("is encoded by the profile that the device speaks", () => {
    const { intake, take } = intakeOf([new NativeProfile(decodeText), new OtherProfile("other")]);
    take("other/lamp");
    expect(intake.encode("lamp", command, 600)).toEqual({ ok: true, value: hello });
  });

  it("cannot be encoded for a device that never spoke here", () => {
    const { intake } = intakeOf([new NativeProfile(decodeText)]);
    expect(intake.encode("lamp", command, 600)).toMatchObject({ ok: false, reason: "not at this broker" });
  });
});

describe("a mapped topic", () => {
  it("becomes the property that its mapping names, with the levels that it leaves open", () => {
    const { take, arrivals } = intakeOf(
      [],
      [mapping("cell/+/bin/+", { robot: "{1}", property: "bin/{2}/level", scale: 0.5 })],
    );
    take("cell/left/bin/3", "8", true, 700);
    expect(arrivals).toMatchObject([
      {
        source: "mqtt:cell/+/bin/+",
        received: 700,
        input: { kind: "mapped", robot: "left", path: "bin/3/level", value: 4, unit: "V", retained: true },
      },
    ]);
  });

  it("belongs to the default robot where its mapping names none", () => {
    const { take, inputs } = intakeOf([], [mapping("battery")]);
    take("battery", "24");
    expect(inputs()).toMatchObject([{ kind: "mapped", robot: "robot", value: 24 }]);
  });

  it("is taken by each mapping that it matches, and by a profile beside", () => {
    const mappings = [mapping("other/+", { payload: "/a" }), mapping("other/lamp", { payload: "/b" })];
    const { take, inputs } = intakeOf([new OtherProfile("other")], mappings);
    take("other/lamp", '{"a":1,"b":2}');
    expect(inputs().map(({ kind }) => kind)).toEqual(["deviceNote", "mapped", "mapped"]);
    expect(inputs().slice(1)).toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  it("whose payload has no value there is rejected, to be said once", () => {
    const { take, arrivals } = intakeOf([], [mapping("battery", { payload: "/voltage" })]);
    take("battery", '{"current":1}');
    expect(arrivals).toMatchObject([{ source: "mqtt:battery", input: { kind: "rejected", once: true } }]);
  });
});

describe("a publication that was too large", () => {
  it("is counted for the devices, or for the mapping that would have taken it", () => {
    const { intake, arrivals } = intakeOf([new NativeProfile(decodeText)], [mapping("battery")]);
    intake.leftOut("twin/v1/gripper/telemetry", 70_000, 600);
    intake.leftOut("battery", 70_000, 600);
    intake.leftOut("somebody/else", 70_000, 600);
    expect(arrivals.map(({ source }) => source)).toEqual(["mqtt:devices", "mqtt:battery", "mqtt:devices"]);
    expect(arrivals[1]?.input).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("battery: 70000 bytes"),
    });
  });
});

describe("text", () => {
  it("is UTF-8, also in the middle of a larger buffer, and null where it is none", () => {
    const bytes = Buffer.from("..grün..");
    expect(decodeText(bytes.subarray(2, 7))).toBe("grün");
    expect(decodeText(Uint8Array.from([0xc3]))).toBeNull();
  });
});
