import type { Capabilities } from "../../command/gate-output.ts";
import type { ControllerStatus, ControlStatus } from "../../protocol/state-messages.ts";

/** What a robot can be asked for now, as its status tells it. `closed`: why nothing can be asked at all; null: it can. */
export function canOf(
  can: Capabilities,
  closed: string | null,
  uncheckedLinks: readonly string[] = [],
): ControlStatus["can"] {
  const isOpen = closed === null;
  const { trajectory, grippers = [], navigators, services = [] } = can;
  const moves = isOpen && trajectory.length > 0;
  const twist = isOpen && can.twist;
  const toGoals = [navigators?.toPose, navigators?.throughPoses, navigators?.goalTopic];
  const told: ControlStatus["can"] = {
    ...{ jointPosition: moves, jointVelocity: moves, twist },
    gripper: isOpen && grippers.length > 0,
    navigate: isOpen && toGoals.some((name) => typeof name === "string"),
    services: isOpen ? services.map(({ name }) => name) : [],
    dataServices: isOpen ? services.filter(({ takesData }) => takesData).map(({ name }) => name) : [],
    controllers: controllersOf(can),
  };
  if (trajectory.every((controller) => controller.joints !== null)) {
    told.joints = [...new Set(trajectory.flatMap((controller) => controller.joints ?? []))];
  }
  if (uncheckedLinks.length > 0) told.uncheckedLinks = [...uncheckedLinks];
  if (!moves && !twist) {
    told.reason =
      closed ??
      can.inactive?.[0]?.reason ??
      "no trajectory controller, no cmd_vel subscriber and no device that drives a joint was found";
  }
  return told;
}

/** What takes commands, and what would if it were there: that has the reason. */
function controllersOf({
  trajectory,
  inactive = [],
  twist,
  noTwist,
  grippers = [],
  noGripper,
  navigators,
  noNavigator,
  planner,
  noPlanner,
}: Capabilities): ControllerStatus[] {
  const list: ControllerStatus[] = trajectory.map(({ name, joints, kind }) => ({
    ...{ name, kind: kind === undefined ? "trajectory" : `trajectory by ${kind}`, state: "active" },
    joints: [...(joints ?? [])],
  }));
  list.push(...inactive.map((one) => ({ ...one, joints: [...one.joints] })));
  for (const { name, joints } of grippers) {
    list.push({ name, kind: "gripper", state: "active", joints: [...(joints ?? [])] });
  }
  if (grippers.length === 0 && noGripper !== undefined) list.push(absent("gripper", noGripper));
  const named = [
    ["navigate", navigators?.toPose],
    ["navigate through poses", navigators?.throughPoses],
    ["navigate by topic", navigators?.goalTopic],
    ["initial pose", navigators?.initialTopic],
  ] as const;
  for (const [kind, name] of named) {
    if (typeof name === "string") list.push({ name, kind, state: "active", joints: [] });
  }
  if (noNavigator !== undefined) list.push(absent("navigate", noNavigator));
  if (twist) list.push({ name: "twist", kind: "twist", state: "active", joints: [] });
  else if (noTwist !== undefined) list.push(absent("twist", noTwist));
  if (planner !== undefined) list.push({ name: planner, kind: "planner", state: "active", joints: [] });
  else if (noPlanner !== undefined) list.push(absent("planner", noPlanner));
  return list;
}

function absent(kind: string, reason: string): ControllerStatus {
  return { name: kind, kind, state: "absent", joints: [], reason };
}
