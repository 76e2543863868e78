import { describe, expect, it } from "vitest";
import { topicMatches } from "../../../src/protocol/mqtt-mapping.ts";
import { commandTopic, NativeProfile } from "../../../src/protocol/native-profile.ts";
import { randomFrom } from "../robot/random-from.ts";
import { ProfileAtHand } from "./profile-at-hand.ts";

const birth = {
  firmware: "1.2",
  boot: 7,
  link: "tool0",
  signals: {
    force: { unit: "N", type: "number", min: 0, max: 10 },
    led: { type: "boolean", writable: true },
  },
};
const telemetry = { boot: 7, n: 3, t_us: 1000, signals: { force: 1.5, led: true, mode: "idle" } };
const ack = { id: "c1", ok: false, reason: "late" };

const profile = new NativeProfile();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function decoded(leaf: string, payload: unknown) {
  const text = typeof payload === "string" ? payload : (JSON.stringify(payload) ?? "");
  return profile.decode(`twin/v1/dev/${leaf}`, bytesOf(text));
}

describe("a device message", () => {
  it("of each kind is understood, with the defaults of the profile", () => {
    expect(decoded("birth", { boot: 1, signals: { a: {} } })).toEqual({
      ok: true,
      value: {
        kind: "birth",
        device: "dev",
        birth: { firmware: "", boot: 1, signals: { a: { unit: "", type: "number", writable: false } } },
      },
    });
    expect(decoded("telemetry", telemetry)).toEqual({
      ok: true,
      value: {
        kind: "telemetry",
        device: "dev",
        telemetry: { boot: 7, n: 3, stamp: { sec: 0, nanosec: 1_000_000 }, signals: telemetry.signals },
      },
    });
    expect(decoded("ack", ack)).toEqual({ ok: true, value: { kind: "ack", device: "dev", ack } });
    for (const life of ["online", "offline", "sleeping", "lost"]) {
      expect(decoded("status", life)).toEqual({ ok: true, value: { kind: "status", device: "dev", life } });
    }
  });

  it("keeps what it does not know out of the way: newer devices may say more", () => {
    expect(decoded("telemetry", { ...telemetry, rssi: -60 })).toMatchObject({ ok: true });
  });

  const wrong: [string, string, unknown, string][] = [
    ["no boot", "birth", { ...birth, boot: undefined }, "boot"],
    ["a boot that is no 32-bit number", "birth", { ...birth, boot: 2 ** 32 }, "boot"],
    ["a negative boot", "birth", { ...birth, boot: -1 }, "boot"],
    ["a firmware that is no text", "birth", { ...birth, firmware: 3 }, "firmware"],
    ["a link that is no text", "birth", { ...birth, link: 3 }, "link"],
    ["no signals", "birth", { boot: 1 }, "signals"],
    ["signals as a list", "birth", { ...birth, signals: ["a"] }, "signals"],
    ["a signal of unknown type", "birth", { ...birth, signals: { a: { type: "float" } } }, "signals.a.type"],
    ["a signal named with a slash", "birth", { ...birth, signals: { "a/b": {} } }, "signals"],
    [
      "a signal with the device's own name for its life",
      "birth",
      { ...birth, signals: { status: {} } },
      "signals",
    ],
    [
      "257 signals",
      "birth",
      { boot: 1, signals: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`s${i}`, {}])) },
      "signals",
    ],
    ["a fractional number", "telemetry", { ...telemetry, n: 1.5 }, "n"],
    ["a number beyond 32 bits", "telemetry", { ...telemetry, n: 2 ** 32 }, "n"],
    ["a negative time", "telemetry", { ...telemetry, t_us: -1 }, "t_us"],
    ["a time as text", "telemetry", { ...telemetry, t_us: "1" }, "t_us"],
    ["an answer without a verdict", "ack", { id: "a" }, "ok"],
    ["an answer to a number", "ack", { id: 1, ok: true }, "id"],
    ["a list instead of an object", "telemetry", [1], ""],
    ["null", "telemetry", null, ""],
  ];
  for (const [what, leaf, payload, field] of wrong) {
    it(`with ${what} is refused by name of the field`, () => {
      const result = decoded(leaf, payload);
      expect(result.ok).toBe(false);
      if (result.ok) return;
      expect(result.reason).not.toBe("");
      expect(result.path).toContain(`twin/v1/dev/${leaf}: ${field}`);
    });
  }

  it("that is not JSON, not UTF-8, NaN, too long or no status is refused", () => {
    for (const text of ["", "{", "NaN", '{"boot":NaN}', "online"])
      expect(decoded("telemetry", text).ok).toBe(false);
    expect(profile.decode("twin/v1/dev/telemetry", Uint8Array.of(0x7b, 0xff, 0x7d)).ok).toBe(false);
    expect(decoded("telemetry", `"${"x".repeat(65_537)}"`)).toMatchObject({ ok: false });
    for (const text of ["ONLINE", "", "null", '"online"']) expect(decoded("status", text).ok).toBe(false);
  });

  it("of telemetry keeps its good signals, and names those that have no value", () => {
    const text = `{"boot":1,"n":0,"t_us":1,"signals":{"nil":null,"list":[1],"over":1e999,"long":"${"x".repeat(1025)}","a b":1,"good":2}}`;
    const result = decoded("telemetry", text);
    expect(result).toMatchObject({
      ok: true,
      value: {
        telemetry: {
          signals: { good: 2 },
          bad: { nil: "not-measured", list: "not-measured", over: "not-measured", long: "not-measured" },
        },
      },
      leftOut:
        "signals.nil: not a number, boolean or text, and 4 more. Left out; the other signals are taken.",
    });
    const at = new ProfileAtHand(new NativeProfile());
    expect(at.say("twin/v1/dev/telemetry", text)).toMatchObject({
      messages: [{ kind: "telemetry" }],
      refusals: [expect.stringContaining("twin/v1/dev/telemetry: signals.nil")],
    });
  });

  it("cannot reach a prototype by its names", () => {
    const text =
      '{"boot":1,"n":0,"t_us":1,"signals":{"__proto__":{"polluted":1},"a":1},"__proto__":{"polluted":1}}';
    const result = decoded("telemetry", text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    if (result.ok && result.value.kind === "telemetry") {
      expect(Object.getPrototypeOf(result.value.telemetry.signals)).not.toHaveProperty("polluted");
    }
    for (const name of ["__proto__", "", ".x", "a/b", "x".repeat(65), "a b", "ü"]) {
      expect(profile.decode(`twin/v1/${name}/status`, bytesOf("online")).ok, name).toBe(false);
    }
  });

  it("of no topic of the profile is refused", () => {
    for (const topic of [
      "twin/v1/dev",
      "twin/v1/dev/command",
      "twin/v1/dev/birth/x",
      "twin/v2/dev/birth",
      "x",
    ]) {
      expect(profile.decode(topic, bytesOf(JSON.stringify(birth))).ok, topic).toBe(false);
    }
  });

  it("with any byte changed is understood or refused, never thrown", () => {
    const random = randomFrom(3);
    const texts: [string, string][] = [
      ["birth", JSON.stringify(birth)],
      ["telemetry", JSON.stringify(telemetry)],
      ["ack", JSON.stringify(ack)],
    ];
    for (let i = 0; i < 3000; i++) {
      const [leaf, text] = random.pick(texts);
      const at = random.below(text.length);
      const changed = `${text.slice(0, at)}${random.pick(["", '"', "{", "9e9", "\u0000", "-", "null", "]"])}${text.slice(at + 1)}`;
      expect(typeof decoded(leaf, changed).ok).toBe("boolean");
    }
  });
});

describe("the profile's topics", () => {
  it("are subscribed to by filters that match what devices publish, and not what they are sent", () => {
    const filters = profile.subscriptions.map((s) => s.topic);
    for (const leaf of ["birth", "status", "telemetry", "ack"]) {
      expect(filters.some((filter) => topicMatches(filter, `twin/v1/dev/${leaf}`))).toBe(true);
    }
    expect(filters.some((filter) => topicMatches(filter, commandTopic("dev")))).toBe(false);
  });
});
