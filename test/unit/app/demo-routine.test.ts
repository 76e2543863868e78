import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DemoRoutine } from "../../../src/app/demo-routine.ts";
import { carryToRobot } from "../../../src/app/outlets.ts";
import { SimulatedPeer } from "../../../src/app/simulated-peer.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { loadDescription } from "../../../src/engine/robot/robot-description.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../../../src/protocol/command-messages.ts";

const urdf = readFileSync(new URL("../../../urdf/rover.urdf", import.meta.url), "utf8");

/** The demo's robot with its routine on an engine of the test's. */
class Demo {
  now = 1_700_000_000_000;
  readonly replies: { session: string; message: ServerCommandMessage }[] = [];
  readonly engine: Engine;
  private readonly peer: SimulatedPeer;
  private readonly routine: DemoRoutine;

  constructor() {
    const loaded = loadDescription(urdf);
    if ("fault" in loaded) throw new Error(loaded.fault);
    this.engine = new Engine({
      robots: [{ id: "robot", limits: {}, stop: null, isGeometryRead: true }],
      emit: (output) => {
        carryToRobot(output, this.peer);
        if (output.kind === "reply") this.replies.push(output);
      },
      runName: "run",
      version: "0",
    });
    this.peer = new SimulatedPeer(
      { robot: "robot", urdf, model: loaded.model, base: "diff_drive" },
      this.engine.inbox,
    );
    // The rover's collision geometry has no meshes: nothing has to be read in a thread.
    this.routine = new DemoRoutine(this.engine, "robot");
    this.peer.start(this.now);
    const geometry = {
      hulls: new Map(),
      disabledPairs: [],
      disabledLinks: [],
      enabledPairs: [],
      findings: [],
    };
    const input = { kind: "collisionGeometry", robot: "robot", hash: loaded.hash, geometry } as const;
    this.engine.inbox.push("geometry:robot", this.now, input);
  }

  client(message: ClientCommandMessage): void {
    this.engine.inbox.push("client:s", this.now, { kind: "client", session: "s", name: "s", message });
  }

  holder(): string | undefined {
    return this.engine.control.get("robot")?.gate.lease.current()?.holder;
  }

  /** Goes on; the fastest that base and elbow were in the last `window` ms. */
  run(ms: number, renew = 0): { base: number; elbow: number } {
    const fastest = { base: 0, elbow: 0 };
    for (let passed = 0; passed < ms; passed += 10) {
      this.now += 10;
      if (renew > 0 && passed % 1000 === 0)
        this.client({ op: "renew", id: "r", robot: "robot", epoch: renew });
      this.peer.step(this.now);
      this.routine.step(this.now);
      this.engine.cycle(this.now);
      const twist = this.engine.propertyJson("robot", "base/twist")?.reported?.value as
        | { linear?: number[] }
        | undefined;
      const elbow = this.engine.propertyJson("robot", "joint/elbow/velocity")?.reported?.value as
        | number
        | undefined;
      fastest.base = Math.max(fastest.base, Math.abs(twist?.linear?.[0] ?? 0));
      fastest.elbow = Math.max(fastest.elbow, Math.abs(elbow ?? 0));
    }
    return fastest;
  }
}

describe("the demo's routine", () => {
  it("moves the robot as a client of the gate, with results and a lease of its own", () => {
    const demo = new Demo();
    const seen = demo.run(35_000);
    expect(demo.holder()).toBe("the demo");
    expect(seen.base).toBeGreaterThan(0.1);
    expect(seen.elbow).toBeGreaterThan(0.05);
    const stages = demo.replies.flatMap(({ session, message }) =>
      session === "demo" && message.op === "result" ? [`${message.stage} ${message.code}`] : [],
    );
    expect(stages).toContain("done ok");
    expect(stages.filter((stage) => /refused|aborted/.test(stage))).toEqual([]);
  });

  it("gives way at once to whoever drives, and stands for half a minute after", () => {
    const demo = new Demo();
    demo.run(3000);
    demo.client({ op: "acquire", id: 1, robot: "robot", holder: "Ann" });
    demo.run(20);
    expect(demo.holder()).toBe("Ann");
    const epoch = demo.engine.control.get("robot")?.gate.lease.current()?.epoch ?? 0;
    demo.run(2000, epoch);
    expect(demo.run(3000, epoch)).toEqual({ base: 0, elbow: expect.closeTo(0, 2) });
    demo.client({ op: "release", id: 2, robot: "robot", epoch });
    expect(demo.run(29_000).base).toBe(0);
    expect(demo.run(4000).base).toBeGreaterThan(0.1);
  });

  it("does not take the lease of somebody who drives", () => {
    const demo = new Demo();
    demo.client({ op: "acquire", id: 1, robot: "robot", holder: "Ann" });
    demo.run(10);
    const epoch = demo.engine.control.get("robot")?.gate.lease.current()?.epoch ?? 0;
    demo.run(33_000, epoch);
    expect(demo.holder()).toBe("Ann");
  });

  it("moves nothing while the stop is latched", () => {
    const demo = new Demo();
    demo.run(3000);
    demo.client({ op: "stop", robot: "*" });
    demo.run(2000);
    expect(demo.run(33_000)).toEqual({ base: 0, elbow: expect.closeTo(0, 2) });
    demo.client({ op: "reset", robot: "robot" });
    expect(demo.run(29_000).base).toBe(0);
    expect(demo.run(4000).base).toBeGreaterThan(0.1);
  });
});
