import { describe, expect, it } from "vitest";
import type { DeviceCommand, OutgoingMessage } from "../../../../src/protocol/device-profile.ts";
import { decodePayload } from "../../../../src/protocol/sparkplug/payload.ts";
import {
  SparkplugHost,
  type SparkplugHostOptions,
} from "../../../../src/protocol/sparkplug/sparkplug-host.ts";
import { cpuMs } from "../../../support/cpu-time.ts";
import { ProfileAtHand } from "../profile-at-hand.ts";
import { type WrittenMetric, writePayload } from "./payload-writer.ts";

const at = 1_700_000_000_000n;

/** Node `n` of group `g` as it speaks, with a number for each message. */
class Speaker {
  seq = 0;

  constructor(
    readonly hand: ProfileAtHand<SparkplugHost>,
    readonly node = "n",
  ) {}

  nbirth(metrics: readonly WrittenMetric[] = [], bdSeq = 0n, timestamp = at) {
    this.seq = 0;
    const all: WrittenMetric[] = [
      { name: "bdSeq", datatype: 4, value: { field: 11, value: bdSeq } },
      ...metrics,
    ];
    return this.say("NBIRTH", all, timestamp);
  }

  ndeath(bdSeq: bigint) {
    const metrics: WrittenMetric[] = [{ name: "bdSeq", datatype: 4, value: { field: 11, value: bdSeq } }];
    return this.hand.say(`spBv1.0/g/NDEATH/${this.node}`, writePayload({ timestamp: at, metrics }));
  }

  say(verb: string, metrics: readonly WrittenMetric[] = [], timestamp = at, device = "") {
    const topic = `spBv1.0/g/${verb}/${this.node}${device === "" ? "" : `/${device}`}`;
    return this.hand.say(topic, this.next(metrics, timestamp));
  }

  device(verb: string, metrics: readonly WrittenMetric[] = [], device = "d") {
    return this.say(verb, metrics, at, device);
  }

  next(metrics: readonly WrittenMetric[], timestamp = at): Uint8Array {
    const payload = writePayload({ timestamp, seq: BigInt(this.seq), metrics });
    this.seq = (this.seq + 1) % 256;
    return payload;
  }
}

const temp = (value: number, more: Partial<WrittenMetric> = {}): WrittenMetric => ({
  name: "temp",
  datatype: 10,
  value: { field: 13, value },
  ...more,
});

function atHand(options: Partial<SparkplugHostOptions> = {}) {
  const hand = new ProfileAtHand(new SparkplugHost({ hostId: "twin", startedAt: 5, ...options }));
  return { hand, node: new Speaker(hand) };
}

function command(signals: DeviceCommand["signals"]): DeviceCommand {
  return { id: "c:1", seq: 1, ref: 0, ttl_ms: 200, signals };
}

function asked(sent: readonly OutgoingMessage[] | undefined): unknown[] {
  return (sent ?? []).map(({ topic, payload, qos, retain }) => {
    const decoded = typeof payload === "string" ? null : decodePayload(payload);
    return {
      topic,
      qos,
      retain,
      metrics: decoded?.ok
        ? decoded.value.metrics.map(({ name, alias, value }) => ({ name, alias, value }))
        : payload,
    };
  });
}

const rebirth = {
  topic: "spBv1.0/g/NCMD/n",
  qos: 0,
  retain: false,
  metrics: [{ name: "Node Control/Rebirth", alias: null, value: { kind: "boolean", value: true } }],
};

describe("the host's state", () => {
  it("is born with the timestamp of its will, newer at each connection", () => {
    const { hand } = atHand();
    const will = hand.profile.will;
    expect(will).toEqual({
      topic: "spBv1.0/STATE/twin",
      payload: '{"online":false,"timestamp":5}',
      qos: 1,
      retain: true,
    });
    expect(hand.connect().sent).toEqual([{ ...will, payload: '{"online":true,"timestamp":5}' }]);
    expect(hand.profile.will?.payload).toBe(`{"online":false,"timestamp":${hand.now}}`);
    const second = hand.now;
    hand.now += 10;
    expect(hand.connect().sent?.[0]?.payload).toBe(`{"online":true,"timestamp":${second}}`);
  });

  it("is said again, at most once a second, when somebody says that the host is gone", () => {
    const { hand } = atHand();
    hand.connect();
    const gone = '{"online":false,"timestamp":1}';
    expect(hand.say("spBv1.0/STATE/twin", gone).sent).toBeUndefined();
    hand.now += 1000;
    expect(hand.say("spBv1.0/STATE/twin", gone, true).sent?.[0]?.payload).toBe(
      '{"online":true,"timestamp":5}',
    );
    expect(hand.say("spBv1.0/STATE/twin", gone)).toEqual({});
    hand.now += 5000;
    expect(hand.say("spBv1.0/STATE/other", gone)).toEqual({});
    expect(hand.say("spBv1.0/STATE/twin", '{"online":true,"timestamp":1}')).toEqual({});
    expect(hand.say("spBv1.0/STATE/twin", "junk")).toEqual({});
  });

  it("listens to its own state and to the wanted groups, births and data but no commands", () => {
    const topics = atHand({ groups: ["a", "b"] }).hand.profile.subscriptions.map(({ topic }) => topic);
    expect(topics).toHaveLength(13);
    expect(topics).toContain("spBv1.0/STATE/twin");
    expect(topics).toContain("spBv1.0/b/DDATA/+/+");
    expect(topics.filter((topic) => topic.includes("CMD"))).toEqual([]);
    expect(atHand().hand.profile.subscriptions).toHaveLength(7);
  });
});

describe("an edge node", () => {
  it("is born with its signals, their values and its life", () => {
    const { node } = atHand({ writable: ["g.n/set *", "g.n/set_*"] });
    const said = node.nbirth([
      temp(20.5, { alias: 3n, properties: { engUnit: { field: 8, value: "°C" } } }),
      { name: "Node Control/Rebirth", datatype: 11, value: { field: 14, value: 0n } },
      { name: "set point", datatype: 1, value: { field: 10, value: 0xfen } },
      {
        name: "set lock",
        datatype: 11,
        value: { field: 14, value: 0n },
        properties: { readOnly: { field: 7, value: 1n } },
      },
      { name: "count", datatype: 8, timestamp: at - 1n, value: { field: 11, value: 2n ** 64n - 1n } },
    ]);
    expect(said).toEqual({
      messages: [
        {
          kind: "birth",
          device: "g.n",
          birth: {
            firmware: "",
            boot: 1,
            signals: {
              temp: { unit: "°C", type: "number", writable: false },
              "Node_Control/Rebirth": { unit: "", type: "boolean", writable: true },
              set_point: { unit: "", type: "number", writable: true, min: -128, max: 127 },
              set_lock: { unit: "", type: "boolean", writable: false },
              count: { unit: "", type: "string", writable: false },
            },
          },
        },
        { kind: "status", device: "g.n", life: "online" },
        {
          kind: "telemetry",
          device: "g.n",
          telemetry: {
            boot: 1,
            n: 0,
            stamp: { sec: 1_699_999_999, nanosec: 999_000_000 },
            signals: { count: "18446744073709551615" },
          },
        },
        {
          kind: "telemetry",
          device: "g.n",
          telemetry: {
            boot: 1,
            n: 1,
            stamp: { sec: 1_700_000_000, nanosec: 0 },
            signals: { temp: 20.5, "Node_Control/Rebirth": false, set_point: -2, set_lock: false },
          },
        },
      ],
    });
  });

  it("speaks by alias, keeps a past value apart, and says what is null or of bad quality", () => {
    const { node } = atHand();
    node.nbirth([
      temp(1, { alias: 3n }),
      { name: "ok", datatype: 11, alias: 4n, value: { field: 14, value: 1n } },
    ]);
    const said = node.say("NDATA", [
      { alias: 3n, value: { field: 13, value: 2 } },
      { alias: 3n, timestamp: 1500n, historical: true, value: { field: 13, value: 9 } },
      { alias: 4n, isNull: true },
    ]);
    expect(said.refusals).toBeUndefined();
    expect(said.messages?.map((m) => m.kind === "telemetry" && m.telemetry)).toEqual([
      { boot: 1, n: 1, stamp: { sec: 1, nanosec: 500_000_000 }, signals: { temp: 9 }, historical: true },
      { boot: 1, n: 2, stamp: { sec: 1_700_000_000, nanosec: 0 }, signals: { temp: 2 }, bad: { ok: "null" } },
    ]);
    const stale = { properties: { Quality: { field: 3, value: 500n } } } as const;
    expect(
      node.say("NDATA", [{ alias: 3n, value: { field: 13, value: 3 }, ...stale }]).messages,
    ).toMatchObject([{ telemetry: { n: 3, signals: {}, bad: { temp: "quality 500" } } }]);
  });

  it("loses only the metric that cannot be taken", () => {
    const { node } = atHand();
    const said = node.nbirth([
      temp(1),
      { name: "table", datatype: 16, value: { field: 17, value: Uint8Array.of(1) } },
      { name: "nan", datatype: 10, value: { field: 13, value: Number.NaN } },
      { name: "a b", datatype: 3, value: { field: 10, value: 1n } },
      { name: "a_b", datatype: 3, value: { field: 10, value: 1n } },
      { name: "untyped" },
      { name: "", datatype: 3 },
      { name: "__proto__", datatype: 3, value: { field: 10, value: 1n } },
    ]);
    expect(said.messages).toMatchObject([
      { kind: "birth", birth: { signals: { temp: {}, nan: {}, a_b: {} } } },
      { kind: "status" },
      { kind: "telemetry", telemetry: { signals: { temp: 1, a_b: 1 } } },
    ]);
    expect(said.refusals?.join("\n")).toMatch(/table: DataSet cannot be the value/);
    for (const part of ["nan: NaN", "a_b: its name", "untyped: declared without", "__proto__: a name"]) {
      expect(
        said.refusals?.some((line) => line.includes(part)),
        part,
      ).toBe(true);
    }
  });

  it("is asked for a rebirth when it speaks before its birth, not more often than the pause allows", () => {
    const { hand, node } = atHand();
    expect(node.say("NDATA", [temp(1)])).toEqual({});
    expect(hand.pass(1999)).toEqual({});
    const first = hand.pass(1);
    expect(asked(first.sent)).toEqual([rebirth]);
    expect(first.refusals?.[0]).toMatch(/1 messages waited too long for their predecessors/);
    let asks = 0;
    for (let s = 0; s < 600; s++) {
      node.say("NDATA", [temp(1)]);
      asks += hand.pass(1000).sent?.length ?? 0;
    }
    expect(asks).toBeGreaterThanOrEqual(4);
    expect(asks).toBeLessThanOrEqual(7);
    expect(node.nbirth([temp(1)]).messages).toHaveLength(3);
    expect(node.say("NDATA", [temp(2)]).messages).toHaveLength(1);
  });

  it("waits for a late number, and goes on in the right order", () => {
    const { hand, node } = atHand();
    node.nbirth([temp(0)]);
    node.device("DBIRTH", [temp(0)]);
    const late = node.next([temp(1)]);
    expect(node.say("NDATA", [temp(2)])).toEqual({});
    expect(node.device("DDATA", [temp(3)])).toEqual({});
    hand.pass(1500);
    const said = hand.say("spBv1.0/g/NDATA/n", late);
    expect(said.messages).toMatchObject([
      { device: "g.n", telemetry: { n: 1, signals: { temp: 1 } } },
      { device: "g.n", telemetry: { n: 2, signals: { temp: 2 } } },
      { device: "g.n.d", telemetry: { n: 1, signals: { temp: 3 } } },
    ]);
    expect(hand.pass(5000)).toEqual({});
  });

  it("that lost a message is asked for a rebirth, and believed again only after it", () => {
    const { hand, node } = atHand();
    node.nbirth([temp(0)]);
    node.seq++;
    node.say("NDATA", [temp(1)]);
    expect(asked(hand.pass(2000).sent)).toEqual([rebirth]);
    expect(node.say("NDATA", [temp(2)])).toEqual({});
    const born = node.nbirth([temp(3)], 0n, at + 10n);
    expect(born.messages).toMatchObject([
      { kind: "birth", birth: { boot: 2 } },
      { telemetry: { boot: 2, n: 0 } },
    ]);
    expect(node.say("NDATA", [temp(4)]).messages).toMatchObject([{ telemetry: { boot: 2, n: 1 } }]);
  });

  it("counts over 255 and refuses a repeated number", () => {
    const { node, hand } = atHand();
    node.nbirth([temp(0)]);
    for (let i = 1; i <= 600; i++) expect(node.say("NDATA", [temp(i)]).messages).toHaveLength(1);
    node.seq = (node.seq + 255) % 256;
    expect(node.say("NDATA", [temp(1)]).refusals?.[0]).toMatch(/was received before/);
    expect(hand.pass(5000)).toEqual({});
    expect(node.say("NDATA", [temp(1)]).messages).toHaveLength(1);
  });

  it("keeps what overtook its birth, but nothing of the session before", () => {
    const { hand, node } = atHand();
    node.seq = 1;
    expect(node.device("DBIRTH", [temp(7)])).toEqual({});
    node.seq = 2;
    const old = writePayload({ timestamp: at - 1000n, seq: 2n, metrics: [temp(99)] });
    hand.say("spBv1.0/g/DDATA/n/d", old);
    const said = node.nbirth([temp(0)]);
    expect(said.messages?.filter((m) => m.device === "g.n.d")).toMatchObject([
      { kind: "birth" },
      { kind: "status" },
      { telemetry: { signals: { temp: 7 } } },
    ]);
  });

  it("dies only by a death of its own session, and takes its devices with it", () => {
    const { node } = atHand();
    node.nbirth([temp(0)], 7n);
    node.device("DBIRTH", [temp(0)]);
    expect(node.ndeath(6n)).toMatchObject({ refusals: ["g/n: a death of session 6, not of 7"] });
    expect(node.ndeath(7n).messages).toEqual([
      { kind: "status", device: "g.n.d", life: "lost" },
      { kind: "status", device: "g.n", life: "lost" },
    ]);
    expect(node.ndeath(7n)).toEqual({});
    expect(node.nbirth([temp(0)], 8n).messages).toMatchObject([{ kind: "birth" }, { life: "online" }, {}]);
  });

  it("must be born again after a death of a later session, or counts as lost", () => {
    const { hand, node } = atHand();
    node.nbirth([temp(0)], 255n);
    expect(asked(node.ndeath(0n).sent)).toEqual([rebirth]);
    expect(hand.pass(9999).messages).toBeUndefined();
    expect(node.nbirth([temp(0)], 255n, at + 1n).messages).toHaveLength(2);
    expect(hand.pass(10_000)).toEqual({});
    node.ndeath(1n);
    expect(hand.pass(10_000).messages).toMatchObject([{ life: "lost" }]);
  });

  it("that was born again takes down the devices that were not", () => {
    const { hand, node } = atHand();
    node.nbirth([temp(0)]);
    node.device("DBIRTH", [temp(0)], "a");
    node.device("DBIRTH", [temp(0)], "b");
    node.nbirth([temp(0)], 0n, at + 1n);
    node.device("DBIRTH", [temp(1)], "b");
    expect(hand.pass(2000).messages).toEqual([{ kind: "status", device: "g.n.a", life: "lost" }]);
  });

  it("is asked for a rebirth by metrics that are unknown or changed their datatype", () => {
    for (const metric of [temp(1, { name: "new" }), temp(1, { datatype: 9 }), { alias: 9n }]) {
      const { node } = atHand();
      node.nbirth([temp(0)]);
      const said = node.say("NDATA", [metric as WrittenMetric, temp(5)]);
      expect(asked(said.sent)).toEqual([rebirth]);
      expect(said.refusals).toHaveLength(1);
      // What the birth did declare is taken.
      expect(said.messages).toHaveLength(1);
    }
  });

  it("must be born again after the broker was gone, or counts as lost", () => {
    const { hand, node } = atHand();
    hand.connect();
    node.nbirth([temp(0)]);
    node.device("DBIRTH", [temp(0)]);
    expect(hand.connect().messages).toBeUndefined();
    const said = node.say("NDATA", [temp(1)]);
    expect(said.messages).toBeUndefined();
    expect(asked(said.sent)).toEqual([rebirth]);
    expect(hand.pass(9999).messages).toBeUndefined();
    expect(hand.pass(1).messages).toMatchObject([{ life: "lost" }, { life: "lost" }]);
  });

  it("is refused where its name in the twin is another's", () => {
    const { hand, node } = atHand();
    node.nbirth([temp(0)]);
    const birth = writePayload({ timestamp: at, seq: 0n, metrics: [temp(0)] });
    expect(hand.say("spBv1.0/g/NBIRTH/n.d", birth).messages).toHaveLength(3);
    expect(node.device("DBIRTH", [temp(0)]).refusals).toEqual([
      "g/n/d: its name in the twin, g.n.d, is that of g/n.d",
    ]);
    expect(hand.say("spBv1.0/Großes Werk/NBIRTH/_1", birth).messages?.[0]?.device).toBe("Gro_es_Werk._1");
    expect(hand.say(`spBv1.0/${"g".repeat(60)}/NBIRTH/node`, birth).refusals?.[0]).toMatch(/more than 64/);
  });
});

describe("a device of an edge node", () => {
  it("is born, says goodbye by its node, and comes back", () => {
    const { node } = atHand();
    node.nbirth([]);
    expect(node.device("DBIRTH", [temp(1)]).messages).toMatchObject([
      { kind: "birth", device: "g.n.d", birth: { boot: 2 } },
      { kind: "status", life: "online" },
      { kind: "telemetry", telemetry: { boot: 2, n: 0, signals: { temp: 1 } } },
    ]);
    expect(node.device("DDEATH").messages).toEqual([{ kind: "status", device: "g.n.d", life: "offline" }]);
    const dead = node.device("DDATA", [temp(2)]);
    expect(asked(dead.sent)).toEqual([rebirth]);
    expect(dead.refusals?.[0]).toMatch(/before its birth/);
    expect(node.device("DBIRTH", [temp(1)]).messages).toMatchObject([{ birth: { boot: 3 } }, {}, {}]);
  });

  it("that was never born brings a rebirth", () => {
    const { node } = atHand();
    node.nbirth([]);
    const said = node.device("DDATA", [temp(2)]);
    expect(asked(said.sent)).toEqual([rebirth]);
    expect(said.refusals?.[0]).toMatch(/without a birth/);
  });
});

describe("a message that no edge node may send", () => {
  it("is refused with its reason", () => {
    const { hand } = atHand();
    const birth = writePayload({ seq: 0n });
    const cases: [string, Uint8Array, boolean, RegExp][] = [
      ["spBv1.0/g/NBIRTH/n", birth, true, /retained/],
      ["spBv1.0/g/NBIRTH/n/d", birth, false, /not a topic/],
      ["spBv1.0/g/DDATA/n", birth, false, /not a topic/],
      ["spBv1.0/g/NCMD/n", birth, false, /not a topic/],
      ["spBv1.0/g/NBIRTH", birth, false, /not a topic/],
      ["spBv1.0/g/NBIRTH/n", writePayload({ seq: 256n }), false, /sequence/],
      ["spBv1.0/g/NDATA/n", writePayload({ seq: 256n }), false, /sequence/],
      ["spBv1.0/g/NBIRTH/n", Uint8Array.of(1), false, /field 0/],
    ];
    for (const [topic, payload, retained, reason] of cases) {
      const said = hand.say(topic, payload, retained);
      expect(said.refusals?.[0]).toMatch(reason);
      expect(said.messages).toBeUndefined();
    }
    expect(hand.profile.owns("spBv1.0/x")).toBe(true);
    expect(hand.profile.owns("spAv1.0/x")).toBe(false);
  });
});

describe("a command", () => {
  it("goes out by the birth's alias and datatype, and is taken once the value comes back", () => {
    const { hand, node } = atHand({ writable: ["g.n.d/*"] });
    node.nbirth([]);
    node.device("DBIRTH", [
      { name: "out", alias: 9n, datatype: 9, value: { field: 12, value: 0 } },
      { name: "big", datatype: 8, value: { field: 11, value: 0n } },
    ]);
    const message = hand.profile.encode(
      "g.n.d",
      command({ out: 0.1, big: "18446744073709551615" }),
      hand.now,
    );
    if (!message.ok) throw new Error(message.reason);
    expect(asked([message.value])).toEqual([
      {
        topic: "spBv1.0/g/DCMD/n/d",
        qos: 0,
        retain: false,
        metrics: [
          { name: null, alias: 9n, value: { kind: "float", value: Math.fround(0.1) } },
          { name: "big", alias: null, value: { kind: "long", value: 2n ** 64n - 1n } },
        ],
      },
    ]);
    const half = node.device("DDATA", [{ alias: 9n, value: { field: 12, value: 0.1 } }]);
    expect(half.messages).toHaveLength(1);
    const whole = node.device("DDATA", [{ name: "big", value: { field: 11, value: 2n ** 64n - 1n } }]);
    expect(whole.messages?.[1]).toEqual({
      kind: "ack",
      device: "g.n.d",
      ack: { id: "c:1", ok: true, reason: "reported back" },
    });
  });

  it("may ask for a rebirth, which the birth answers", () => {
    const { hand, node } = atHand();
    const control: WrittenMetric = {
      name: "Node Control/Rebirth",
      datatype: 11,
      value: { field: 14, value: 0n },
    };
    node.nbirth([control]);
    const message = hand.profile.encode("g.n", command({ "Node_Control/Rebirth": true }), hand.now);
    expect(asked(message.ok ? [message.value] : [])).toEqual([rebirth]);
    expect(node.nbirth([control], 0n, at + 1n).messages?.at(-1)).toMatchObject({
      kind: "ack",
      ack: { ok: true },
    });
  });

  it("is refused where the device, the signal or the value is not right", () => {
    const { hand, node } = atHand({ writable: ["g.n/w"] });
    const w: WrittenMetric = { name: "w", datatype: 4, value: { field: 11, value: 0n } };
    node.nbirth([temp(1), w], 1n);
    const reason = (device: string, signals: DeviceCommand["signals"]) => {
      const result = hand.profile.encode(device, command(signals), hand.now);
      return result.ok ? "ok" : result.reason;
    };
    expect(reason("g.x", { w: "1" })).toMatch(/no device/);
    expect(reason("g.n", { x: "1" })).toMatch(/no such signal/);
    expect(reason("g.n", { temp: 1 })).toMatch(/not writable/);
    expect(reason("g.n", { w: "9223372036854775808" })).toMatch(/not a valid Int64/);
    expect(reason("g.n", { w: "-9223372036854775808" })).toBe("ok");
    node.ndeath(1n);
    expect(reason("g.n", { w: "1" })).toMatch(/no device/);
  });
});

describe("a hostile sender", () => {
  it("cannot break the host with 30,000 mutated payloads, nor make it slow", () => {
    const { hand } = atHand({ writable: ["*"] });
    let seed = 42;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const everything = [1, 4, 8, 9, 10, 11, 12, 13, 16, 17, 19, 25, 30, 32, 33, 34].map((datatype, i) => ({
      name: `m${i}`,
      alias: BigInt(i),
      timestamp: at + BigInt(i),
      datatype,
      properties: { engUnit: { field: 8 as const, value: "m" } },
      value:
        datatype > 15
          ? { field: 16 as const, value: Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4) }
          : ({ field: 11, value: 5n } as const),
    }));
    const seeds = [0n, 1n, 2n].map((seq) => writePayload({ timestamp: at, seq, metrics: everything }));
    const verbs = ["NBIRTH", "NDATA", "NDEATH", "DBIRTH/", "DDATA/", "DDEATH/"];
    const begun = cpuMs();
    let refusals = 0;
    let messages = 0;
    for (let i = 0; i < 30_000; i++) {
      const base = seeds[random(seeds.length)] as Uint8Array;
      let bytes = Uint8Array.from(base.subarray(0, random(8) === 0 ? random(base.length) : base.length));
      for (let m = random(6); m > 0 && bytes.length > 0; m--) {
        const where = random(bytes.length);
        if (random(4) === 0)
          bytes = Uint8Array.from([...bytes.subarray(0, where), random(256), ...bytes.subarray(where)]);
        else bytes[where] = random(3) === 0 ? 0xff : random(256);
      }
      const verb = verbs[random(verbs.length)] as string;
      const topic = `spBv1.0/g${random(3)}/${verb.replace("/", "")}/n${random(5)}${verb.endsWith("/") ? `/d${random(9)}` : ""}`;
      const said = hand.say(topic, bytes, random(50) === 0);
      hand.now += random(100);
      if (i % 100 === 0) hand.pass(0);
      refusals += said.refusals?.length ?? 0;
      messages += said.messages?.length ?? 0;
      for (const message of said.messages ?? []) {
        if (message.kind !== "telemetry") continue;
        for (const value of Object.values(message.telemetry.signals)) {
          if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${value}`);
        }
      }
    }
    expect(refusals).toBeGreaterThan(1000);
    expect(messages).toBeGreaterThan(1000);
    expect(cpuMs() - begun).toBeLessThan(20_000);
  });

  it("cannot make it keep more than its bounds", () => {
    const { hand } = atHand();
    const birth = writePayload({ timestamp: at, seq: 0n, metrics: [temp(0)] });
    let born = 0;
    for (let i = 0; i < 600; i++) {
      born +=
        hand.say(`spBv1.0/g/NBIRTH/n${i}`, birth).messages?.filter((m) => m.kind === "birth").length ?? 0;
    }
    expect(born).toBe(512);
    const { node } = atHand();
    node.nbirth([]);
    let devices = 0;
    for (let i = 0; i < 400; i++)
      devices += node.device("DBIRTH", [], `d${i}`).messages === undefined ? 0 : 1;
    expect(devices).toBe(256);
    const { node: chatty } = atHand();
    chatty.seq = 1;
    const said = Array.from({ length: 200 }, () => chatty.say("NDATA", [temp(1)]));
    expect(said.flatMap((one) => one.refusals ?? [])[0]).toMatch(/128 messages are too many to wait/);
  });
});
