import { readFileSync } from "node:fs";
import { serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { carryToRobot } from "../../../src/app/outlets.ts";
import { SimulatedPeer } from "../../../src/app/simulated-peer.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";
import type { Output } from "../../../src/engine/ports/outputs.ts";
import { loadDescription } from "../../../src/engine/robot/robot-description.ts";
import type { ClientCommandMessage } from "../../../src/protocol/command-messages.ts";
import type { DeviceBirth, DeviceMessage } from "../../../src/protocol/device-profile.ts";
import { randomFrom } from "../robot/random-from.ts";

const urdf = readFileSync(new URL("../../../urdf/rover.urdf", import.meta.url), "utf8");
const start = 1_700_000_000_000.125;

/** All that a run is made of: what arrived before each cycle, and when the cycles were. */
type Recording = { cycles: { now: number; arrivals: Arrival[]; isRead: boolean }[] };
/** All that a run gave. */
type Outcome = { twin: string; events: string; outputs: Output[] };

/** An engine whose outside is the simulated robot or nothing, with two viewers that join on the way. */
class Run {
  readonly outputs: Output[] = [];
  readonly engine: Engine;
  peer: SimulatedPeer | null = null;

  constructor(onArrival?: (arrival: Arrival) => void) {
    this.engine = new Engine({
      robots: [{ id: "robot", limits: {}, stop: null }],
      emit: (output) => {
        this.outputs.push(structuredClone(output));
        if (this.peer !== null) carryToRobot(output, this.peer);
      },
      runName: "run",
      version: "0",
      ...(onArrival === undefined ? {} : { onArrival }),
    });
  }

  cycle(now: number): void {
    this.engine.cycle(now);
  }

  outcome(): Outcome {
    return {
      twin: JSON.stringify(this.engine.twinJson()),
      events: JSON.stringify(this.engine.events.all()),
      outputs: this.outputs,
    };
  }
}

const servoBirth: DeviceBirth = {
  firmware: "1",
  boot: 1,
  joint: "left_finger",
  signals: {
    position: { unit: "m", type: "number", property: "position", writable: false },
    target: { unit: "m", type: "number", property: "position", writable: true },
    lamp: { unit: "", type: "boolean", writable: true },
  },
};

/** Twelve seconds of a driven rover: moves, jogs, a device, floods, a stop, a reset, garbage in between. */
function recordedRun(): { recording: Recording; outcome: Outcome } {
  const random = randomFrom(2024);
  const recording: Recording = { cycles: [] };
  let arrivals: Arrival[] = [];
  const run = new Run((arrival) => arrivals.push(structuredClone(arrival)));
  const loaded = loadDescription(urdf);
  if ("fault" in loaded) throw new Error(loaded.fault);
  run.peer = new SimulatedPeer(
    { robot: "robot", urdf, model: loaded.model, base: "diff_drive" },
    run.engine.inbox,
  );
  run.peer.start(start);
  const joints = loaded.model.joints
    .filter((j) => j.type === "revolute" && j.mimic === null)
    .map((j) => j.name);
  let now = start;
  let seq = 0;
  const say = (session: string, message: ClientCommandMessage) =>
    run.engine.inbox.push(`client:${session}`, now, { kind: "client", session, name: session, message });
  // A servo on MQTT that drives a joint: it is born, acknowledges some of what it is sent, and dies.
  let heard = 0;
  const device = (message: DeviceMessage) =>
    run.engine.inbox.push("mqtt:servo", now, { kind: "device", profile: "native", retained: false, message });
  const servo = (i: number): void => {
    if (i < 30 || i > 800) return;
    if (i === 30) {
      device({ kind: "birth", device: "servo", birth: servoBirth });
      device({ kind: "status", device: "servo", life: "online" });
    }
    if (i % 10 === 5) {
      const signals = { position: Math.sin(i / 100) * 0.01 };
      device({ kind: "telemetry", device: "servo", telemetry: { boot: 1, n: i, stamp: null, signals } });
    }
    for (; heard < run.outputs.length; heard++) {
      const output = run.outputs[heard];
      if (output?.kind !== "device" || i % 5 === 0) continue;
      const { id, seq } = output.command;
      device({ kind: "ack", device: "servo", ack: { id, seq, ok: true, reason: "" } });
    }
    if (i % 100 === 80) {
      const epoch = run.engine.control.get("robot")?.gate.lease.current()?.epoch ?? 0;
      const command = { kind: "device", device: "servo", signal: "lamp", value: true } as const;
      say("s", {
        op: "command",
        robot: "robot",
        epoch,
        issued: now,
        ttlMs: 300,
        id: `l${i}`,
        seq: ++seq,
        command,
      });
    }
    if (i === 800) device({ kind: "status", device: "servo", life: "offline" });
  };
  for (let i = 0; i < 1200; i++) {
    now += random.pick([10, 10, 10, 9.5, 10.75, 31]);
    run.peer.step(now);
    const epoch = run.engine.control.get("robot")?.gate.lease.current()?.epoch ?? 0;
    const order = { op: "command", robot: "robot", epoch, issued: now, ttlMs: 300 } as const;
    if (i % 150 === 20) say("s", { op: "acquire", id: i, robot: "robot", holder: "Ann" });
    if (i % 100 === 50) say("s", { op: "renew", id: i, robot: "robot", epoch });
    if (i % 4 === 0 && i % 300 > 100 && i % 300 < 200) {
      const linear = { x: random.next(), y: 0, z: 0 };
      say("s", {
        ...order,
        id: i,
        seq: ++seq,
        command: { kind: "twist", linear, angular: { x: 0, y: 0, z: random.next() } },
      });
    }
    if (i % 4 === 1 && i > 700 && i < 760) {
      say("s", {
        ...order,
        id: i,
        seq: ++seq,
        command: { kind: "jointVelocity", velocities: { [random.pick(joints)]: random.next() - 0.5 } },
      });
    }
    if (i % 170 === 60) {
      const positions = { [random.pick(joints)]: random.next() * 4 - 2 };
      say("s", { ...order, id: i, seq: ++seq, command: { kind: "jointPosition", positions } });
    }
    if (i % 3 === 0) {
      // What has arrived by now is read before the cycle that the rest waits for.
      recording.cycles.push({ now, arrivals, isRead: true });
      arrivals = [];
      run.engine.read(now);
      now += 2;
    }
    if (i === 640) say("t", { op: "stop", robot: "*" });
    if (i === 660) say("t", { op: "reset", robot: "robot" });
    if (i === 1000) run.engine.inbox.push("client:s", now, { kind: "clientGone", session: "s" });
    if (i % 10 === 3) {
      const telemetry = {
        boot: i < 500 ? 1 : 2,
        n: i,
        stamp: { sec: 0, nanosec: i * 1e6 },
        signals: { force: random.next() },
      };
      run.engine.inbox.push("mqtt:d", now, {
        kind: "device",
        profile: "native",
        retained: false,
        message: { kind: "telemetry", device: "d", telemetry },
      });
    }
    servo(i);
    if (i === 900) {
      run.engine.inbox.push("ros:/lost", now, { kind: "sourceLost", reason: "its publisher is gone" });
      run.engine.inbox.push("mqtt", now, { kind: "linkLost", link: "mqtt" });
    }
    // A second robot comes, moves and goes.
    if (i === 400) {
      run.engine.inbox.push("robots", now, {
        kind: "robotFound",
        robot: { id: "r9", limits: {}, stop: null },
      });
      run.engine.inbox.push("ros:/r9/robot_description", now, {
        kind: "description",
        robot: "r9",
        text: urdf,
      });
    }
    if (i > 400 && i < 1100 && i % 20 === 0) {
      const message = {
        stamp: { sec: Math.floor(now / 1000), nanosec: 0 },
        name: joints,
        position: joints.map(() => random.next()),
        velocity: [],
        effort: [],
      };
      run.engine.inbox.push("ros:/r9/joint_states", now, { kind: "jointState", robot: "r9", message });
    }
    if (i === 1100) {
      run.engine.inbox.push("robots", now, { kind: "robotGone", robot: "r9", reason: "it left" });
    }
    if (i % 77 === 0) run.engine.inbox.push("mqtt:devices", now, { kind: "rejected", reason: "garbage" });
    if (i === 300) {
      for (let n = 0; n < 9000; n++)
        run.engine.inbox.push("mqtt:flood", now, { kind: "rejected", reason: "flood" });
    }
    for (const v of [0, 1]) {
      const viewer = `v${v}`;
      if (i === 100 * (v + 1)) {
        run.engine.inbox.push(`viewer:${viewer}`, now, { kind: "viewerOpened", viewer });
        const subscription = { encoding: v === 0 ? "binary" : "json", rate: 60, changes: v === 0 } as const;
        run.engine.inbox.push(`viewer:${viewer}`, now, { kind: "viewerSubscribed", viewer, subscription });
      }
      if (v === 1 && i === 1150) {
        run.engine.inbox.push(`viewer:${viewer}`, now, { kind: "viewerClosed", viewer });
      }
    }
    recording.cycles.push({ now, arrivals, isRead: false });
    arrivals = [];
    run.cycle(now);
  }
  return { recording, outcome: run.outcome() };
}

function replayed({ cycles }: Recording): Outcome {
  const run = new Run();
  for (const { now, arrivals, isRead } of cycles) {
    for (const { source, received, input } of structuredClone(arrivals))
      run.engine.inbox.push(source, received, input);
    if (isRead) run.engine.read(now);
    else run.cycle(now);
  }
  return run.outcome();
}

/** An output as bytes: equal only where every number is equal to the last bit. */
function bytesOf(output: Output): Buffer {
  return serialize(output);
}

describe("a recorded run", () => {
  const { recording, outcome } = recordedRun();
  const again = replayed(recording);

  it("had everything in it that a replay must bring back", () => {
    const stages = new Set(
      outcome.outputs.map((o) => (o.kind === "reply" && o.message.op === "result" ? o.message.stage : "")),
    );
    for (const stage of ["accepted", "refused", "executing", "done", "aborted"]) {
      expect(stages, stage).toContain(stage);
    }
    const counts = new Map<string, number>();
    for (const { kind } of outcome.outputs) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    for (const kind of [
      "trajectory",
      "cancel",
      "twist",
      "stopped",
      "device",
      "reply",
      "broadcast",
      "stopMemory",
      "event",
    ]) {
      expect(counts.get(kind) ?? 0, kind).toBeGreaterThan(0);
    }
    expect(outcome.events).toContain("source.overflow");
    expect(outcome.events).toContain("source.lost");
    expect(outcome.events).toContain("device.offline");
    expect(outcome.events).toContain("robot.found");
    expect(outcome.events).toContain("robot.gone");
    expect(counts.get("viewerFrame")).toBeGreaterThan(300);
    expect(counts.get("viewerText")).toBeGreaterThan(300);
  });

  it("gives the same graph and events to the last bit", () => {
    expect(again.twin === outcome.twin).toBe(true);
    expect(again.events).toBe(outcome.events);
  });

  it("gives the same outputs in the same order, byte for byte", () => {
    expect(again.outputs.length).toBe(outcome.outputs.length);
    const differs = outcome.outputs.findIndex(
      (output, i) => Buffer.compare(bytesOf(output), bytesOf(again.outputs[i] as Output)) !== 0,
    );
    expect(differs).toBe(-1);
  });
});
