import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { Stamp } from "../../core/stamp.ts";
import { decodeTrajectoryFeedback, type TrajectoryFeedback } from "../../protocol/trajectory-feedback.ts";
import { ActionGoals, type GoalLink, type GoalOutcome, goalStatus } from "./action-goals.ts";
import type { ControllerClient } from "./controller-client.ts";
import { OwnerParameter } from "./owner-parameter.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import { goalMessage, startOf } from "./trajectory-message.ts";

export const followJointTrajectory = "control_msgs/action/FollowJointTrajectory";

/** What a trajectory client tells its robot, and asks it. */
export type TrajectoryLink = GoalLink & {
  /** The robot's time of a server ms; zero: the goal starts when it arrives. */
  stampOf(serverMs: number): Stamp;
};

/** One trajectory controller of the robot: its FollowJointTrajectory action. */
export class TrajectoryClient implements ControllerClient {
  readonly needsJoints = false;
  private readonly asked: OwnerParameter;
  private readonly goals: ActionGoals<TrajectoryFeedback>;

  constructor(
    rcl: Rclnodejs,
    node: RclNode,
    readonly action: string,
    private readonly link: TrajectoryLink,
  ) {
    this.asked = new OwnerParameter(node, action, "joints");
    const options = { type: followJointTrajectory, decode: decodeTrajectoryFeedback, outcome };
    this.goals = new ActionGoals(rcl, node, action, options, link);
  }

  get joints(): readonly string[] | null {
    return this.asked.value;
  }

  isServed(): boolean {
    return this.goals.isServed();
  }

  askJoints(): void {
    this.asked.ask();
  }

  send(goal: TrajectoryGoal): void {
    const message = () => goalMessage(goal, startOf(goal, this.link));
    this.goals.send(goal.id, message, ({ error }) => {
      const worst = Math.max(0, ...error.map(Math.abs).filter(Number.isFinite));
      this.link.report({ goalId: goal.id, stage: "executing", code: "ok", message: "", error: worst });
    });
  }

  cancel(goalId: string): void {
    this.goals.cancel(goalId);
  }

  /** See `ActionGoals.cancelEverything`. */
  cancelEverything(): boolean {
    return this.goals.cancelEverything();
  }

  serverGone(): readonly Uint8Array[] {
    return this.goals.serverGone();
  }

  cancelLost(uuids: readonly Uint8Array[]): void {
    this.goals.cancelLost(uuids);
  }

  destroy(): void {
    this.goals.destroy();
    this.asked.end();
  }
}

function outcome(status: number, result: unknown): GoalOutcome {
  const { error_code: code = 0, error_string: text = "" } = result as {
    error_code?: number;
    error_string?: string;
  };
  if (status === goalStatus.succeeded && code === 0) return { stage: "done", code: "ok", message: text };
  if (status === goalStatus.canceled) {
    return { stage: "aborted", code: "canceled", message: text || "canceled" };
  }
  if (/preempted/i.test(text)) {
    const message = `the controller got another goal, of another program where none of ours is named: ${text}`;
    return { stage: "aborted", code: `controller_${code}`, message };
  }
  return {
    stage: "aborted",
    code: `controller_${code}`,
    message: text || `the controller aborted the goal with code ${code} and no text: see its log`,
  };
}
