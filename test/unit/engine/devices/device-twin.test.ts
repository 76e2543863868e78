import { describe, expect, it } from "vitest";
import type { DeviceCommand, DeviceLife, DeviceMessage } from "../../../../src/protocol/device-profile.ts";
import { EngineAtHand } from "../engine-at-hand.ts";

type Birth = Extract<DeviceMessage, { kind: "birth" }>["birth"];

const signals: Birth["signals"] = {
  force: { unit: "N", type: "number", writable: false },
  led: { unit: "", type: "boolean", writable: true },
  width: { unit: "m", type: "number", writable: true, min: 0, max: 0.1 },
};

class DevicesAtHand extends EngineAtHand {
  device(message: DeviceMessage, retained = false): void {
    this.push(`mqtt:${message.device}`, { kind: "device", profile: "native", message, retained });
  }
  birth(more: Partial<Birth> = {}, retained = false, device = "dev"): void {
    this.device(
      { kind: "birth", device, birth: { firmware: "1", boot: 7, link: "tool", signals, ...more } },
      retained,
    );
  }
  telemetry(
    n: number,
    values: Record<string, number | boolean | string>,
    more: { boot?: number; retained?: boolean } = {},
  ): void {
    const stamp = { sec: Math.floor(n * 1.5), nanosec: n % 2 === 0 ? 0 : 5e8 };
    const telemetry = { boot: more.boot ?? 7, n, stamp, signals: values };
    this.device({ kind: "telemetry", device: "dev", telemetry }, more.retained ?? false);
  }
  status(life: DeviceLife, retained = false): void {
    this.device({ kind: "status", device: "dev", life }, retained);
  }
  force() {
    return this.property("device/dev", "device/dev/force").reported;
  }
  sent(): DeviceCommand[] {
    return this.leaving.of("device").map((entry) => entry[2] as DeviceCommand);
  }
}

function born(): DevicesAtHand {
  const at = new DevicesAtHand();
  at.describe();
  at.birth();
  at.status("online");
  at.telemetry(0, { force: 1, led: false });
  at.cycle();
  return at;
}

describe("a device", () => {
  it("is a thing mounted on its link, with each signal under both, related once", () => {
    const at = born();
    expect(at.engine.thingJson("device/dev")).toMatchObject({
      type: "device",
      definition: { profile: "native", firmware: "1", boot: 7 },
      relationships: [
        { name: "mountedOn", target: "robot/link/tool" },
        { name: "measures", target: "robot/link/tool" },
        { name: "controls", target: "robot/link/tool" },
      ],
    });
    expect(at.property("robot/link/tool", "device/dev/force")).toEqual(
      at.property("device/dev", "device/dev/force"),
    );
    expect(at.force()).toMatchObject({
      value: 1,
      quality: "good",
      source: "mqtt:dev",
      stamp: { sec: 0, nanosec: 0 },
    });
  });

  it("has signals on links and joints of their own where its birth says so", () => {
    const at = new DevicesAtHand();
    at.describe();
    at.birth({
      link: undefined,
      signals: { ...signals, turn: { unit: "rad", type: "number", writable: false, joint: "a" } },
    });
    at.cycle();
    const thing = at.engine.thingJson("device/dev");
    expect(thing?.relationships).toEqual([{ name: "measures", target: "robot/joint/a" }]);
    expect(at.engine.thingJson("robot/joint/a")?.properties).toHaveProperty(["device/dev/turn"]);
  });

  it("that names a robot and no part of it is the robot's as a whole", () => {
    const at = new DevicesAtHand();
    at.describe();
    at.birth({ link: undefined, robot: "robot" });
    at.telemetry(0, { force: 4 });
    at.cycle();
    expect(at.engine.thingJson("device/dev")?.relationships).toContainEqual({
      name: "mountedOn",
      target: "robot",
    });
    expect(at.property("robot", "device/dev/force").reported?.value).toBe(4);
  });

  it("moves to another link with another birth, and finds its link when the robot comes later", () => {
    const at = born();
    at.birth({ link: "fore" });
    at.cycle();
    expect(at.engine.propertyJson("robot/link/tool", "device/dev/force")).toBeNull();
    expect(at.property("robot/link/fore", "device/dev/force").reported?.value).toBe(1);

    const early = new DevicesAtHand();
    early.birth();
    early.cycle();
    early.describe();
    expect(early.engine.thingJson("robot/link/tool")?.properties).toHaveProperty(["device/dev/force"]);
  });

  it("counts what comes twice or too late and takes what is newer", () => {
    const at = born();
    at.telemetry(2, { force: 3 });
    at.telemetry(2, { force: 9 });
    at.telemetry(1, { force: 9 });
    at.cycle();
    expect(at.force()?.value).toBe(3);
    expect(at.counts("mqtt:dev")).toMatchObject({ late: 2 });
  });

  it("starts a new epoch with a new boot; telemetry of an old boot is late", () => {
    const at = born();
    at.telemetry(900, { force: 3 });
    at.birth({ boot: 8 });
    at.telemetry(0, { force: 4 }, { boot: 8 });
    at.telemetry(901, { force: 9 }, { boot: 7 });
    at.cycle();
    expect(at.force()?.value).toBe(4);
    at.telemetry(1, { force: 5 }, { boot: 8 });
    at.cycle();
    expect(at.force()?.value).toBe(5);
    expect(at.counts("mqtt:dev").late).toBe(1);
  });

  it("without a birth starts a boot with its telemetry, and the one before is over", () => {
    const at = new DevicesAtHand();
    for (const boot of [7, 8]) {
      at.telemetry(900 - boot, { force: boot }, { boot });
      at.cycle();
      expect(at.force()?.value).toBe(boot);
    }
    at.telemetry(901, { force: 9 });
    at.cycle();
    expect(at.force()?.value).toBe(8);
  });

  it("is not put out of its name by one message of another boot, however seldom it speaks itself", () => {
    for (const eachMs of [100, 5000]) {
      const at = born();
      at.telemetry(900, { force: 3 });
      at.cycle(eachMs / 2);
      at.telemetry(0, { force: 66 }, { boot: 8 });
      at.cycle(eachMs / 2);
      for (let n = 901; n < 904; n++) {
        at.telemetry(n, { force: n });
        at.cycle(eachMs);
        expect(at.force()?.value).toBe(n);
      }
      expect(at.events("device.conflict")).toEqual([]);
    }
  });

  it("is shown after a start without a birth, and not commanded by what it had said before", () => {
    const at = born();
    const led = { kind: "device", device: "dev", signal: "led", value: true } as const;
    at.telemetry(0, { force: 5 }, { boot: 8 });
    for (let n = 1; n < 30; n++) {
      at.telemetry(n, { force: n }, { boot: 8 });
      at.cycle(100);
    }
    expect(at.force()?.value).toBe(29);
    const epoch = at.acquire();
    at.command(epoch, 1, led);
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused device_conflict"]);
    at.birth({ boot: 8 });
    at.command(epoch, 2, led);
    at.cycle();
    expect(at.leaving.answers("s", 2)).toContain("sent ok");
  });

  it("keeps its boot when a broker hands out a birth of one that ended", () => {
    const at = born();
    at.birth({ boot: 8 });
    at.telemetry(0, { force: 4 }, { boot: 8 });
    at.birth({ firmware: "old" }, true);
    at.telemetry(1, { force: 5 }, { boot: 8 });
    at.cycle();
    expect(at.force()?.value).toBe(5);
    expect(at.engine.thingJson("device/dev")?.definition).toMatchObject({ firmware: "1", boot: 8, boots: 2 });
  });

  it("is not taken back by what a broker held up of an ended boot, in one piece or by and by", () => {
    const at = born();
    at.birth({ boot: 8 });
    at.telemetry(0, { force: 4 }, { boot: 8 });
    for (let n = 1; n < 50; n++) at.telemetry(n, { force: 9 });
    for (let n = 50; n < 60; n++) {
      at.telemetry(n, { force: 9 });
      at.cycle(3000);
    }
    expect(at.force()?.value).toBe(4);
  });

  it.each([100, 1005, 5000])(
    "that shares its name with others is told of (each speaks in %d ms) and not commanded",
    (ms) => {
      const at = born();
      at.birth({ boot: 8 });
      const led = { kind: "device", device: "dev", signal: "led", value: true } as const;
      for (let n = 1; n < 40; n++) {
        for (const boot of [8, 7, n % 2 === 0 ? 100 + n : 7]) at.telemetry(n, { force: boot }, { boot });
        at.cycle(ms);
        if (n === 3) expect(at.events("device.conflict").length).toBe(ms === 100 ? 0 : 1);
      }
      expect(at.events("device.conflict")[0]).toMatch(/^dev: other boots than \d+ speak in its name/);
      at.telemetry(40, { force: 7 });
      const epoch = at.acquire();
      at.command(epoch, 1, led);
      at.cycle();
      expect(at.leaving.answers("s", 1)).toEqual(["refused device_conflict"]);
      at.telemetry(40, { force: 8 }, { boot: 8 });
      at.cycle(1100);
      at.telemetry(41, { force: 8 }, { boot: 8 });
      at.command(epoch, 2, led);
      at.cycle();
      expect(at.force()?.value).toBe(8);
      expect(at.leaving.answers("s", 2)).toContain("sent ok");
    },
  );

  it("whose name another takes by turns, each with its birth, is told of and not commanded", () => {
    const at = born();
    for (let i = 0; i < 10; i++) {
      at.birth({ boot: 8 - (i % 2) });
      at.telemetry(i, { force: 1 }, { boot: 8 - (i % 2) });
      at.cycle(500);
    }
    expect(at.events("device.conflict")).toHaveLength(1);
    const epoch = at.acquire();
    at.command(epoch, 1, { kind: "device", device: "dev", signal: "led", value: true });
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused device_conflict"]);
  });

  it("that starts again under a boot it had before is believed by its birth", () => {
    const at = born();
    at.birth({ boot: 8 });
    at.birth({ boot: 7 });
    at.telemetry(0, { force: 4 });
    at.cycle();
    expect(at.force()?.value).toBe(4);
  });

  it("with kept telemetry is uncertain/initial until it speaks itself", () => {
    const at = new DevicesAtHand();
    at.birth({}, true);
    at.telemetry(5, { force: 2 }, { retained: true });
    at.cycle();
    expect(at.force()).toMatchObject({ value: 2, quality: "uncertain", reason: "initial" });
    at.telemetry(6, { force: 3 });
    at.cycle();
    expect(at.force()).toMatchObject({ value: 3, quality: "good" });
  });

  it("is not taken over by kept telemetry of a boot long gone", () => {
    const at = new DevicesAtHand();
    at.birth({ boot: 8 }, true);
    at.telemetry(500, { force: 9 }, { boot: 3, retained: true });
    at.telemetry(0, { force: 1 }, { boot: 8 });
    at.cycle();
    expect(at.force()).toMatchObject({ value: 1, quality: "good" });
    at.telemetry(1, { force: 2 }, { boot: 8 });
    at.cycle();
    expect(at.force()?.value).toBe(2);
  });

  it("turns bad/no-communication by its last will and good again when it speaks", () => {
    const at = born();
    at.status("offline");
    at.cycle();
    expect(at.force()).toMatchObject({ value: 1, quality: "bad", reason: "no-communication" });
    expect(at.property("device/dev", "device/dev/status").reported?.value).toBe("offline");
    expect(at.events("device.offline")).toEqual(["dev is offline"]);
    at.status("online");
    at.telemetry(1, { force: 2 });
    at.cycle();
    expect(at.force()).toMatchObject({ value: 2, quality: "good" });
    expect(at.events("source.back")).toEqual(["mqtt:dev is back"]);
  });

  it("that is dead does not seem back by what the broker kept of it", () => {
    const at = born();
    at.status("offline");
    at.cycle();
    at.birth({}, true);
    at.status("offline", true);
    at.telemetry(0, { force: 1 }, { retained: true });
    at.cycle();
    expect(at.events("source.back")).toEqual([]);
    expect(at.force()).toMatchObject({ quality: "bad", reason: "no-communication" });
  });

  it("turns stale by its own rhythm, whatever else it publishes", () => {
    const at = born();
    for (let n = 1; n < 40; n++) {
      at.telemetry(n, { force: n });
      at.birth();
      at.cycle(200);
    }
    at.cycle(600);
    expect(at.force()?.quality).toBe("good");
    at.cycle(400);
    expect(at.force()).toMatchObject({ quality: "uncertain", reason: "stale" });
  });

  it("keeps a signal's type within a boot, and may change it with another birth", () => {
    const at = born();
    at.telemetry(1, { force: "strong" });
    at.cycle();
    expect(at.counts("mqtt:dev").rejected).toBe(1);
    at.birth({ boot: 8, signals: { force: { unit: "", type: "string", writable: false } } });
    at.telemetry(0, { force: "strong" }, { boot: 8 });
    at.cycle();
    expect(at.force()).toMatchObject({ value: "strong", quality: "good" });
  });

  it("that makes up ever new signals is refused beyond 512", () => {
    const at = born();
    for (let n = 1; n < 100; n++) {
      at.telemetry(n, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${n}_${i}`, i])));
    }
    at.cycle();
    expect(at.engine.graph.things.get("device/dev")?.properties.size).toBeLessThanOrEqual(512);
    expect(at.counts("mqtt:dev").rejected).toBeGreaterThan(50);
  });

  it("finds no room for its signals once all devices together have 20,000", () => {
    const at = new DevicesAtHand();
    const signals = Object.fromEntries(
      Array.from({ length: 250 }, (_, i) => [
        `s${i}`,
        { unit: "", type: "number" as const, writable: false },
      ]),
    );
    for (let i = 0; i < 100; i++) at.birth({ signals }, false, `d${i}`);
    at.cycle();
    const sizes = Array.from(
      { length: 100 },
      (_, i) => at.engine.graph.things.get(`device/d${i}`)?.properties.size ?? 0,
    );
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(20_200);
    expect(sizes.slice(0, 79).every((size) => size === 251)).toBe(true);
  });

  it("is refused as the 5001st, without a source of its own", () => {
    const at = new DevicesAtHand();
    for (let i = 0; i < 5100; i++) at.birth({ signals: {} }, false, `d${i}`);
    at.cycle();
    expect([...at.engine.graph.things.values()].filter((t) => t.type === "device")).toHaveLength(5000);
    expect(at.counts("mqtt:devices").rejected).toBe(100);
    expect(at.engine.graph.sources.some((s) => s.name === "mqtt:d5050")).toBe(false);
  });
});

describe("a command to a device", () => {
  function driven(): { at: DevicesAtHand; epoch: number } {
    const at = born();
    return { at, epoch: at.acquire() };
  }
  const led = { kind: "device", device: "dev", signal: "led", value: true } as const;

  it("goes out with a rising number, the newest telemetry number and what is left of its life", () => {
    const { at, epoch } = driven();
    at.telemetry(41, { force: 1 });
    at.cycle();
    at.command(epoch, 1, led);
    at.command(epoch, 2, { ...led, value: false });
    at.cycle();
    const [first, second] = at.sent();
    expect(first).toMatchObject({ ref: 41, signals: { led: true } });
    expect(first?.ttl_ms).toBeGreaterThan(0);
    expect(first?.ttl_ms).toBeLessThanOrEqual(500);
    expect((second?.seq ?? 0) - (first?.seq ?? 0)).toBe(1);
    expect(first?.id).not.toBe(second?.id);
    expect(at.leaving.answers("s", 1)).toEqual(["accepted ok", "sent ok"]);
  });

  it("is done when the device takes it, and aborted with its reason when it refuses", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, led);
    at.command(epoch, 2, led);
    at.cycle();
    const [first, second] = at.sent();
    const ack = (id: string | undefined, ok: boolean, reason = "") =>
      at.device({ kind: "ack", device: "dev", ack: { id: id ?? "", ok, reason } });
    ack(second?.id, false, "late");
    ack(first?.id, true);
    ack(first?.id, true);
    ack("nobody's", true);
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["accepted ok", "sent ok", "done ok"]);
    expect(at.leaving.answers("s", 2)).toEqual(["accepted ok", "sent ok", "aborted device_refused"]);
  });

  it("with the longest id a client may give still fits in the device's answer", () => {
    const { at, epoch } = driven();
    at.command(epoch, "x".repeat(128), led);
    at.cycle();
    expect(at.sent()[0]?.id.length).toBeLessThanOrEqual(128);
  });

  it("is aborted when no answer comes in two seconds", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, led);
    at.cycle();
    at.cycle(1990);
    expect(at.leaving.answers("s", 1).at(-1)).toBe("sent ok");
    at.cycle(20);
    expect(at.leaving.answers("s", 1).at(-1)).toBe("aborted no_answer");
  });

  it("is refused, with a code, where it cannot be carried out", () => {
    const { at, epoch } = driven();
    const cases = [
      [{ ...led, device: "other" }, "unknown_device"],
      [{ ...led, signal: "nope" }, "unknown_signal"],
      [{ ...led, signal: "__proto__" }, "unknown_signal"],
      [{ ...led, signal: "constructor" }, "unknown_signal"],
      [{ ...led, signal: "force", value: 1 }, "read_only"],
      [{ ...led, value: 1 }, "wrong_type"],
      [{ ...led, signal: "width", value: 0.2 }, "outside_limits"],
      [{ ...led, signal: "width", value: -0.1 }, "outside_limits"],
    ] as const;
    for (const [i, [command, code]] of cases.entries()) {
      at.command(epoch, `c${i}`, command);
      at.cycle();
      expect(at.leaving.answers("s", `c${i}`), code).toEqual([`refused ${code}`]);
    }
    at.leaving.brokerIsThere = false;
    at.command(epoch, "away", led);
    at.cycle();
    at.cycle();
    // Handed to the connection, which was gone and said so.
    expect(at.leaving.answers("s", "away")).toEqual(["accepted ok", "sent ok", "aborted no_broker"]);
    at.push("mqtt", { kind: "linkLost", link: "mqtt" });
    at.command(epoch, "known", led);
    at.cycle();
    expect(at.leaving.answers("s", "known")).toEqual(["refused no_broker"]);
    at.status("offline");
    at.command(epoch, "dead", led);
    at.cycle();
    expect(at.leaving.answers("s", "dead")).toEqual(["refused device_offline"]);
  });

  it("is refused before the device sent telemetry that it could quote", () => {
    const at = new DevicesAtHand();
    at.birth();
    at.status("online");
    const epoch = at.acquire();
    at.command(epoch, 1, led);
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused stale_state"]);
    expect(at.sent()).toEqual([]);
  });
});

describe("a signal that changes its type", () => {
  it("is refused where a birth named the type, and the signals beside it are taken", () => {
    const at = born();
    at.telemetry(1, { force: "much", led: true });
    at.cycle();
    expect(at.force()?.value).toBe(1);
    expect(at.property("device/dev", "device/dev/led").reported?.value).toBe(true);
    expect(at.events("source.rejected")).toEqual(["mqtt:dev: signal force changed its type to string"]);
  });

  it("is taken where no birth named it: what came first is nothing to go by", () => {
    const at = born();
    for (const [n, value] of (["unavailable", 21, true, 22] as const).entries()) {
      at.telemetry(n + 1, { extra: value });
      at.cycle();
      expect(at.property("device/dev", "device/dev/extra").reported?.value).toBe(value);
    }
  });
});
