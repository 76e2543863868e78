import type { BaseRequest } from "../../../src/command/base-request.ts";
import type { PlanRequest } from "../../../src/command/plan-request.ts";
import type { TrajectoryGoal } from "../../../src/command/trajectory.ts";
import type { PlanarTwist } from "../../../src/command/twist-stream.ts";
import type { Objection } from "../../../src/command/validate-motion.ts";
import type { WayQuestion } from "../../../src/command/way-question.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { EngineOptions } from "../../../src/engine/engine-options.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";
import type { Output } from "../../../src/engine/ports/outputs.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import type { DeviceCommand } from "../../../src/protocol/device-profile.ts";
import type { PropertyJson } from "../../../src/protocol/state-messages.ts";
import type { ViewerAtHand } from "./stream/viewer-at-hand.ts";

/** Two revolute joints, a gripper tip, one mimic: enough for links to mount on and joints to command. */
export const twoJointUrdf = `<robot name="two">
  <link name="base"/><link name="upper"/><link name="fore"/><link name="tool"/>
  <joint name="a" type="revolute"><parent link="base"/><child link="upper"/><axis xyz="0 0 1"/>
    <limit lower="-2" upper="2" velocity="1" effort="10"/></joint>
  <joint name="b" type="revolute"><parent link="upper"/><child link="fore"/><origin xyz="1 0 0"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" velocity="0.5" effort="10"/></joint>
  <joint name="flange" type="fixed"><parent link="fore"/><child link="tool"/><origin xyz="0.5 0 0"/></joint>
</robot>`;

/** Everything that left an engine, in order, as plain data. */
export class Leaving {
  readonly log: unknown[] = [];
  readonly viewers = new Map<string, ViewerAtHand>();
  brokerIsThere = true;
  readonly planRequests: PlanRequest[] = [];
  readonly baseRequests: BaseRequest[] = [];
  readonly droppedPlans: string[] = [];
  readonly maps: string[] = [];
  readonly ways: WayQuestion[] = [];
  /** Told of commands to devices that cannot be sent. */
  unsent: (device: string, id: string, objection: Objection) => void = () => undefined;

  readonly emit = (output: Output): void => {
    switch (output.kind) {
      case "trajectory":
        this.sendTrajectory(output.goal);
        return;
      case "cancel":
        this.cancelTrajectory(output.goalId);
        return;
      case "twist":
        this.sendTwist(output.twist);
        return;
      case "task":
        this.log.push(["task", structuredClone(output.task)]);
        return;
      case "cancelTask":
        this.log.push(["cancelTask", output.taskId]);
        return;
      case "stopped":
        this.setStopped(output.stopped);
        return;
      case "device": {
        const objection = this.send(output.device, output.command);
        if (objection !== null) this.unsent(output.device, output.command.id, objection);
        return;
      }
      case "reply":
        this.reply(output.session, output.message);
        return;
      case "broadcast":
        this.broadcast(output.message);
        return;
      case "stopMemory":
        for (const robot of output.robots) this.remember(robot, output.stop);
        return;
      case "viewerText":
        this.viewers.get(output.viewer)?.sendText(output.text);
        return;
      case "viewerFrame":
        this.viewers.get(output.viewer)?.sendBinary(output.bytes);
        return;
      case "viewerClose":
        this.viewers.get(output.viewer)?.close(output.code, output.reason);
        return;
      case "plan":
        if ("frameFromRoot" in output.request) this.baseRequests.push(structuredClone(output.request));
        else this.planRequests.push(structuredClone(output.request));
        return;
      case "dropPlan":
        this.droppedPlans.push(output.id);
        return;
      case "map":
        this.maps.push(`${output.robot} ${output.topic}`);
        return;
      case "way":
        this.ways.push(structuredClone(output.question));
        return;
      case "dropWay":
        this.log.push(["dropWay", output.id]);
        return;
      case "event":
        return;
    }
  };

  sendTrajectory(goal: TrajectoryGoal): void {
    this.log.push(["goal", structuredClone(goal)]);
  }
  cancelTrajectory(goalId: string): void {
    this.log.push(["cancel", goalId]);
  }
  sendTwist(twist: PlanarTwist): void {
    this.log.push(["twist", { ...twist }]);
  }
  setStopped(stopped: boolean): void {
    this.log.push(["stopped", stopped]);
  }
  send(device: string, command: DeviceCommand): Objection | null {
    this.log.push(["device", device, structuredClone(command)]);
    return this.brokerIsThere ? null : { code: "no_broker", message: "the broker is not connected" };
  }
  reply(session: string, message: ServerCommandMessage): void {
    this.log.push(["reply", session, structuredClone(message)]);
  }
  broadcast(message: ServerCommandMessage): void {
    this.log.push(["broadcast", structuredClone(message)]);
  }
  remember(robot: string, stop: unknown): void {
    this.log.push(["remember", robot, structuredClone(stop)]);
  }

  of(kind: string): unknown[][] {
    return this.log.filter((entry): entry is unknown[] => Array.isArray(entry) && entry[0] === kind);
  }
  goals(): TrajectoryGoal[] {
    return this.of("goal").map((entry) => entry[1] as TrajectoryGoal);
  }
  /** Stages and codes of the answers to `session`'s command `id`. */
  answers(session: string, id: string | number): string[] {
    return this.of("reply")
      .filter((entry) => entry[1] === session)
      .map((entry) => entry[2] as ServerCommandMessage)
      .flatMap((m) => (m.op === "result" && m.id === id ? [`${m.stage} ${m.code}`] : []));
  }
}

/** An engine with one robot, a clock of the test's, and everything that leaves it written down. */
export class EngineAtHand {
  readonly leaving = new Leaving();
  readonly engine: Engine;
  now = 1_700_000_000_000;
  private seq = 0;

  constructor(more: Partial<EngineOptions> = {}) {
    this.engine = new Engine({
      robots: [{ id: "robot", limits: {}, stop: null }],
      emit: this.leaving.emit,
      runName: "run",
      version: "0",
      ...more,
    });
    this.leaving.unsent = (device, id, objection) =>
      this.engine.inbox.push("mqtt:out", this.now, { kind: "deviceUnsent", device, id, objection });
  }

  /** Opens a viewer's socket. */
  open(id: string, viewer: ViewerAtHand): void {
    this.leaving.viewers.set(id, viewer);
    this.engine.stream.open(id, viewer, this.now);
  }

  push(source: string, input: Arrival["input"]): void {
    this.engine.inbox.push(source, this.now, input);
  }

  cycle(ms = 10): void {
    this.now += ms;
    this.engine.cycle(this.now);
  }

  describe(urdf = twoJointUrdf): void {
    this.push("ros:/robot_description", { kind: "description", robot: "robot", text: urdf });
    this.push("ros", {
      kind: "capabilities",
      robot: "robot",
      capabilities: { trajectory: [{ name: "arm", joints: ["a", "b"] }], twist: true },
    });
    this.cycle();
  }

  joints(position: number[], more: { velocity?: number[]; stampMs?: number; names?: string[] } = {}): void {
    const at = more.stampMs ?? this.now;
    this.push("ros:/joint_states", {
      kind: "jointState",
      robot: "robot",
      message: {
        stamp: { sec: Math.floor(at / 1000), nanosec: (at % 1000) * 1e6 },
        name: more.names ?? ["a", "b"],
        position,
        velocity: more.velocity ?? [],
        effort: [],
      },
    });
  }

  client(session: string, message: ClientCommandMessage): void {
    this.push(`client:${session}`, { kind: "client", session, name: session, message });
  }

  /** Takes the lease for `session`; the epoch it got. */
  acquire(session = "s"): number {
    this.client(session, { op: "acquire", id: "lease", robot: "robot" });
    this.cycle();
    return this.engine.control.get("robot")?.gate.lease.current()?.epoch ?? -1;
  }

  command(
    epoch: number,
    id: string | number,
    command: Extract<ClientCommandMessage, { op: "command" }>["command"],
    session = "s",
  ): void {
    const message = {
      op: "command",
      id,
      robot: "robot",
      epoch,
      seq: ++this.seq,
      issued: this.now,
      ttlMs: 500,
      command,
    } as const;
    this.client(session, message);
  }

  property(thing: string, path: string): PropertyJson {
    const found = this.engine.propertyJson(thing, path);
    if (found === null) throw new Error(`${thing} has no ${path}`);
    return found;
  }

  counts(source: string) {
    return { ...this.engine.graph.source(source).counts };
  }

  events(kind: string): string[] {
    return this.engine.events
      .all()
      .filter((event) => event.kind === kind)
      .map((event) => event.message);
  }
}
