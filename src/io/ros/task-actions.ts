import type { RobotTask } from "../../command/robot-task.ts";
import type { GoalFeedback } from "./action-feedback-topic.ts";
import { ActionGoals, type GoalLink } from "./action-goals.ts";
import { actionServers } from "./action-servers.ts";
import { LostGoals } from "./lost-goals.ts";
import { OwedCancels } from "./owed-cancels.ts";
import { OwnerParameter } from "./owner-parameter.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import type { TaskActionKind } from "./task-action-kind.ts";

const askTimes = 10;

type Server = {
  kind: TaskActionKind;
  /** Null: the definition of the action is not installed here. */
  goals: ActionGoals<GoalFeedback> | null;
  /** The joint that it drives, where its kind has one. */
  joints: OwnerParameter | null;
  asked: number;
  /** By the last look. */
  wasServed: boolean;
};

/** A server of an action as it is now. */
export type TaskServer = { name: string; type: string; joints: readonly string[] | null; isUsable: boolean };

/** The actions of one robot that carry out tasks, found as they come and go. */
export class TaskActions {
  private readonly servers = new Map<string, Server>();
  private readonly owed: OwedCancels;
  private readonly lost = new LostGoals();

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly kinds: readonly TaskActionKind[],
    /** Whether an action of that absolute name and type is this robot's, and wanted. */
    private readonly isOurs: (name: string, type: string) => boolean,
    private readonly link: GoalLink,
    /** Server ms. */
    now: () => number,
  ) {
    this.owed = new OwedCancels(now);
  }

  current(): TaskServer[] {
    return [...this.servers]
      .filter(([, { goals }]) => goals?.isServed() !== false)
      .map(([name, { kind, goals, joints }]) => ({
        ...{ name, type: kind.type, isUsable: goals !== null },
        joints: joints?.value ?? null,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Looks at the ROS graph. */
  poll(): void {
    const wanted = new Map<string, TaskActionKind>();
    for (const { name, types } of actionServers(this.node)) {
      const kind = this.kinds.find(({ type }) => types.includes(type));
      if (kind !== undefined && this.isOurs(name, kind.type)) wanted.set(name, kind);
    }
    for (const [name, kind] of wanted) {
      if (this.servers.get(name)?.kind === kind) continue;
      this.drop(name);
      this.servers.set(name, this.serverOf(name, kind));
      this.owed.found(name);
    }
    for (const [name, server] of this.servers) {
      if (!wanted.has(name)) this.drop(name);
      else if (server.joints?.value === null && server.goals?.isServed() === true) {
        if (server.asked++ < askTimes) server.joints.ask();
      }
    }
  }

  /** Looks whether the servers are still there, and sends what a stop still owes. Called often. */
  watch(): void {
    for (const [name, server] of this.servers) {
      const isServed = server.goals?.isServed() ?? true;
      if (server.wasServed && !isServed) this.drop(name);
      if (isServed && !server.wasServed) server.goals?.cancelLost(this.lost.take(name));
      server.wasServed = isServed;
    }
    this.repeatCancel();
  }

  private repeatCancel(): void {
    this.owed.repeat((name) => this.servers.get(name)?.goals?.cancelEverything() ?? true);
  }

  send(task: RobotTask): void {
    const server = this.servers.get(task.target);
    if (server?.goals === null || server === undefined) {
      const message = `${task.target} is gone`;
      this.link.report({ goalId: task.id, stage: "aborted", code: "controller_gone", message });
      return;
    }
    const { kind, goals, joints } = server;
    goals.send(
      task.id,
      () => kind.goal(task, joints?.value ?? null),
      (feedback) => {
        const told = kind.told?.(feedback);
        if (told === undefined) return;
        this.link.report({ goalId: task.id, stage: "executing", code: "ok", message: "", ...told });
      },
    );
  }

  cancel(taskId: string): void {
    for (const { goals } of this.servers.values()) goals?.cancel(taskId);
  }

  /** A stop: cancels every goal, other clients' too, now and at servers that are found within `lateMs`. */
  stop(lateMs: number): void {
    this.owed.stop(this.servers.keys(), lateMs);
    this.repeatCancel();
  }

  reset(): void {
    this.owed.reset();
  }

  /** Leaves the servers: what they are doing is no longer followed. */
  end(): void {
    for (const { goals, joints } of this.servers.values()) {
      goals?.destroy();
      joints?.end();
    }
    this.servers.clear();
  }

  private serverOf(name: string, kind: TaskActionKind): Server {
    const joints =
      kind.jointParameter === null ? null : new OwnerParameter(this.node, name, kind.jointParameter);
    return { kind, joints, asked: 0, wasServed: false, goals: this.goalsOf(name, kind) };
  }

  private goalsOf(name: string, kind: TaskActionKind): ActionGoals<GoalFeedback> | null {
    try {
      return new ActionGoals(this.rcl, this.node, name, kind, this.link);
    } catch {
      return null;
    }
  }

  private drop(name: string): void {
    const server = this.servers.get(name);
    if (server === undefined) return;
    this.servers.delete(name);
    this.owed.gone(name);
    this.lost.add(name, server.goals?.serverGone() ?? []);
    server.goals?.destroy();
    server.joints?.end();
  }
}
