import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Engine } from "../../../src/engine/engine.ts";
import type { Arrival } from "../../../src/engine/inputs.ts";
import { loadDescription } from "../../../src/engine/robot-description.ts";
import { SimulatedPeer } from "../../../src/engine/simulated-peer.ts";
import type { ClientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { randomFrom } from "../robot/random-from.ts";
import { Leaving } from "./engine-at-hand.ts";
import { ViewerAtHand } from "./viewer-at-hand.ts";

const urdf = readFileSync(new URL("../../../urdf/rover.urdf", import.meta.url), "utf8");
const start = 1_700_000_000_000.125;

/** All that a run is made of: what arrived before each cycle, and when the cycles were. */
type Recording = { cycles: { now: number; arrivals: Arrival[]; isRead: boolean }[] };
/** All that a run gave. */
type Outcome = { twin: string; events: string; left: unknown[]; streams: (string | Uint8Array)[][] };

/** An engine whose sink is the simulated robot or nothing, with two viewers that join on the way. */
class Run {
  readonly leaving = new Leaving();
  readonly engine: Engine;
  readonly viewers = [new ViewerAtHand(), new ViewerAtHand()];
  peer: SimulatedPeer | null = null;
  private count = 0;

  constructor(onArrival?: (arrival: Arrival) => void) {
    const { leaving } = this;
    this.engine = new Engine({
      robots: [
        {
          id: "robot",
          limits: {},
          sink: {
            sendTrajectory: (goal) => {
              leaving.sendTrajectory(goal);
              this.peer?.sendTrajectory(goal);
            },
            cancelTrajectory: (id) => {
              leaving.cancelTrajectory(id);
              this.peer?.cancelTrajectory(id);
            },
            sendTwist: (twist) => {
              leaving.sendTwist(twist);
              this.peer?.sendTwist(twist);
            },
            setStopped: (stopped) => {
              leaving.setStopped(stopped);
              this.peer?.setStopped(stopped);
            },
          },
          stop: null,
        },
      ],
      devices: leaving,
      replies: leaving,
      stopMemory: leaving,
      runName: "run",
      version: "0",
      ...(onArrival === undefined ? {} : { onArrival }),
    });
  }

  cycle(now: number): void {
    for (const [i, viewer] of this.viewers.entries()) {
      if (this.count !== 100 * (i + 1)) continue;
      this.engine.stream.open(`v${i}`, viewer, now);
      this.engine.stream.subscribe(`v${i}`, i === 0 ? "binary" : "json", 60, now);
    }
    this.count++;
    this.engine.cycle(now);
  }

  outcome(): Outcome {
    return {
      twin: JSON.stringify(this.engine.twinJson()),
      events: JSON.stringify(this.engine.events.all()),
      left: this.leaving.log,
      streams: this.viewers.map((v) => v.frames),
    };
  }
}

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
    if (i % 77 === 0) run.engine.inbox.push("mqtt:devices", now, { kind: "rejected", reason: "garbage" });
    if (i === 300) {
      for (let n = 0; n < 9000; n++)
        run.engine.inbox.push("mqtt:flood", now, { kind: "rejected", reason: "flood" });
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

describe("a recorded run", () => {
  const { recording, outcome } = recordedRun();
  const again = replayed(recording);

  it("had everything in it that a replay must bring back", () => {
    const stages = outcome.left
      .filter((e) => JSON.stringify(e).includes('"result"'))
      .map((e) => JSON.stringify(e));
    for (const stage of ["accepted", "refused", "executing", "done", "aborted"]) {
      expect(
        stages.some((s) => s.includes(`"stage":"${stage}"`)),
        stage,
      ).toBe(true);
    }
    const kinds = new Set(outcome.left.map((e) => (Array.isArray(e) ? e[0] : "")));
    for (const kind of ["goal", "cancel", "twist", "stopped", "reply", "broadcast", "remember"])
      expect(kinds).toContain(kind);
    expect(outcome.events).toContain("source.overflow");
    expect(outcome.streams[0]?.filter((f) => typeof f !== "string").length).toBeGreaterThan(300);
    expect(outcome.streams[1]?.length).toBeGreaterThan(300);
  });

  it("gives the same graph, events and outgoing commands to the last bit", () => {
    expect(again.twin === outcome.twin).toBe(true);
    expect(again.events).toBe(outcome.events);
    expect(again.left).toEqual(outcome.left);
  });

  it("gives every viewer the same bytes", () => {
    expect(again.streams.map((s) => s.length)).toEqual(outcome.streams.map((s) => s.length));
    for (const [i, frames] of outcome.streams.entries()) {
      const differs = frames.findIndex((frame, k) => {
        const other = again.streams[i]?.[k];
        if (typeof frame === "string" || typeof other === "string") return frame !== other;
        return other === undefined || Buffer.compare(frame, other) !== 0;
      });
      expect(differs, `viewer ${i}`).toBe(-1);
    }
  });
});
