import type { MotionCommand } from "../../client/command-sequence.ts";
import { Signal } from "../../client/signal.ts";
import { type Activity, isOpen } from "./activity.ts";
import type { Driver } from "./driver.ts";

/** The last command to a gripper or a service. `endedMs`: server time of its final answer; null before. */
export type Task = { activity: Activity; endedMs: number | null };

/** What this page asked of grippers and services, and what became of it, by robot and target. */
export class TaskDesk {
  readonly tasks = new Signal<ReadonlyMap<string, Task>>(new Map());

  constructor(private readonly driver: Driver) {
    driver.log.moves.subscribe(() => this.follow());
  }

  /** Sends a command; false when it could not be sent. `target`: the name of the gripper or of the service. */
  ask(robot: string, target: string, command: MotionCommand, label: string): boolean {
    const activity = this.driver.move(command, label);
    if (activity === null) return false;
    this.put(keyOf(robot, target), { activity, endedMs: null });
    return true;
  }

  of(robot: string, target: string): Task | null {
    return this.tasks.get().get(keyOf(robot, target)) ?? null;
  }

  private follow(): void {
    for (const [key, { activity }] of this.tasks.get()) {
      if (!isOpen(activity)) continue;
      const now = this.driver.log.moves.get().find(({ id }) => id === activity.id);
      if (now === undefined || now === activity) continue;
      this.put(key, { activity: now, endedMs: isOpen(now) ? null : this.driver.link.serverTime() });
    }
  }

  private put(key: string, task: Task): void {
    this.tasks.update((tasks) => new Map(tasks).set(key, task));
  }
}

function keyOf(robot: string, target: string): string {
  return `${robot} ${target}`;
}
