import type { GoalReport } from "../../command/gate-output.ts";
import type { LastGoal } from "../../protocol/topics/controllers-answer.ts";

const states: Readonly<Record<GoalReport["stage"], LastGoal["state"]>> = {
  accepted: "active",
  executing: "active",
  done: "succeeded",
  aborted: "aborted",
};

/** The twin's last goal for each action or topic, and what became of it. Times are server ms. */
export class GoalLog {
  private readonly last = new Map<string, { id: string; goal: LastGoal }>();

  constructor(private readonly now: () => number) {}

  sent(target: string, id: string): void {
    const now = this.now();
    this.last.set(target, { id, goal: { state: "sent", sentMs: now, atMs: now, message: "" } });
  }

  /** Takes a report on a goal; one that is not the last of its target changes nothing. */
  take({ goalId, stage, code, message }: GoalReport): void {
    for (const { id, goal } of this.last.values()) {
      if (id !== goalId) continue;
      goal.state = stage === "aborted" && code === "canceled" ? "canceled" : states[stage];
      goal.atMs = this.now();
      goal.message = message;
    }
  }

  of(target: string): LastGoal | null {
    return this.last.get(target)?.goal ?? null;
  }
}
