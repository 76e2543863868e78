import type { GoalReport, GoalStage } from "../../command/gate-output.ts";
import type { Result } from "../../core/result.ts";
import {
  ActionFeedbackTopic,
  type GoalFeedback,
  newGoalUuid,
  withoutTypedFeedback,
} from "./action-feedback-topic.ts";
import { GoalTypeCheck } from "./goal-type-check.ts";
import type {
  ActionClient,
  CancelResponse,
  GoalHandle,
  RclClient,
  RclNode,
  Rclnodejs,
} from "./rclnodejs-api.ts";

/** Codes of action_msgs/msg/GoalStatus. */
export const goalStatus = { succeeded: 4, canceled: 5, aborted: 6 } as const;
/** Return codes of action_msgs/srv/CancelGoal: the goal is over already. */
const unknownGoal = 2;
const terminatedGoal = 3;
const ownNode = "twin_commands";
/** How long after a refused cancel it is asked for once more: a goal that another request is canceling refuses, and ends by then. ms */
const askAgainAfter = 500;

/** What a client of an action tells its robot. */
export type GoalLink = {
  report(report: GoalReport): void;
  /** A message of the action's server cannot be read. */
  rejected(action: string, reason: string): void;
  /** A goal that is to be canceled is not. */
  cancelRefused(action: string): void;
};

/** How a goal ended. */
export type GoalOutcome = { stage: Extract<GoalStage, "done" | "aborted">; code: string; message: string };

export type ActionGoalsOptions<Feedback extends GoalFeedback> = {
  /** As `nav2_msgs/action/NavigateToPose`. */
  type: string;
  /** Null: its feedback is not listened to. */
  decode: ((bytes: Uint8Array) => Result<Feedback>) | null;
  /** What to look at where the server rejects a goal; it gives no reason itself. */
  hint?: string;
  /** Judges a goal that ended: its status, and the action's own result. */
  outcome(status: number, result: unknown): GoalOutcome;
};

/** The goals of this program at one action's server, each followed to its end. */
export class ActionGoals<Feedback extends GoalFeedback> {
  private readonly client: ActionClient;
  private readonly feedback: ActionFeedbackTopic<Feedback> | null;
  private readonly goalType: GoalTypeCheck;
  private readonly cancelAll: RclClient;
  private readonly running = new Map<string, GoalHandle | null>();
  /** The ids on the wire of goals that have not ended. */
  private readonly uuids = new Map<string, Uint8Array>();
  private readonly toCancel = new Set<string>();
  /** Goals of which a server said that it cancels them: a further cancel is refused then, and that is no fault. */
  private readonly canceling = new Set<string>();
  /** Goals whose cancel was refused: once, and then reported once. */
  private readonly refused = new Map<string, "asked" | "reported">();

  /** Throws where the definition of the action is not installed here. */
  constructor(
    rcl: Rclnodejs,
    private readonly node: RclNode,
    readonly action: string,
    private readonly options: ActionGoalsOptions<Feedback>,
    private readonly link: GoalLink,
  ) {
    const { type, decode } = options;
    const rejected = (reason: string): void => link.rejected(action, reason);
    this.client = new rcl.ActionClient(node, type, action, withoutTypedFeedback(rcl));
    this.goalType = GoalTypeCheck.ofAction(node, action, type, ownNode);
    this.feedback =
      decode === null ? null : new ActionFeedbackTopic(rcl, node, action, type, decode, rejected);
    this.cancelAll = node.createClient("action_msgs/srv/CancelGoal", `${action}/_action/cancel_goal`);
  }

  /** Sends a goal, made by `message`; what becomes of it is reported under `id`. */
  send(id: string, message: () => object, onFeedback: (feedback: Feedback) => void): void {
    this.running.set(id, null);
    const fault = this.goalType.fault();
    if (fault !== null) {
      this.end(id, "aborted", "type_mismatch", fault);
      return;
    }
    const uuid = newGoalUuid();
    this.uuids.set(id, uuid.uuid);
    this.feedback?.follow(uuid, onFeedback);
    // What cannot be encoded throws in the middle of the cycle.
    const sent = new Promise<GoalHandle>((resolve) => {
      resolve(this.client.sendGoal(message(), null, uuid));
    });
    this.follow(id, sent)
      .catch((error: unknown) => {
        this.end(id, "aborted", "ros_error", error instanceof Error ? error.message : String(error));
      })
      .finally(() => this.feedback?.unfollow(uuid));
  }

  cancel(id: string): void {
    const handle = this.running.get(id);
    if (handle === undefined) return;
    if (handle === null) this.toCancel.add(id);
    else this.cancelBy(id, handle);
  }

  /**
   * Cancels every goal of the server, those of other clients too: a zero id and time mean all. False when the server
   * cannot be asked yet.
   */
  cancelEverything(): boolean {
    for (const id of this.running.keys()) this.cancel(id);
    if (!this.cancelAll.isServiceServerAvailable()) return false;
    const all = { goal_info: { goal_id: { uuid: new Uint8Array(16) }, stamp: { sec: 0, nanosec: 0 } } };
    this.cancelAll.sendRequest(all, (response) => this.takeCanceled(response));
    return true;
  }

  /** Whether the server is there now: the graph goes on listing an action that only has clients, ours among them. */
  isServed(): boolean {
    return this.cancelAll.isServiceServerAvailable();
  }

  /**
   * The server is gone: what it was doing will have no result. The ids on the wire of its goals: it may only have been out of
   * reach, and go on with them.
   */
  serverGone(): Uint8Array[] {
    const lost = [...this.uuids.values()];
    for (const id of [...this.running.keys()]) {
      this.end(id, "aborted", "controller_gone", `${this.action} is gone`);
    }
    return lost;
  }

  /** Cancels goals that an earlier client of this program lost sight of. */
  cancelLost(uuids: readonly Uint8Array[]): void {
    for (const uuid of uuids) {
      const goal = { goal_info: { goal_id: { uuid }, stamp: { sec: 0, nanosec: 0 } } };
      this.cancelAll.sendRequest(goal, () => undefined);
    }
  }

  destroy(): void {
    this.client.destroy();
    this.feedback?.destroy();
    this.node.destroyClient(this.cancelAll);
  }

  private cancelBy(id: string, handle: GoalHandle): void {
    handle.cancelGoal().then(
      ({ return_code: code, goals_canceling: canceling }) => {
        if (canceling.length > 0) this.canceling.add(id);
        else if (code !== unknownGoal && code !== terminatedGoal) this.cancelRefused(id, handle);
      },
      () => undefined,
    );
  }

  /** A refusal counts when the goal still runs later, no request cancels it, and it is refused again. */
  private cancelRefused(id: string, handle: GoalHandle): void {
    const before = this.refused.get(id);
    if (!this.running.has(id) || this.canceling.has(id) || before === "reported") return;
    if (before === "asked") {
      this.refused.set(id, "reported");
      this.link.cancelRefused(this.action);
      return;
    }
    setTimeout(() => {
      if (!this.running.has(id) || this.canceling.has(id)) return;
      this.refused.set(id, "asked");
      this.cancelBy(id, handle);
    }, askAgainAfter).unref();
  }

  private takeCanceled(response: unknown): void {
    const { goals_canceling: canceled } = response as CancelResponse;
    const ids = new Set(canceled.map(({ goal_id: { uuid } }) => Buffer.from(uuid).toString("hex")));
    for (const [id, uuid] of this.uuids) {
      if (ids.has(Buffer.from(uuid).toString("hex"))) this.canceling.add(id);
    }
  }

  private async follow(id: string, sent: Promise<GoalHandle>): Promise<void> {
    const handle = await sent;
    if (!handle.isAccepted()) {
      const { hint } = this.options;
      const why = hint === undefined ? "" : `: ${hint}`;
      this.end(id, "aborted", "controller_rejected", `${this.action} rejected the goal${why}`);
      return;
    }
    if (!this.running.has(id)) return;
    this.running.set(id, handle);
    this.link.report({ goalId: id, stage: "accepted", code: "ok", message: "" });
    if (this.toCancel.delete(id)) this.cancelBy(id, handle);
    const result = await handle.getResult();
    const { stage, code, message } = this.options.outcome(handle.status, result);
    this.end(id, stage, code, message);
  }

  private end(goalId: string, stage: GoalStage, code: string, message: string): void {
    if (!this.running.delete(goalId)) return;
    this.uuids.delete(goalId);
    this.toCancel.delete(goalId);
    this.canceling.delete(goalId);
    this.refused.delete(goalId);
    this.link.report({ goalId, stage, code, message });
  }
}
