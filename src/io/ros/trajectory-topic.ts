import type { GoalStage } from "../../command/gate-output.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { ControllerClient } from "./controller-client.ts";
import { GoalPath } from "./goal-path.ts";
import type { MeasuredJoints } from "./measured-joints.ts";
import { OwnerParameter } from "./owner-parameter.ts";
import type { RclNode, RclPublisher } from "./rclnodejs-api.ts";
import type { TrajectoryLink } from "./trajectory-client.ts";
import { duration, startOf, trajectoryMessage } from "./trajectory-message.ts";

export const jointTrajectory = "trajectory_msgs/msg/JointTrajectory";

/** A measurement older than this does not say where the robot is. ms */
const freshMs = 250;
/** Until when a hold is to be reached, s: a controller may refuse a point at zero. */
const holdTime = 0.02;

type Running = { path: GoalPath /** Server ms. */; start: number };

/**
 * A controller that takes trajectories by its topic only. It reports nothing, so what became of a goal is judged by the
 * measured joints: done means measured, and who leaves the path tolerance is held where he was measured.
 */
export class TrajectoryTopic implements ControllerClient {
  readonly needsJoints = true;
  private readonly asked: OwnerParameter;
  private readonly publisher: RclPublisher;
  private running: Running | null = null;

  constructor(
    private readonly node: RclNode,
    readonly topic: string,
    private readonly link: TrajectoryLink,
    private readonly measured: MeasuredJoints,
    private readonly now: () => number,
  ) {
    this.asked = new OwnerParameter(node, topic, "joints");
    this.publisher = node.createPublisher(jointTrajectory, topic);
  }

  get joints(): readonly string[] | null {
    return this.asked.value;
  }

  isServed(): boolean {
    return this.publisher.subscriptionCount > 0;
  }

  askJoints(): void {
    this.asked.ask();
  }

  send(goal: TrajectoryGoal): void {
    const abort = (code: string, message: string): void =>
      this.link.report({ goalId: goal.id, stage: "aborted", code, message });
    const now = this.now();
    if (this.publisher.subscriptionCount === 0) {
      abort("controller_gone", `nothing is connected to ${this.topic}`);
      return;
    }
    const places = goal.joints.map((joint) => this.measured.position(joint, now - freshMs));
    const blind = goal.joints.filter((_, j) => places[j] === null);
    if (blind.length > 0) {
      abort("stale_state", `${blind.join(", ")}: not measured in the last ${freshMs} ms`);
      return;
    }
    const stamp = startOf(goal, this.link);
    const isStamped = stamp.sec !== 0 || stamp.nanosec !== 0;
    try {
      this.publisher.publish(trajectoryMessage(goal, stamp));
    } catch (error) {
      abort("ros_error", error instanceof Error ? error.message : String(error));
      return;
    }
    this.end("aborted", "preempted", "a newer goal was sent to the controller");
    const path = new GoalPath(isStamped ? goal : { ...goal, from: null }, places as number[]);
    this.running = { path, start: isStamped ? goal.start : now };
    this.link.report({ goalId: goal.id, stage: "accepted", code: "ok", message: "" });
  }

  /** Judges the goal by what was measured. Called at each joint state, and now and then without one. */
  judge(): void {
    if (this.running === null) return;
    const { path, start } = this.running;
    const now = this.now();
    const verdict = path.judge((now - start) / 1000, (joint) => this.measured.position(joint, now - freshMs));
    if (verdict === "reached") this.end("done", "ok", "measured at the goal");
    else if (verdict !== null) this.fail(verdict.code, verdict.message);
  }

  cancel(goalId: string): void {
    if (this.running?.path.goal.id !== goalId) return;
    this.hold(this.running.path.goal.joints);
    this.end("aborted", "canceled", "held where it was measured");
  }

  cancelEverything(): boolean {
    const joints = this.joints ?? this.running?.path.goal.joints;
    if (joints === undefined || !this.hold(joints)) return false;
    this.end("aborted", "canceled", "held where it was measured");
    return true;
  }

  serverGone(): readonly Uint8Array[] {
    if (this.running !== null) this.hold(this.running.path.goal.joints);
    this.end("aborted", "controller_gone", `${this.topic} is gone`);
    return [];
  }

  destroy(): void {
    this.node.destroyPublisher(this.publisher);
    this.asked.end();
  }

  private fail(code: string, message: string): void {
    if (this.running !== null) this.hold(this.running.path.goal.joints);
    this.end("aborted", code, message);
  }

  /**
   * Has the joints stay where they were measured, or, where they are not measured now, where our goal has them now: an old
   * place would be a jump. False when neither is known or nobody would get it.
   */
  private hold(joints: readonly string[]): boolean {
    if (this.publisher.subscriptionCount === 0) return false;
    const now = this.now();
    const { running } = this;
    const places = joints.map((joint) => {
      const place = this.measured.position(joint, now - freshMs);
      const j = running?.path.goal.joints.indexOf(joint) ?? -1;
      if (place !== null || running === null || j < 0) return place;
      return running.path.position(j, (now - running.start) / 1000);
    });
    if (places.includes(null)) return false;
    const point = {
      positions: places,
      velocities: places.map(() => 0),
      accelerations: [],
      effort: [],
      time_from_start: duration(holdTime),
    };
    const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: "" };
    this.publisher.publish({ header, joint_names: joints, points: [point] });
    return true;
  }

  private end(stage: GoalStage, code: string, message: string): void {
    const { running } = this;
    this.running = null;
    if (running !== null) this.link.report({ goalId: running.path.goal.id, stage, code, message });
  }
}
