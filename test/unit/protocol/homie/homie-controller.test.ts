import { describe, expect, it } from "vitest";
import type { DeviceCommand } from "../../../../src/protocol/device-profile.ts";
import { HomieController } from "../../../../src/protocol/homie/homie-controller.ts";
import { ProfileAtHand } from "../profile-at-hand.ts";

const lamp = {
  homie: "5.0",
  version: 7,
  name: "Lamp",
  nodes: {
    light: {
      name: "Light",
      properties: {
        power: { name: "Power", datatype: "boolean", settable: true },
        level: { datatype: "integer", format: "0:100", unit: "%", settable: true },
        warmth: { datatype: "float", unit: "K" },
        pressed: { datatype: "enum", format: "short,long", retained: false },
      },
    },
  },
};

class Hand extends ProfileAtHand<HomieController> {
  describe(id: string, description: object, retained = false) {
    return this.say(`homie/5/${id}/$description`, JSON.stringify(description), retained);
  }

  state(id: string, state: string, retained = false) {
    return this.say(`homie/5/${id}/$state`, state, retained);
  }
}

function atHand(): Hand {
  return new Hand(new HomieController());
}

function command(signals: DeviceCommand["signals"]): DeviceCommand {
  return { id: "c:1", seq: 1, ref: 0, ttl_ms: 200, signals };
}

describe("a Homie device", () => {
  it("is born by its description, with type, range, unit and leave to write", () => {
    const hand = atHand();
    expect(hand.describe("lamp-1", lamp)).toEqual({
      messages: [
        {
          kind: "birth",
          device: "lamp-1",
          birth: {
            firmware: "",
            boot: 1,
            signals: {
              "light/power": { unit: "", type: "boolean", writable: true },
              "light/level": { unit: "%", type: "number", writable: true, min: 0, max: 100 },
              "light/warmth": { unit: "K", type: "number", writable: false },
              "light/pressed": { unit: "", type: "string", writable: false },
            },
          },
        },
      ],
    });
    expect(hand.state("lamp-1", "ready").messages).toEqual([
      { kind: "status", device: "lamp-1", life: "online" },
    ]);
    // The same description again changes nothing; another is another boot.
    expect(hand.describe("lamp-1", lamp, true)).toEqual({});
    expect(hand.describe("lamp-1", { ...lamp, version: 8 }).messages).toMatchObject([{ birth: { boot: 2 } }]);
  });

  it("says values, each with whether it stood retained, whatever order the broker keeps", () => {
    const hand = atHand();
    expect(hand.say("homie/5/l/light/level", "40", true)).toEqual({});
    expect(hand.say("homie/5/l/light/level", "50", true)).toEqual({});
    expect(hand.say("homie/5/l/light/warmth", "2700", false)).toEqual({});
    expect(hand.state("l", "ready", true).messages).toEqual([
      { kind: "status", device: "l", life: "online" },
    ]);
    expect(hand.describe("l", lamp, true).messages?.slice(1)).toEqual([
      {
        kind: "telemetry",
        device: "l",
        telemetry: { boot: 1, n: 0, stamp: null, signals: { "light/level": 50 }, retained: true },
      },
      {
        kind: "telemetry",
        device: "l",
        telemetry: { boot: 1, n: 1, stamp: null, signals: { "light/warmth": 2700 }, retained: false },
      },
    ]);
    expect(hand.say("homie/5/l/light/pressed", "long").messages).toMatchObject([
      { telemetry: { n: 2, signals: { "light/pressed": "long" }, retained: false } },
    ]);
  });

  it("has wrong values, topics and states refused by name", () => {
    const hand = atHand();
    hand.describe("l", lamp);
    const cases: [string, string, boolean, RegExp][] = [
      ["l/light/level", "101", false, /l\/light\/level: 101 is outside/],
      ["l/light/power", "on", false, /not a valid boolean/],
      ["l/light/nothing", "1", false, /not in the description/],
      ["l/light/pressed", "long", true, /must not be retained/],
      ["l/$state", "alert", false, /is not a state/],
      ["l/$what", "x", false, /not a topic/],
      ["l/$log/loud", "x", false, /no level/],
      ["l/light/level/set", "1", false, /not a topic/],
      ["Lamp/$state", "ready", false, /not a Homie id/],
      ["-l/$state", "ready", false, /not a Homie id/],
    ];
    for (const [topic, payload, retained, reason] of cases) {
      const said = hand.say(`homie/5/${topic}`, payload, retained);
      expect(said.refusals?.join(), topic).toMatch(reason);
      expect(said.messages, topic).toBeUndefined();
    }
    expect(hand.say("homie/5/l/light/level", Uint8Array.of(0xff)).refusals?.[0]).toMatch(/UTF-8/);
    expect(hand.say("homie/5/$broadcast/alert", "x")).toEqual({});
  });

  it("keeps its good properties when others are wrong", () => {
    const hand = atHand();
    const nodes = {
      n: {
        properties: { ok: { datatype: "string" }, bad: { datatype: "magic" }, Up: { datatype: "string" } },
      },
      "no good": { properties: {} },
      list: { properties: [] },
      wrong: 5,
    };
    const said = hand.describe("l", { ...lamp, nodes });
    expect(said.messages).toMatchObject([{ birth: { signals: { "n/ok": { type: "string" } } } }]);
    expect(said.refusals).toHaveLength(5);
    for (const description of ["{", "5", '{"homie":"4.0","nodes":{}}', '{"nodes":{}}']) {
      expect(hand.say("homie/5/x/$description", description).refusals).toHaveLength(1);
    }
  });

  it("lives: not yet there while it sets itself up, asleep, gone, lost", () => {
    const hand = atHand();
    hand.describe("l", lamp);
    const lives: [string, string | null][] = [
      ["init", null],
      ["ready", "online"],
      ["init", "offline"],
      ["ready", "online"],
      ["sleeping", "sleeping"],
      ["ready", "online"],
      ["lost", "lost"],
      ["init", "offline"],
      ["ready", "online"],
      ["disconnected", "offline"],
      ["ready", "online"],
      ["", "offline"],
    ];
    for (const [state, life] of lives) {
      const said = hand.state("l", state).messages;
      expect(said, state).toEqual(life === null ? undefined : [{ kind: "status", device: "l", life }]);
    }
  });

  it("shares the life of its root, unless that is ready", () => {
    const hand = atHand();
    hand.describe("bridge", { homie: "5.0", name: "B", children: ["child"] });
    hand.describe("child", { ...lamp, root: "bridge", parent: "bridge" });
    expect(hand.state("child", "ready").messages).toMatchObject([{ device: "child", life: "online" }]);
    expect(hand.state("bridge", "ready").messages).toMatchObject([{ device: "bridge", life: "online" }]);
    expect(hand.state("bridge", "lost").messages).toEqual([
      { kind: "status", device: "bridge", life: "lost" },
      { kind: "status", device: "child", life: "lost" },
    ]);
    expect(hand.state("child", "ready")).toEqual({});
    expect(hand.state("bridge", "ready").messages).toMatchObject([
      { device: "bridge", life: "online" },
      { device: "child", life: "online" },
    ]);
    expect(hand.state("child", "sleeping").messages).toMatchObject([{ device: "child", life: "sleeping" }]);
  });

  it("is lost when a returning broker has forgotten it", () => {
    const hand = atHand();
    hand.connect();
    hand.describe("kept", lamp);
    hand.describe("gone", lamp);
    hand.state("kept", "ready");
    hand.state("gone", "ready");
    expect(hand.pass(60_000)).toEqual({});
    hand.connect();
    hand.state("kept", "ready", true);
    expect(hand.pass(9999)).toEqual({});
    expect(hand.pass(1).messages).toEqual([{ kind: "status", device: "gone", life: "lost" }]);
    expect(hand.pass(60_000)).toEqual({});
    expect(hand.state("gone", "ready").messages).toMatchObject([{ device: "gone", life: "online" }]);
  });

  it("whose topic was taken back says that the value is gone", () => {
    const hand = atHand();
    hand.describe("l", lamp);
    expect(hand.say("homie/5/l/light/warmth", "").messages).toMatchObject([
      { telemetry: { signals: {}, bad: { "light/warmth": "its topic was removed" } } },
    ]);
  });

  it("says alerts and log lines to people", () => {
    const notes: string[] = [];
    const hand = atHand();
    const output = Object.assign(hand.heard, {
      note: (device: string, level: string, text: string) => notes.push(`${device} ${level}: ${text}`),
    });
    expect(output).toBe(hand.heard);
    hand.say("homie/5/l/$alert/battery", "low", true);
    hand.say("homie/5/l/$alert/battery", "");
    hand.say("homie/5/l/$log/fatal", "all is lost");
    hand.say("homie/5/l/$log/debug", "old", true);
    expect(notes).toEqual([
      "l warn: alert battery: low",
      "l info: alert battery is over",
      "l error: all is lost",
    ]);
  });
});

describe("a command", () => {
  it("is the property's text on /set, sent once, never retained; the value back is the answer", () => {
    const hand = atHand();
    hand.describe("l", lamp);
    expect(hand.profile.encode("l", command({ "light/level": 30 }), hand.now)).toEqual({
      ok: true,
      value: { topic: "homie/5/l/light/level/set", payload: "30", qos: 0, retain: false },
    });
    expect(hand.say("homie/5/l/light/level", "30", true).messages).toHaveLength(1);
    expect(hand.say("homie/5/l/light/level", "29").messages).toHaveLength(1);
    expect(hand.say("homie/5/l/light/level", "30").messages?.[1]).toEqual({
      kind: "ack",
      device: "l",
      ack: { id: "c:1", ok: true, reason: "reported back" },
    });
  });

  it("is also answered by the target that a slow device accepts", () => {
    const hand = atHand();
    hand.describe("l", lamp);
    hand.profile.encode("l", command({ "light/power": true }), hand.now);
    expect(hand.say("homie/5/l/light/power/$target", "true").messages).toMatchObject([{ kind: "ack" }]);
    expect(hand.say("homie/5/l/light/power/$target", "yes").refusals).toHaveLength(1);
  });

  it("is refused for what cannot be set, or not so", () => {
    const hand = atHand();
    hand.describe("l", lamp);
    const reason = (device: string, signals: DeviceCommand["signals"]) => {
      const result = hand.profile.encode(device, command(signals), hand.now);
      return result.ok ? "ok" : result.reason;
    };
    expect(reason("x", { "light/level": 1 })).toMatch(/no device/);
    expect(reason("l", { "light/x": 1 })).toMatch(/no such signal/);
    expect(reason("l", { "light/warmth": 1 })).toMatch(/not settable/);
    expect(reason("l", { "light/level": 101 })).toMatch(/outside/);
    expect(reason("l", { "light/level": 1, "light/power": true })).toMatch(/one signal/);
  });
});

describe("a hostile sender", () => {
  it("cannot break the controller with 20,000 mutated messages", () => {
    const hand = atHand();
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const text = JSON.stringify({ ...lamp, root: "d1" });
    const said: [string, string][] = [
      ["$description", text],
      [
        "$description",
        '{"homie":"5.0","nodes":{"__proto__":{"properties":{"__proto__":{"datatype":"string"}}}}}',
      ],
      ["$state", "ready"],
      ["light/level", "5"],
      ["light/power/$target", "true"],
      ["light/pressed", "long"],
      ["$alert/x", "y"],
      ["__proto__/constructor", "1"],
    ];
    let messages = 0;
    for (let i = 0; i < 20_000; i++) {
      const [topic, payload] = said[random(said.length)] as [string, string];
      const bytes = new TextEncoder().encode(payload);
      for (let m = random(4); m > 0; m--) bytes[random(bytes.length)] = random(256);
      messages += hand.say(`homie/5/d${random(4)}/${topic}`, bytes, random(2) === 0).messages?.length ?? 0;
    }
    expect(messages).toBeGreaterThan(500);
  });

  it("cannot make it keep more than its bounds", () => {
    const hand = atHand();
    const refusals = Array.from({ length: 600 }, (_, i) => hand.state(`d${i}`, "ready").refusals?.[0]);
    expect(refusals.filter((reason) => reason !== undefined)).toHaveLength(88);
    const flood = Array.from({ length: 2000 }, (_, i) => hand.say(`homie/5/d1/n/p${i}`, "x").refusals?.[0]);
    expect(flood.filter((reason) => reason?.includes("too much waits"))).toHaveLength(976);
    // Minutes later those that never described themselves make room.
    hand.now += 61_000;
    expect(hand.state("new", "ready").messages).toHaveLength(1);
  });
});
