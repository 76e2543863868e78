import type {
  CommandWay,
  ControllerReport,
  LastGoal,
  RobotControllers,
} from "../../protocol/topics/controllers-answer.ts";
import { type SeenController, type SeenManager, stateProblem } from "./controller-state.ts";
import { parentOf } from "./parent-name.ts";

/** An action or topic that is there. `owner`: the node that serves it; `joints`: null where it does not tell. */
export type SeenWay = CommandWay & { owner: string; joints: readonly string[] | null };

/** What is known of one robot's controllers. `modelJoints`: null while there is no description. */
export type SeenControllers = {
  robot: string;
  managers: readonly SeenManager[];
  ways: readonly SeenWay[];
  goalOf(way: string): LastGoal | null;
  modelJoints: ReadonlySet<string> | null;
};

/** The controllers of a robot with what is wrong with each: those that a manager lists, then those known by actions and topics alone. */
export function reportControllers(seen: SeenControllers): RobotControllers {
  const { robot, managers, ways } = seen;
  const listed = managers.flatMap((manager) =>
    (manager.controllers ?? []).map((one) => ({
      manager: manager.name,
      name: `${parentOf(manager.name)}/${one.name}`,
      one,
    })),
  );
  const controllers = listed.map(({ manager, name, one }): ControllerReport => {
    const own = ways.filter(({ owner }) => owner === name);
    const joints = jointsOf(one, own);
    return {
      ...{ name, manager, type: one.type, state: one.state, sinceMs: one.sinceMs, sawChange: one.sawChange },
      claimed: [...one.claimed_interfaces],
      required: [...one.required_command_interfaces],
      joints,
      ways: own.map(wayOf),
      lastGoal: lastGoal(own, seen),
      problems: [
        ...stateProblems(one, manager, managers),
        ...sharedJoints(name, one, listed),
        ...unknownJoints(joints, seen.modelJoints),
        ...unusedWays(one, own),
      ],
    };
  });
  const known = new Set(controllers.map(({ name }) => name));
  const owners = [...new Set(ways.map(({ owner }) => owner))].filter((owner) => !known.has(owner));
  for (const owner of owners) {
    const own = ways.filter((way) => way.owner === owner);
    const joints = [...new Set(own.flatMap((way) => way.joints ?? []))];
    controllers.push({
      ...{ name: owner, manager: null, type: null, state: "unknown", sinceMs: null, sawChange: false },
      ...{ claimed: [], required: [], joints, ways: own.map(wayOf), lastGoal: lastGoal(own, seen) },
      problems: unknownJoints(joints, seen.modelJoints),
    });
  }
  return {
    robot,
    managers: managers.map((manager) => ({ name: manager.name, isAnswering: manager.controllers !== null })),
    controllers,
    problems: problemsOfAll(managers, controllers),
  };
}

function problemsOfAll(managers: readonly SeenManager[], controllers: readonly ControllerReport[]): string[] {
  const problems = managers
    .filter((manager) => manager.controllers === null)
    .map(
      ({ name }) =>
        `${name} does not answer list_controllers: check that its process runs and is not blocked`,
    );
  if (managers.length > 0) return problems;
  if (controllers.length === 0)
    return [
      "no controller_manager, and no action or topic that takes commands: start the robot's controllers",
    ];
  return [
    "no controller_manager was found: what is shown comes from actions and topics alone, so whether a controller is active is not known",
  ];
}

function stateProblems(one: SeenController, manager: string, managers: readonly SeenManager[]): string[] {
  const problem = stateProblem(one, manager);
  if (problem === null) return [];
  const others = managers
    .flatMap(({ controllers }) => controllers ?? [])
    .filter((other) => other.state === "active" && other.name !== one.name)
    .filter((other) =>
      one.required_command_interfaces.some((name) => other.claimed_interfaces.includes(name)),
    )
    .map(({ name }) => name);
  if (others.length === 0 || one.state !== "inactive") return [problem];
  const which = manager === "/controller_manager" ? "" : ` -c ${manager}`;
  return [
    `${one.name} is inactive, and ${others.join(", ")} has claimed what it needs: change over with \`ros2 control switch_controllers${which} --strict --deactivate ${others.join(" ")} --activate ${one.name}\``,
  ];
}

/** Other active controllers that command the same joint, by another interface. */
function sharedJoints(
  name: string,
  one: SeenController,
  listed: readonly { name: string; one: SeenController }[],
): string[] {
  if (one.state !== "active") return [];
  const mine = new Set(one.claimed_interfaces.map(parentOf));
  return listed.flatMap((other) => {
    if (other.name === name || other.one.state !== "active") return [];
    const shared = [...new Set(other.one.claimed_interfaces.map(parentOf))].filter((joint) =>
      mine.has(joint),
    );
    if (shared.length === 0) return [];
    return [
      `${one.name} and ${other.one.name} are both active and command ${shared.join(", ")}: deactivate one of them`,
    ];
  });
}

function unknownJoints(joints: readonly string[], modelJoints: ReadonlySet<string> | null): string[] {
  if (modelJoints === null) return [];
  const unknown = joints.filter((joint) => !modelJoints.has(joint));
  if (unknown.length === 0) return [];
  return [
    `the description has no joint ${unknown.join(", ")}: correct the controller's parameter \`joints\`, or load the description that belongs to it`,
  ];
}

function unusedWays(one: SeenController, own: readonly SeenWay[]): string[] {
  const commands = one.claimed_interfaces.length > 0;
  if (one.state !== "active" || !commands || own.some(({ isUsed }) => isUsed)) return [];
  const [first] = own;
  if (first === undefined)
    return [
      `the twin sends nothing to ${one.name}: it has no action or topic that the twin knows, or robots[].commands leaves it out`,
    ];
  return [
    `the twin does not send through ${first.name}: another controller of its joints comes first, or it does not tell its joints`,
  ];
}

function lastGoal(own: readonly SeenWay[], { goalOf }: SeenControllers): LastGoal | null {
  const goals = own.map(({ name }) => goalOf(name)).filter((goal) => goal !== null);
  return goals.sort((a, b) => b.sentMs - a.sentMs)[0] ?? null;
}

function wayOf({ name, kind, isUsed }: SeenWay): CommandWay {
  return { name, kind, isUsed };
}

/** Joints of its command interfaces, without those of sensors, GPIOs and chained controllers, and those that its node tells. */
function jointsOf(one: SeenController, own: readonly SeenWay[]): string[] {
  const names = [...one.claimed_interfaces, ...one.required_command_interfaces]
    .filter((name) => /^[^/]+\/(position|velocity|effort|acceleration)$/.test(name))
    .map(parentOf);
  return [...new Set([...names, ...own.flatMap(({ joints }) => joints ?? [])])];
}
