import type { PlanRequest } from "../command/plan-request.ts";
import type { Objection } from "../command/validate-motion.ts";
import type { WayQuestion } from "../command/way-question.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import type { RobotModel } from "../robot/model.ts";
import { targetOf } from "../robot/path/plan-tool-motion.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";
import { toolLink } from "../robot/tool-link.ts";
import { chooseGroup, type PlanningGroups } from "./robot/planning-group.ts";

const usualSpeed = 0.5;
const noLimits = { velocity: 1, acceleration: 1, jerk: 1 };

/** The question to MoveIt that a request comes to, or why MoveIt cannot be asked it. */
export function wayQuestion(
  { id, robot, command, start, frames }: PlanRequest,
  model: RobotModel,
  groups: PlanningGroups,
  asked: string | undefined,
): WayQuestion | Objection {
  const question = (group: string, goal: WayQuestion["goal"], speed = usualSpeed): WayQuestion => {
    return { id, robot, group, start: ownPositions(model, start), goal, speed };
  };
  if (command.kind === "jointPosition") {
    const { positions, speed } = command;
    const group = chooseGroup(groups, model, { moved: Object.keys(positions) }, asked);
    return typeof group === "string" ? question(group, { kind: "joints", positions }, speed) : group;
  }
  if (command.kind !== "pose" || command.path === "line") {
    const message =
      'MoveIt is asked for jointPosition and for pose with "path":"joint" only: leave out "planner"';
    return { code: "unsupported", message };
  }
  const q = neutralConfiguration(model);
  setJointPositions(model, q, (joint) => start[joint]);
  const context = { model, start: q, tool: toolLink(model), frames, limitsOf: () => noLimits };
  const target = targetOf(context, q, command);
  if ("code" in target) return target;
  const chain = chainJoints(model, target.link).map(({ name }) => name);
  const group = chooseGroup(groups, model, { chain }, asked);
  if (typeof group !== "string") return group;
  const pose = {
    ...{ kind: "pose" as const, link: model.links[target.link] ?? "", frame: model.rootLink },
    ...{ position: Array.from(target.position), quaternion: Array.from(target.quaternion) },
  };
  return question(group, pose, command.speed);
}

/** What a start state has: joints of one axis that follow no other. */
function ownPositions(model: RobotModel, start: PlanRequest["start"]): Record<string, number> {
  const own = model.joints.filter(({ nq, mimic }) => nq === 1 && mimic === null);
  return Object.fromEntries(
    own.flatMap(({ name }) => (start[name] === undefined ? [] : [[name, start[name]]])),
  );
}
