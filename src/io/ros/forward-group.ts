import type { GoalStage } from "../../command/gate-output.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { ControllerClient } from "./controller-client.ts";
import { GoalPath } from "./goal-path.ts";
import { GroupStream, mostOffset } from "./group-stream.ts";
import type { MeasuredJoints } from "./measured-joints.ts";
import { OwnerParameter } from "./owner-parameter.ts";
import type { RclNode, RclPublisher } from "./rclnodejs-api.ts";
import type { TrajectoryLink } from "./trajectory-client.ts";
import type { VelocityGuard } from "./velocity-guard.ts";

export const float64MultiArray = "std_msgs/msg/Float64MultiArray";

/** A measurement older than this does not say where the robot is. ms */
const freshMs = 250;
/** How often a command is sent while a goal runs, ms: a position group takes each one as a step. */
const periodMs = 5;
/** After a longer pause, ms, the motion ends. */
const longestPauseMs = 250;
/** A stop that is repeated within this time, ms, holds the same places: measured anew each time, a sagging arm would sink. */
const sameHoldMs = 1500;
const flushNs = 300_000_000n;

/** What ends velocities where this program cannot; see `VelocityGuard`. */
export type Guard = Pick<VelocityGuard, "isArmed" | "watch" | "unwatch" | "beat">;

/** Calls `act` every `ms` until the function that it returns is called. */
export type Every = (ms: number, act: () => void) => () => void;

/**
 * A forward_command_controller: what is published on `<controller>/commands` goes to the hardware at once, unlimited, and
 * stays until the next message. So a goal is sent as a dense stream along its own, limited path: positions, or velocities that
 * the measurement corrects. The controller reports nothing: done means measured. It has no timeout: a velocity group goes on
 * where this program dies, so it is used only under a guard.
 */
export class ForwardGroup implements ControllerClient {
  readonly needsJoints = true;
  private readonly names: OwnerParameter;
  private readonly interfaceName: OwnerParameter;
  private readonly publisher: RclPublisher;
  private running: GroupStream | null = null;
  private endTicks: (() => void) | null = null;
  /** The last message, one value a joint of the group. */
  private command: number[] | null = null;
  private held: { places: number[]; at: number } | null = null;

  constructor(
    private readonly node: RclNode,
    readonly topic: string,
    private readonly link: TrajectoryLink,
    private readonly measured: MeasuredJoints,
    private readonly now: () => number,
    private readonly every: Every,
    /** Null: velocities are not sent, since nothing would end them where this program is killed. */
    private readonly guard: Guard | null,
  ) {
    this.names = new OwnerParameter(node, topic, "joints");
    this.interfaceName = new OwnerParameter(node, topic, "interface_name");
    this.publisher = node.createPublisher(float64MultiArray, topic);
  }

  /**
   * Null until its node has told them and what it takes, where that is neither positions nor velocities, and for velocities
   * until the guard is armed.
   */
  get joints(): readonly string[] | null {
    const kind = this.kind();
    if (kind === null || (kind === "velocity" && this.guard?.isArmed(this.topic) !== true)) return null;
    return this.names.value;
  }

  /** What it takes; null: that is not known, or something else. */
  kind(): "position" | "velocity" | null {
    const kind = this.interfaceName.value?.[0];
    return kind === "position" || kind === "velocity" ? kind : null;
  }

  isServed(): boolean {
    return this.publisher.subscriptionCount > 0;
  }

  /** Looks whether the guard is there, which velocities need. Called often. */
  watch(): void {
    const names = this.names.value;
    if (names === null || this.kind() !== "velocity") return;
    this.guard?.watch(this.topic, names.length);
    if (this.running !== null && this.joints === null) {
      this.fail(
        "no_guard",
        "nothing would end the velocities if the twin were killed: its guard is not there",
      );
    }
  }

  askJoints(): void {
    if (this.names.value === null) this.names.ask();
    if (this.interfaceName.value === null) this.interfaceName.ask();
  }

  send(goal: TrajectoryGoal): void {
    const abort = (code: string, message: string): void =>
      this.link.report({ goalId: goal.id, stage: "aborted", code, message });
    const now = this.now();
    const { joints } = this;
    if (joints === null || !this.isServed()) {
      abort("controller_gone", `nothing is connected to ${this.topic}`);
      return;
    }
    const missing = joints.filter((joint) => !goal.joints.includes(joint));
    const blind = goal.joints.filter((joint) => this.measured.position(joint, now - freshMs) === null);
    if (missing.length + blind.length > 0) {
      abort("stale_state", `${[...missing, ...blind].join(", ")}: not measured in the last ${freshMs} ms`);
      return;
    }
    const places = goal.joints.map((joint) => this.measured.position(joint, now - freshMs) as number);
    const t = goal.from === null ? 0 : Math.max(0, (now - goal.start) / 1000);
    const path = new GoalPath(goal, places);
    const offsets = this.offsets(path, t, joints);
    if (typeof offsets === "string") {
      this.fail("preempted", "a newer goal was sent to the controller");
      abort("start_mismatch", offsets);
      return;
    }
    this.end("aborted", "preempted", "a newer goal was sent to the controller");
    this.running = new GroupStream(path, t, now, offsets);
    this.held = null;
    this.link.report({ goalId: goal.id, stage: "accepted", code: "ok", message: "" });
    this.publish();
    this.endTicks ??= this.every(periodMs, () => this.step());
  }

  /**
   * How far a position group's last command is from the new path's begin, by joint of the goal: a step there would be one of
   * the robot. A sentence: too far.
   */
  private offsets(path: GoalPath, t: number, joints: readonly string[]): number[] | string {
    const { goal } = path;
    if (this.kind() !== "position") return goal.joints.map(() => 0);
    const offsets: number[] = [];
    for (const [j, joint] of goal.joints.entries()) {
      const most = mostOffset(path, j);
      const place = this.measured.position(joint, this.now() - freshMs) as number;
      const last = this.command?.[joints.indexOf(joint)] ?? place;
      // At rest somebody else may have moved it since: then it is where it is measured.
      const from = this.running === null && Math.abs(last - place) > most ? place : last;
      const off = from - path.position(j, t);
      if (Math.abs(off) > most) {
        return `${joint} would jump by ${Math.abs(off).toFixed(3)}: its group was last sent elsewhere`;
      }
      offsets.push(off);
    }
    return offsets;
  }

  /** Goes on along the path by the time that passed. */
  private step(): void {
    const { running } = this;
    if (running === null) return;
    const now = this.now();
    const passed = now - running.steppedAt;
    if (passed > longestPauseMs) {
      this.fail("stalled", `nothing could be sent for ${Math.round(passed)} ms`);
      return;
    }
    running.step(now, this.kind() === "position");
    this.publish();
  }

  judge(): void {
    if (this.running === null) return;
    const { path, t } = this.running;
    const fresh = this.now() - freshMs;
    const verdict = path.judge(t, (joint) => this.measured.position(joint, fresh));
    if (verdict === "reached") this.finish("done", "ok", "measured at the goal");
    else if (verdict !== null) this.fail(verdict.code, verdict.message);
  }

  cancel(goalId: string): void {
    if (this.running?.path.goal.id !== goalId) return;
    this.fail("canceled", "ended where it was measured");
  }

  cancelEverything(): boolean {
    if (this.kind() === null || this.names.value === null || !this.isServed()) return false;
    this.hold();
    this.end("aborted", "canceled", "ended where it was measured");
    return true;
  }

  deactivated(): void {
    if (this.running !== null)
      this.fail("controller_inactive", `${this.topic}: its controller is not active any more`);
  }

  serverGone(): readonly Uint8Array[] {
    this.fail("controller_gone", `${this.topic} is gone`);
    return [];
  }

  flush(): void {
    this.publisher.waitForAllAcked(flushNs);
  }

  destroy(): void {
    if (this.running !== null) this.fail("controller_gone", "the twin leaves the robot");
    this.guard?.unwatch(this.topic);
    this.node.destroyPublisher(this.publisher);
    this.names.end();
    this.interfaceName.end();
  }

  private fail(code: string, message: string): void {
    if (this.running !== null) this.hold();
    this.end("aborted", code, message);
  }

  /** A goal that was reached: the velocities end, and positions stay at their last. */
  private finish(stage: GoalStage, code: string, message: string): void {
    if (this.kind() === "velocity") this.hold();
    this.end(stage, code, message);
  }

  /** Zero velocities; or the places where the joints were measured. A joint that is not measured keeps its last command. */
  private hold(): void {
    const joints = this.names.value ?? [];
    const now = this.now();
    if (this.kind() === "velocity") {
      this.put(joints.map(() => 0));
      return;
    }
    if (this.running !== null || this.held === null || now - this.held.at > sameHoldMs) {
      const places = joints.map(
        (joint, i) => this.measured.position(joint, now - freshMs) ?? this.command?.[i] ?? Number.NaN,
      );
      if (places.some(Number.isNaN)) return;
      this.held = { places, at: now };
    }
    this.put(this.held.places);
  }

  private publish(): void {
    const { running, joints } = this;
    if (running === null || joints === null) return;
    const isPosition = this.kind() === "position";
    const fresh = this.now() - freshMs;
    this.put(
      joints.map((joint) => {
        const j = running.path.goal.joints.indexOf(joint);
        if (isPosition) return running.position(j);
        const place = this.measured.position(joint, fresh);
        return place === null ? 0 : running.velocity(j, place);
      }),
    );
  }

  private put(data: number[]): void {
    this.command = data;
    if (this.kind() === "velocity") {
      this.guard?.beat(
        this.topic,
        data.some((value) => value !== 0),
      );
    }
    this.publisher.publish({ layout: { dim: [], data_offset: 0 }, data });
  }

  private end(stage: GoalStage, code: string, message: string): void {
    const { running } = this;
    this.running = null;
    this.endTicks?.();
    this.endTicks = null;
    if (running !== null) this.link.report({ goalId: running.path.goal.id, stage, code, message });
  }
}
