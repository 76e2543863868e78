import type { Navigation, RobotTask } from "../../command/robot-task.ts";
import type { GoalFeedback } from "./action-feedback-topic.ts";
import type { ActionGoalsOptions } from "./action-goals.ts";

/** One type of action that carries out tasks: how a task becomes a goal, and what its feedback and result say. */
export type TaskActionKind = ActionGoalsOptions<GoalFeedback> & {
  /** The parameter of its node that names the joint; null: it has none. */
  jointParameter: string | null;
  /** The goal's message; `joints` as the parameter has them. */
  goal(task: RobotTask, joints: readonly string[] | null): object;
  /** What feedback tells of the way. */
  told?(feedback: GoalFeedback): { navigation: Navigation } | undefined;
};
