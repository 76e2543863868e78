import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { carryToRobot } from "../../../src/app/outlets.ts";
import { PlanService } from "../../../src/app/plan-service.ts";
import { SimulatedPeer } from "../../../src/app/simulated-peer.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { loadDescription } from "../../../src/engine/robot/robot-description.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import { neutralConfiguration, setJointPositions } from "../../../src/robot/configuration.ts";
import type { RobotModel } from "../../../src/robot/model.ts";
import { LineWay, linkPoseAt } from "../../../src/robot/path/line-way.ts";
import { chainJoints } from "../../../src/robot/path/solve-pose.ts";
import { toolLink } from "../../../src/robot/tool-link.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { exampleArms, ownArm } from "../robot/example-arms.ts";
import { randomFrom } from "../robot/random-from.ts";

/** Of each robot; each takes some seconds of the robot's time. */
const poses = Number(process.env.EXECUTED_POSES ?? 4);

/** An engine with a simulated arm, and what computes motions for it. */
class Bench {
  now = 1_700_000_000_000;
  readonly model: RobotModel;
  readonly tool: string;
  readonly link: number;
  private readonly engine: Engine;
  private readonly peer: SimulatedPeer;
  private readonly plans: PlanService;
  private readonly replies: ServerCommandMessage[] = [];
  private epoch = 0;
  private seq = 0;

  constructor(file: string) {
    const urdf = readFileSync(file, "utf8");
    const loaded = loadDescription(urdf);
    if ("fault" in loaded) throw new Error(loaded.fault);
    this.model = loaded.model;
    this.tool = toolLink(this.model) ?? "";
    this.link = this.model.linkIndex.get(this.tool) ?? 0;
    this.engine = new Engine({
      robots: [{ id: "robot", limits: {}, stop: null, isGeometryRead: false }],
      emit: (output) => {
        carryToRobot(output, this.peer);
        if (output.kind === "reply") this.replies.push(output.message);
        else if (output.kind === "plan") this.plans.take({ kind: "request", request: output.request });
      },
      runName: "run",
      version: "0",
    });
    this.peer = new SimulatedPeer(
      { robot: "robot", urdf, model: this.model, base: "fixed" },
      this.engine.inbox,
    );
    this.plans = new PlanService(
      () => 0,
      (answer) => this.engine.inbox.push("plan:robot", this.now, { kind: "planAnswer", answer }),
    );
    this.plans.take({ kind: "robot", robot: "robot", description: loaded.hash, urdf, geometry: null });
    this.peer.start(this.now);
    this.run(500);
    this.say({ op: "acquire", id: "a", robot: "robot", holder: "test" });
    this.run(20);
    const grant = this.replies.find(({ op }) => op === "lease");
    if (grant?.op !== "lease") throw new Error("no lease");
    this.epoch = grant.epoch;
  }

  /** Sends the tool to a pose (root frame: x y z, quaternion), and goes on until that has ended: its last stage and code. */
  reach(pose: Float64Array): string {
    const id = `c${++this.seq}`;
    const [position, quaternion] = [Array.from(pose.slice(0, 3)), Array.from(pose.slice(3))];
    const frame = this.model.rootLink;
    this.say({
      ...{
        op: "command",
        id,
        robot: "robot",
        epoch: this.epoch,
        seq: this.seq,
        issued: this.now,
        ttlMs: 5000,
      },
      command: { kind: "pose", link: this.tool, frame, position, quaternion, speed: 1 },
    } as ClientCommandMessage);
    for (let ms = 0; ms < 60_000; ms += 10) {
      this.run(10);
      const last = this.replies.findLast((reply) => reply.op === "result" && reply.id === id);
      if (last?.op === "result" && ["done", "aborted", "refused"].includes(last.stage)) {
        this.replies.length = 0;
        return last.stage === "done" && last.code === "ok"
          ? "done ok"
          : `${last.stage} ${last.code}: ${last.message}`;
      }
    }
    return "nothing";
  }

  /** Where the tool is measured. */
  measured(): Float64Array {
    const q = neutralConfiguration(this.model);
    setJointPositions(this.model, q, (joint) => {
      const value = this.engine.propertyJson("robot", `joint/${joint}/position`)?.reported?.value;
      return typeof value === "number" ? value : undefined;
    });
    return linkPoseAt(this.model, q, this.link);
  }

  /** Where the tool was sent to. */
  sent(): Float64Array {
    const q = neutralConfiguration(this.model);
    const sample = createMotionSample();
    setJointPositions(this.model, q, (joint) => {
      const path = this.engine.control.get("robot")?.gate.sent().get(joint)?.path;
      path?.sample(path.duration, sample);
      return path === undefined ? undefined : sample.position;
    });
    return linkPoseAt(this.model, q, this.link);
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.now += 10;
      if (this.epoch > 0 && this.now % 1000 < 10)
        this.say({ op: "renew", id: "r", robot: "robot", epoch: this.epoch });
      this.peer.step(this.now);
      this.engine.cycle(this.now);
      while (!this.plans.isIdle()) this.plans.step();
    }
  }

  private say(message: ClientCommandMessage): void {
    this.engine.inbox.push("client:s", this.now, { kind: "client", session: "s", name: "s", message });
  }
}

function shown({ position, orientation }: { position: number; orientation: number }): string {
  return `${(1000 * position).toFixed(4)} mm and ${(1000 * orientation).toFixed(4)} mrad off`;
}

describe.each([ownArm, ...exampleArms()])("poses of %s", (file) => {
  it(`${poses} that can be reached are reached by the simulated arm, as it is measured`, () => {
    const at = new Bench(file);
    const random = randomFrom(5);
    const chain = chainJoints(at.model, at.link);
    const commanded = { position: 0, orientation: 0 };
    const worst = { position: 0, orientation: 0 };
    const failed: string[] = [];
    for (let i = 0; i < poses; i += 1) {
      const q = neutralConfiguration(at.model);
      for (const { qIndex, lower, upper } of chain) {
        const [from, to] = [Math.max(lower, -3), Math.min(upper, 3)];
        q[qIndex] = from + (0.05 + 0.9 * random.next()) * (to - from);
      }
      const goal = linkPoseAt(at.model, q, at.link);
      const outcome = at.reach(goal);
      if (outcome !== "done ok") {
        failed.push(outcome);
        continue;
      }
      const sent = LineWay.apart(at.sent(), goal);
      commanded.position = Math.max(commanded.position, sent.position);
      commanded.orientation = Math.max(commanded.orientation, sent.orientation);
      at.run(500);
      const { position, orientation } = LineWay.apart(at.measured(), goal);
      worst.position = Math.max(worst.position, position);
      worst.orientation = Math.max(worst.orientation, orientation);
    }
    console.info(
      `${at.model.name}: ${poses - failed.length} of ${poses} poses; sent ${shown(commanded)}, measured ${shown(worst)}; ${failed.slice(0, 3).join(" | ")}`,
    );
    expect(failed.length).toBeLessThanOrEqual(poses / 1000);
    expect(commanded.position).toBeLessThan(1e-4);
    expect(commanded.orientation).toBeLessThan(1e-3);
    expect(worst.position).toBeLessThan(1e-4);
    expect(worst.orientation).toBeLessThan(1e-3);
  });
});
