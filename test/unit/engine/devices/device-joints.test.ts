import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../../src/engine/engine-options.ts";
import type { DeviceBirth, DeviceCommand, DeviceMessage } from "../../../../src/protocol/device-profile.ts";
import { EngineAtHand } from "../engine-at-hand.ts";

const degree = Math.PI / 180;

/** A microcontroller that measures joint b in degrees and drives it, on a robot whose joint a is somebody else's. */
class ServoAtHand extends EngineAtHand {
  n = 0;
  /** deg */
  position = 0;
  /** What it answers; null: nothing. */
  verdict: { ok: boolean; reason: string } | null = { ok: true, reason: "" };
  /** Whether it goes where it is told. */
  obeys = true;
  /** Whether it says anything. */
  speaks = true;
  private seen = 0;

  device(message: DeviceMessage, retained = false): void {
    this.push(`mqtt:${message.device}`, { kind: "device", profile: "native", message, retained });
  }

  birth(signals?: DeviceBirth["signals"]): void {
    this.device({
      kind: "birth",
      device: "servo",
      birth: {
        firmware: "1",
        boot: 1,
        joint: "b",
        signals: signals ?? {
          position: { unit: "deg", type: "number", property: "position", writable: false },
          velocity: { unit: "deg/s", type: "number", property: "velocity", writable: false },
          target: { unit: "deg", type: "number", property: "position", writable: true, min: -90, max: 90 },
        },
      },
    });
  }

  telemetry(retained = false): void {
    const telemetry = {
      boot: 1,
      n: this.n++,
      stamp: null,
      signals: { position: this.position, velocity: 0 },
    };
    this.device({ kind: "telemetry", device: "servo", telemetry }, retained);
  }

  life(life: "online" | "offline" | "sleeping" | "lost"): void {
    this.device({ kind: "status", device: "servo", life });
  }

  sent(): DeviceCommand[] {
    return this.leaving.of("device").map((entry) => entry[2] as DeviceCommand);
  }

  /** Cycles of 10 ms in which the device obeys, answers and measures. */
  run(ms: number): void {
    for (let t = 0; t < ms; t += 10) {
      const sent = this.sent();
      for (; this.seen < sent.length; this.seen++) {
        const { id, signals } = sent[this.seen] as DeviceCommand;
        if (this.obeys && this.verdict?.ok === true) this.position = signals.target as number;
        if (this.verdict !== null)
          this.device({ kind: "ack", device: "servo", ack: { id, ...this.verdict } });
      }
      if (this.speaks) this.telemetry();
      this.cycle();
    }
  }

  renew(epoch: number): void {
    this.client("s", { op: "renew", id: "r", robot: "robot", epoch });
  }

  joint(name: string) {
    return this.property("robot", `joint/${name}/position`).reported;
  }
}

function atHand(more: Partial<EngineOptions> = {}): ServoAtHand {
  const at = new ServoAtHand({
    sourcePriority: (source) => (source.startsWith("mqtt:") ? 2 : 1),
    ...more,
  });
  at.describe();
  at.birth();
  at.life("online");
  at.telemetry();
  at.cycle();
  return at;
}

describe("a joint that a microcontroller measures", () => {
  it("is the robot's joint state, in SI, under the device's name as source", () => {
    const at = atHand();
    at.position = 30;
    at.telemetry();
    at.cycle();
    expect(at.joint("b")).toMatchObject({ quality: "good", source: "mqtt:servo" });
    expect(at.joint("b")?.value).toBeCloseTo(30 * degree, 12);
    expect(at.property("robot", "joint/b/position").unit).toBe("rad");
    expect(at.property("device/servo", "device/servo/position").reported?.value).toBe(30);
    expect(at.property("robot", "joint/b/velocity").unit).toBe("rad/s");
  });

  it("is a pure MQTT robot's, without any other source, and bad at once when the device dies", () => {
    const at = atHand();
    at.life("lost");
    at.cycle();
    expect(at.joint("b")).toMatchObject({ quality: "bad", reason: "no-communication" });
    expect(at.events("device.lost")).toEqual(["servo is lost"]);
  });

  it("belongs to the source of higher priority while that is alive, and to the other after it", () => {
    const at = atHand();
    at.position = 30;
    at.telemetry();
    at.joints([0.1, 0.2]);
    at.cycle();
    expect(at.joint("a")).toMatchObject({ value: 0.1, source: "ros:/joint_states" });
    expect(at.joint("b")?.source).toBe("mqtt:servo");
    at.joints([0.5], { names: ["b"] });
    at.cycle();
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 1, outranked: 1, late: 0 });
    at.cycle(2000);
    at.joints([0.1, 0.2]);
    at.cycle();
    expect(at.joint("b")).toMatchObject({ value: 0.2, source: "ros:/joint_states", quality: "good" });
    at.telemetry();
    at.cycle();
    expect(at.joint("b")?.source).toBe("mqtt:servo");
  });

  it("is not shown where a broker's kept telemetry says it was", () => {
    const at = new ServoAtHand();
    at.describe();
    at.birth();
    at.position = 50;
    at.telemetry(true);
    at.cycle();
    expect(at.property("device/servo", "device/servo/position").reported).toMatchObject({
      value: 50,
      reason: "initial",
    });
    expect(at.joint("b")).toBeUndefined();
  });

  it("finds its joint when the description comes after the birth", () => {
    const at = new ServoAtHand();
    at.birth();
    at.life("online");
    at.telemetry();
    at.cycle();
    at.describe();
    at.position = 10;
    at.telemetry();
    at.cycle();
    expect(at.joint("b")?.value).toBeCloseTo(10 * degree, 12);
  });

  it("takes no unit that does not measure it, and the device says which do", () => {
    const at = new ServoAtHand();
    at.describe();
    at.birth({ position: { unit: "V", type: "number", property: "position", writable: false } });
    at.telemetry();
    at.cycle();
    expect(at.engine.propertyJson("robot", "joint/b/position")?.reported).toBeUndefined();
    expect(at.counts("mqtt:servo").rejected).toBe(1);
    expect(at.events("source.rejected")[0]).toMatch(/"V" is no unit of the position of b: it has rad/);
  });
});

describe("devices that are forgotten", () => {
  it("leave nothing behind, and may be born again", () => {
    const at = atHand();
    at.push("sim", { kind: "forgetDevices" });
    at.cycle();
    expect([...at.engine.graph.things.values()].some(({ type }) => type === "device")).toBe(false);
    expect(at.engine.propertyJson("robot/joint/b", "device/servo/position")).toBeNull();
    expect(at.engine.control.get("robot")?.status().can.joints).toEqual(["a", "b"]);
    at.birth();
    at.life("online");
    at.n = 0;
    at.telemetry();
    at.cycle();
    expect(at.property("device/servo", "device/servo/position").reported?.quality).toBe("good");
  });
});

describe("a device of another robot", () => {
  it("is not commanded under this one's lease, whatever was stopped there", () => {
    const leaving = new ServoAtHand().leaving;
    const robots = ["robot", "two"].map((id) => ({ id, limits: {}, sink: leaving, stop: null }));
    const at = new ServoAtHand({ robots });
    at.describe();
    at.birth();
    at.life("online");
    at.telemetry();
    at.client("t", { op: "stop", robot: "robot" });
    at.client("s", { op: "acquire", id: "lease", robot: "two" });
    at.cycle();
    const epoch = at.engine.control.get("two")?.gate.lease.current()?.epoch ?? -1;
    const command = { kind: "device", device: "servo", signal: "target", value: 5 } as const;
    const order = { op: "command", id: 1, robot: "two", epoch, seq: 1, issued: at.now, ttlMs: 500 } as const;
    at.client("s", { ...order, command });
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused wrong_robot"]);
    expect(at.sent()).toEqual([]);
  });
});

describe("a birth that a broker kept of a device that never spoke", () => {
  it("holds no joint from one that lives", () => {
    const at = new ServoAtHand();
    at.describe();
    const signals: DeviceBirth["signals"] = {
      position: { unit: "rad", type: "number", property: "position", writable: false },
    };
    at.device(
      { kind: "birth", device: "ghost", birth: { firmware: "", boot: 1, joint: "b", signals } },
      true,
    );
    at.birth();
    at.life("online");
    at.telemetry();
    at.cycle();
    expect(at.joint("b")?.source).toBe("mqtt:servo");
  });

  it("names no robot that is none, and no number is beyond any joint", () => {
    const at = atHand();
    const signals: DeviceBirth["signals"] = {
      position: { unit: "rev", type: "number", property: "position", writable: false },
    };
    at.device({
      kind: "birth",
      device: "leech",
      birth: { firmware: "", boot: 1, robot: "device/servo", signals },
    });
    at.cycle();
    expect(at.engine.propertyJson("device/servo", "device/leech/position")).toBeNull();
    expect(at.events("source.rejected").join()).toContain('there is no robot "device/servo"');
    at.birth(signals);
    at.position = 1e308;
    at.telemetry();
    at.cycle();
    expect(Number.isFinite(at.joint("b")?.value)).toBe(true);
  });
});

describe("two devices for one joint", () => {
  const rival = (at: ServoAtHand, n: number, position: number) =>
    at.device({
      kind: "telemetry",
      device: "rival",
      telemetry: { boot: 5, n, stamp: null, signals: { position } },
    });
  const born = (at: ServoAtHand) =>
    at.device({
      kind: "birth",
      device: "rival",
      birth: {
        firmware: "",
        boot: 5,
        joint: "b",
        signals: {
          position: { unit: "rad", type: "number", property: "position", writable: false },
          target: { unit: "rad", type: "number", property: "position", writable: true },
        },
      },
    });

  it("do not take turns: the first that lives has it, and the other is told so", () => {
    const at = atHand();
    born(at);
    rival(at, 0, 0.7);
    at.position = 10;
    at.telemetry();
    rival(at, 1, 0.7);
    at.cycle();
    expect(at.joint("b")).toMatchObject({ source: "mqtt:servo" });
    expect(at.events("device.joint").join()).toContain("b is measured by servo");
    expect(at.property("device/rival", "device/rival/position").reported?.value).toBe(0.7);
  });

  it("hand it on when the first dies, and it stays there when that comes back", () => {
    const at = atHand();
    born(at);
    rival(at, 0, 0.7);
    at.cycle();
    at.life("lost");
    at.cycle();
    rival(at, 1, 0.6);
    at.cycle();
    expect(at.joint("b")).toMatchObject({ value: 0.6, quality: "good", source: "mqtt:rival" });
    at.life("online");
    at.telemetry();
    at.cycle();
    rival(at, 2, 0.5);
    at.cycle();
    expect(at.joint("b")).toMatchObject({ value: 0.5, source: "mqtt:rival" });
  });

  it("are both refused where the configuration leaves the joint to none", () => {
    const at = new ServoAtHand({ mayBind: (device) => device === "somebody" });
    at.describe();
    at.birth();
    at.telemetry();
    at.cycle();
    expect(at.joint("b")).toBeUndefined();
    expect(at.events("device.joint").join()).toContain("mqtt.joints does not leave b to servo");
  });
});

describe("a device's life", () => {
  it("goes on when it speaks, whatever a late will said; a value that was kept says nothing", () => {
    const at = atHand();
    at.life("offline");
    at.cycle();
    at.telemetry(true);
    at.cycle();
    const status = () => at.property("device/servo", "device/servo/status").reported?.value;
    expect(status()).toBe("offline");
    at.telemetry();
    at.cycle();
    expect(status()).toBe("online");
    at.telemetry();
    at.cycle();
    expect(at.joint("b")?.quality).toBe("good");
  });

  it("of sleep keeps its values and doubts them", () => {
    const at = atHand();
    at.life("sleeping");
    at.cycle();
    expect(at.joint("b")).toMatchObject({ quality: "uncertain", reason: "sleeping" });
    expect(at.events("device.sleeping")).toEqual(["servo is sleeping"]);
  });

  it("counts its boots, and doubts its status when the broker is gone, until the device speaks", () => {
    const at = atHand();
    expect(at.engine.thingJson("device/servo")?.definition).toMatchObject({ boot: 1, boots: 1 });
    const status = () => at.property("device/servo", "device/servo/status").reported;
    at.push("mqtt", { kind: "linkLost", link: "mqtt" });
    at.cycle();
    expect(status()).toMatchObject({ value: "online", quality: "uncertain", reason: "no-broker" });
    at.telemetry();
    at.cycle();
    expect(status()).toMatchObject({ value: "online", quality: "good" });
  });

  it("keeps what it tells of the past out of the present", () => {
    const at = atHand();
    const old = { boot: 1, n: at.n++, stamp: null, signals: { position: 77 }, historical: true };
    at.device({ kind: "telemetry", device: "servo", telemetry: old });
    at.cycle();
    expect(at.property("device/servo", "device/servo/position").reported?.value).toBe(0);
    expect(at.counts("mqtt:servo")).toMatchObject({ historical: 1, late: 0 });
  });

  it("that has no good value for a signal keeps the last number and says why", () => {
    const at = atHand();
    const telemetry = { boot: 1, n: at.n++, stamp: null, signals: {}, bad: { position: "sensor" } };
    at.device({ kind: "telemetry", device: "servo", telemetry });
    at.cycle();
    expect(at.joint("b")).toMatchObject({ value: 0, quality: "bad", reason: "sensor" });
  });
});

describe("a joint that a microcontroller drives", () => {
  const move = { kind: "jointPosition", positions: { b: 30 * degree } } as const;

  function driven(): { at: ServoAtHand; epoch: number } {
    const at = atHand();
    return { at, epoch: at.acquire() };
  }

  it("can be commanded while the device is online, and not after", () => {
    const at = atHand();
    expect(at.engine.control.get("robot")?.status().can.joints).toEqual(["b", "a"]);
    at.life("offline");
    at.cycle();
    expect(at.engine.control.get("robot")?.status().can.joints).toEqual(["a", "b"]);
    const epoch = at.acquire();
    at.command(epoch, 1, move);
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused stale_state"]);
    expect(at.sent()).toEqual([]);
  });

  it("moves by set-points in the device's unit to the goal, and is held while somebody drives", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, move);
    for (let i = 0; i < 30; i++) {
      at.renew(epoch);
      at.run(100);
    }
    expect(at.leaving.goals()).toEqual([]);
    expect(at.leaving.answers("s", 1)[0]).toBe("accepted ok");
    expect(at.leaving.answers("s", 1).at(-1)).toBe("done ok");
    expect(at.position).toBeCloseTo(30, 9);
    const sent = at.sent();
    const steps = sent.map(({ signals }) => signals.target as number);
    expect(steps.every((step, i) => i === 0 || step >= (steps[i - 1] ?? 0) - 1e-9)).toBe(true);
    expect(sent.every(({ seq }, i) => i === 0 || seq - (sent[i - 1]?.seq ?? 0) === 1)).toBe(true);
    expect(sent.every(({ ttl_ms }) => ttl_ms <= 250)).toBe(true);
    const before = at.sent().length;
    at.renew(epoch);
    at.run(200);
    expect(at.sent().length).toBeGreaterThan(before);
    at.client("s", { op: "release", id: "x", robot: "robot", epoch });
    at.run(100);
    const after = at.sent().length;
    at.run(1000);
    expect(at.sent().length).toBe(after);
  });

  it("is not asked to go where its device does not go, whatever the URDF allows", () => {
    const at = atHand();
    at.birth({
      position: { unit: "deg", type: "number", property: "position", writable: false },
      target: { unit: "deg", type: "number", property: "position", writable: true, min: -20, max: 20 },
    });
    at.telemetry();
    at.cycle();
    const epoch = at.acquire();
    at.command(epoch, 1, move);
    at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused outside_limits"]);
    expect(at.sent()).toEqual([]);
  });

  it("is never told to go where its device does not go, also from a stop that is measured beyond it", () => {
    const { at, epoch } = driven();
    at.birth({
      position: { unit: "deg", type: "number", property: "position", writable: false },
      target: { unit: "deg", type: "number", property: "position", writable: true, min: 0, max: 45 },
    });
    at.position = -0.01;
    at.run(10);
    at.command(epoch, 1, move);
    at.run(500);
    const steps = at.sent().map(({ signals }) => signals.target as number);
    expect(steps[0]).toBe(0);
    expect(Math.min(...steps)).toBe(0);
  });

  it("hears nothing more when the stop is pressed: no place to go back to", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, move);
    at.run(300);
    const steps = at.sent().map(({ signals }) => signals.target as number);
    const count = steps.length;
    at.client("t", { op: "stop", robot: "*" });
    at.run(1000);
    expect(at.sent().length).toBe(count);
    expect(steps.every((step, i) => i === 0 || step >= (steps[i - 1] ?? 0))).toBe(true);
    expect(at.leaving.answers("s", 1).at(-1)).toBe("aborted stopped");
  });

  it("gets no set-point that was made for another boot or another birth of its device", () => {
    for (const change of [
      (at: ServoAtHand) => {
        const signals = { position: 0 };
        at.device({ kind: "telemetry", device: "servo", telemetry: { boot: 2, n: 0, stamp: null, signals } });
      },
      (at: ServoAtHand) =>
        at.birth({
          position: { unit: "rad", type: "number", property: "position", writable: false },
          target: { unit: "rad", type: "number", property: "position", writable: true },
        }),
    ]) {
      const { at, epoch } = driven();
      at.command(epoch, 1, { kind: "jointPosition", positions: { b: 0.9 } });
      at.run(300);
      const count = at.sent().length;
      at.speaks = false;
      change(at);
      at.run(1000);
      expect(at.leaving.answers("s", 1).at(-1)).toBe("aborted device_changed");
      expect(at.sent().length).toBe(count);
    }
  });

  it("is not held for another boot: what was reset is not pulled to where it had been", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, move);
    for (let i = 0; i < 30; i++) {
      at.renew(epoch);
      at.run(100);
    }
    expect(at.leaving.answers("s", 1).at(-1)).toBe("done ok");
    at.speaks = false;
    at.device({
      kind: "telemetry",
      device: "servo",
      telemetry: { boot: 9, n: 0, stamp: null, signals: { position: 0 } },
    });
    at.cycle();
    const count = at.sent().length;
    at.renew(epoch);
    at.run(1000);
    expect(at.sent().length).toBe(count);
  });

  it("takes a device command within the joint's limits, and none while it is moved", () => {
    const { at, epoch } = driven();
    at.birth({
      position: { unit: "deg", type: "number", property: "position", writable: false },
      target: { unit: "deg", type: "number", property: "position", writable: true },
    });
    at.run(10);
    const target = (id: string, value: number) => {
      at.command(epoch, id, { kind: "device", device: "servo", signal: "target", value });
      at.run(10);
      return at.leaving.answers("s", id)[0];
    };
    // The URDF has one radian.
    expect(target("far", 99)).toBe("refused outside_limits");
    expect(target("near", 5)).toBe("accepted ok");
    at.command(epoch, "go", move);
    at.run(100);
    expect(target("beside", 6)).toBe("refused joint_busy");
  });

  const failing: [string, string, (at: ServoAtHand) => void][] = [
    [
      "does not answer",
      "aborted no_answer",
      (at) => {
        at.verdict = null;
        at.obeys = false;
      },
    ],
    [
      "refuses a set-point",
      "aborted device_refused",
      (at) => {
        at.verdict = { ok: false, reason: "supply" };
      },
    ],
    [
      "does not follow",
      "aborted controller_-4",
      (at) => {
        at.obeys = false;
      },
    ],
    [
      "goes offline",
      "aborted device_offline",
      (at) => {
        at.speaks = false;
        at.life("lost");
      },
    ],
  ];
  for (const [what, answer, fail] of failing) {
    it(`ends the motion when the device ${what}`, () => {
      const { at, epoch } = driven();
      at.command(epoch, 1, { kind: "jointPosition", positions: { b: 0.9 } });
      at.run(100);
      fail(at);
      for (let i = 0; i < 20; i++) {
        at.renew(epoch);
        at.run(100);
      }
      expect(at.leaving.answers("s", 1).at(-1)).toBe(answer);
      const count = at.sent().length;
      at.run(500);
      expect(at.sent().length).toBe(count);
    });
  }

  it("waits for a device as long as it is told to, as for one that is emulated", () => {
    const at = atHand({ deviceAnswerMs: 3000 });
    const epoch = at.acquire();
    at.command(epoch, 1, { kind: "jointPosition", positions: { b: 0.2 }, speed: 0.02 });
    at.run(100);
    at.verdict = null;
    const last = () => at.leaving.answers("s", 1).at(-1);
    for (let ms = 0; ms < 2500; ms += 100) {
      at.renew(epoch);
      at.run(100);
    }
    expect(last()).not.toMatch(/^aborted/);
    for (let ms = 0; ms < 1000; ms += 100) {
      at.renew(epoch);
      at.run(100);
    }
    expect(last()).toBe("aborted no_answer");
  });

  it("is not done while the joint only passes its goal", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, move);
    at.obeys = false;
    // It follows five degrees behind, to the end.
    for (let i = 0; i < 24; i++) {
      at.renew(epoch);
      at.run(100);
      at.position = (at.sent().at(-1)?.signals.target as number) - 5;
    }
    // Through the goal, beyond it, and through it again.
    for (const position of [30, 33, 33, 30, 27]) {
      at.position = position;
      at.renew(epoch);
      at.run(100);
      expect(at.leaving.answers("s", 1)).not.toContain("done ok");
    }
    at.position = 30;
    at.run(400);
    expect(at.leaving.answers("s", 1).at(-1)).toBe("done ok");
  });

  it("goes on through set-points that were late", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, move);
    at.run(200);
    at.verdict = { ok: false, reason: "late" };
    at.run(200);
    at.verdict = { ok: true, reason: "" };
    for (let i = 0; i < 30; i++) {
      at.renew(epoch);
      at.run(100);
    }
    expect(at.leaving.answers("s", 1).at(-1)).toBe("done ok");
  });

  it("goes on from where it was when a newer command comes in the midst of a motion", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, { kind: "jointPosition", positions: { b: 0.9 } });
    at.run(400);
    at.command(epoch, 2, { kind: "jointPosition", positions: { b: -0.5 } });
    for (let i = 0; i < 60; i++) {
      at.renew(epoch);
      at.run(100);
    }
    expect(at.leaving.answers("s", 1).at(-1)).toBe("aborted replaced");
    expect(at.leaving.answers("s", 2).at(-1)).toBe("done ok");
    const steps = at.sent().map(({ signals }) => (signals.target as number) * degree);
    const largest = Math.max(...steps.slice(1).map((step, i) => Math.abs(step - (steps[i] as number))));
    expect(largest).toBeLessThan(0.03);
  });

  it("takes numbers of commands on behind those the device has seen", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, move);
    at.cycle();
    const [first] = at.sent();
    const ahead = ((first?.seq ?? 0) + 5000) >>> 0;
    at.device({
      kind: "ack",
      device: "servo",
      ack: { id: first?.id ?? "", ok: false, reason: "replay", seq: ahead },
    });
    at.run(60);
    expect(at.sent().at(-1)?.seq).toBe(ahead + 1);
  });
});
