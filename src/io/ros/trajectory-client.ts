import type { GoalReport, GoalStage } from "../../command/gate-output.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { Stamp } from "../../core/stamp.ts";
import { type ControllerClient, ControllerJoints } from "./controller-joints.ts";
import type { ActionClient, GoalHandle, RclClient, RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import {
  GoalTypeCheck,
  newGoalUuid,
  TrajectoryFeedbackTopic,
  withoutTypedFeedback,
} from "./trajectory-feedback-topic.ts";
import { goalMessage } from "./trajectory-message.ts";

export const followJointTrajectory = "control_msgs/action/FollowJointTrajectory";

const succeeded = 4;
const canceled = 5;
/** Return codes of action_msgs/srv/CancelGoal: the goal is over already. */
const unknownGoal = 2;
const terminatedGoal = 3;

/** What a trajectory client tells its robot, and asks it. */
export type TrajectoryLink = {
  report(report: GoalReport): void;
  /** A message of the action's server cannot be read. */
  rejected(action: string, reason: string): void;
  /** A goal that is to be canceled is not. */
  cancelRefused(action: string): void;
  /** The robot's time of a server ms; zero: the goal starts when it arrives. */
  stampOf(serverMs: number): Stamp;
};

type Outcome = { error_code?: number; error_string?: string };

/** One trajectory controller of the robot: its FollowJointTrajectory action. */
export class TrajectoryClient implements ControllerClient {
  readonly needsJoints = false;
  private readonly asked: ControllerJoints;
  private readonly client: ActionClient;
  private readonly feedback: TrajectoryFeedbackTopic;
  private readonly goalType: GoalTypeCheck;
  private readonly cancelAll: RclClient;
  private readonly running = new Map<string, GoalHandle | null>();
  private readonly toCancel = new Set<string>();
  /** Goals whose cancel was refused, each reported once. */
  private readonly refused = new Set<string>();

  constructor(
    rcl: Rclnodejs,
    private readonly node: RclNode,
    readonly action: string,
    private readonly link: TrajectoryLink,
  ) {
    const rejected = (reason: string): void => link.rejected(action, reason);
    this.asked = new ControllerJoints(node, action);
    this.client = new rcl.ActionClient(node, followJointTrajectory, action, withoutTypedFeedback(rcl));
    this.goalType = new GoalTypeCheck(node, action, "twin_commands");
    this.feedback = new TrajectoryFeedbackTopic(rcl, node, action, rejected);
    this.cancelAll = node.createClient("action_msgs/srv/CancelGoal", `${action}/_action/cancel_goal`);
  }

  get joints(): readonly string[] | null {
    return this.asked.joints;
  }

  askJoints(): void {
    this.asked.ask();
  }

  send(goal: TrajectoryGoal): void {
    this.running.set(goal.id, null);
    const fault = this.goalType.fault();
    if (fault !== null) {
      this.end(goal.id, "aborted", "type_mismatch", fault);
      return;
    }
    const uuid = newGoalUuid();
    this.feedback.follow(uuid, (errors) => {
      const worst = Math.max(0, ...errors.map(Math.abs).filter(Number.isFinite));
      this.link.report({ goalId: goal.id, stage: "executing", code: "ok", message: "", error: worst });
    });
    // What cannot be encoded throws in the middle of the cycle.
    const sent = new Promise<GoalHandle>((resolve) => {
      resolve(this.client.sendGoal(goalMessage(goal, this.link.stampOf(goal.start)), null, uuid));
    });
    this.follow(goal.id, sent)
      .catch((error: unknown) => {
        this.end(goal.id, "aborted", "ros_error", error instanceof Error ? error.message : String(error));
      })
      .finally(() => this.feedback.unfollow(uuid));
  }

  cancel(goalId: string): void {
    const handle = this.running.get(goalId);
    if (handle === undefined) return;
    if (handle === null) this.toCancel.add(goalId);
    else this.cancelBy(goalId, handle);
  }

  private cancelBy(goalId: string, handle: GoalHandle): void {
    handle.cancelGoal().then(
      ({ return_code: code, goals_canceling: canceling }) => {
        const isOver = code === unknownGoal || code === terminatedGoal;
        if (canceling.length > 0 || isOver || !this.running.has(goalId) || this.refused.has(goalId)) return;
        this.refused.add(goalId);
        this.link.cancelRefused(this.action);
      },
      () => undefined,
    );
  }

  /**
   * Cancels every goal of the controller, those of other clients too: a zero id and time mean all. False when
   * the controller cannot be asked yet.
   */
  cancelEverything(): boolean {
    for (const goalId of this.running.keys()) this.cancel(goalId);
    if (!this.cancelAll.isServiceServerAvailable()) return false;
    const all = { goal_info: { goal_id: { uuid: new Uint8Array(16) }, stamp: { sec: 0, nanosec: 0 } } };
    this.cancelAll.sendRequest(all, () => undefined);
    return true;
  }

  /** The server is gone: what it was doing will have no result. */
  serverGone(): void {
    for (const goalId of [...this.running.keys()]) {
      this.end(goalId, "aborted", "controller_gone", `${this.action} is gone`);
    }
  }

  destroy(): void {
    this.client.destroy();
    this.feedback.destroy();
    this.node.destroyClient(this.cancelAll);
    this.asked.end();
  }

  private async follow(goalId: string, sent: Promise<GoalHandle>): Promise<void> {
    const handle = await sent;
    if (!handle.isAccepted()) {
      this.end(goalId, "aborted", "controller_rejected", `${this.action} rejected the goal`);
      return;
    }
    if (!this.running.has(goalId)) return;
    this.running.set(goalId, handle);
    this.link.report({ goalId, stage: "accepted", code: "ok", message: "" });
    if (this.toCancel.delete(goalId)) this.cancelBy(goalId, handle);
    const { error_code: code = 0, error_string: text = "" } = (await handle.getResult()) as Outcome;
    if (handle.status === succeeded && code === 0) this.end(goalId, "done", "ok", text);
    else if (handle.status === canceled) this.end(goalId, "aborted", "canceled", text || "canceled");
    else this.end(goalId, "aborted", `controller_${code}`, text || `ended with code ${code}`);
  }

  private end(goalId: string, stage: GoalStage, code: string, message: string): void {
    if (!this.running.delete(goalId)) return;
    this.toCancel.delete(goalId);
    this.refused.delete(goalId);
    this.link.report({ goalId, stage, code, message });
  }
}
