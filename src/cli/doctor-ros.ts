import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Config, defaultRobot, type RobotConfig, robotsAtStart } from "../io/config/config-schema.ts";
import { diagnose, inNamespace } from "../io/ros/graph-diagnosis.ts";
import type { SeenGraph } from "../io/ros/graph-look.ts";
import { amentPrefixes, changedPackages } from "../io/ros/message-definitions.ts";
import { describedNamespaces, robotIdOf } from "../io/ros/robot-discovery.ts";
import {
  defaultRosDir,
  findRclnodejs,
  halfMade,
  isRosSourced,
  isSetUp,
  nodeEnvironment,
  rosFolder,
} from "../io/ros/ros-environment.ts";
import { type Finding, finding } from "./finding.ts";
import { changedMessage } from "./ros-environment-choice.ts";

/** Checks whether there is a ROS 2 that can be used, and what is on its graph. */
export function checkRos(config: Config): Finding[] {
  const folder = rosFolder(defaultRosDir());
  const needed = robotsAtStart(config).some((robot) => robot.description === "topic");
  const half = halfMade(folder);
  if (half !== null) {
    const remedy = `read ${join(folder.root, "setup.log")}, then run \`twin ros setup\` again`;
    return [finding("ROS 2", "bad", half, remedy)];
  }
  const sourced = isRosSourced();
  if (!sourced && !isSetUp(folder)) {
    const more = needed ? ": only the simulated robot can be shown" : "";
    const remedy = "source /opt/ros/<distro>/setup.bash, or make one with `twin ros setup`";
    return [finding("ROS 2", "note", `none in this environment${more}`, remedy)];
  }
  const where = sourced ? `${process.env.ROS_DISTRO}, sourced` : `Kilted from wheels in ${folder.root}`;
  const found = finding("ROS 2", "ok", `${where}; domain ${process.env.ROS_DOMAIN_ID ?? "0"}`);
  const file = findRclnodejs(folder);
  if (file === null) return [found, finding("rclnodejs", "bad", "not built for it", "twin ros setup")];
  const changed = changedPackages(file, sourced ? amentPrefixes() : [folder.prefix]);
  if (changed.length > 0)
    return [found, finding("messages", "bad", changedMessage(changed), "twin ros setup")];
  const loads = checkLoading(file, sourced ? {} : nodeEnvironment(folder));
  return loads.some(({ state }) => state === "bad")
    ? [found, ...loads]
    : [found, ...loads, ...checkGraph(config)];
}

/** What the twin cannot do without, and what it needs for some robots only. */
const needed = [
  "sensor_msgs/msg/JointState",
  "control_msgs/action/FollowJointTrajectory",
  "tf2_msgs/msg/TFMessage",
];
const useful: Readonly<Record<string, string>> = {
  "nav2_msgs/action/NavigateToPose": "goals for Nav2",
  "control_msgs/action/GripperCommand": "grippers",
  "controller_manager_msgs/srv/ListControllers": "which controllers are active",
  "ackermann_msgs/msg/AckermannDriveStamped": "bases with steered wheels",
  "moveit_msgs/srv/GetMotionPlan": "plans of MoveIt",
  "map_msgs/msg/OccupancyGridUpdate": "updates of maps",
};

/** Loads rclnodejs and all that is needed, and prints which of the useful types are missing. */
function loadScript(file: string): string {
  return `
    const rcl = require(${JSON.stringify(file)});
    for (const type of ${JSON.stringify(needed)}) rcl.require(type);
    const lacks = (type) => { try { rcl.require(type); return false; } catch { return true; } };
    console.log("missing " + ${JSON.stringify(Object.keys(useful))}.filter(lacks).join(" "));`;
}

function checkLoading(file: string, env: Record<string, string>): Finding[] {
  try {
    const printed = execFileSync(process.execPath, ["-e", loadScript(file)], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
      encoding: "utf8",
    });
    const loaded = finding("rclnodejs", "ok", "loads, with the messages the twin needs");
    const missing = (/^missing (.*)$/m.exec(printed)?.[1] ?? "").split(" ").filter((type) => type in useful);
    if (missing.length === 0) return [loaded];
    const lost = missing.map((type) => `${type} (${useful[type]})`).join(", ");
    const packages = [
      ...new Set(missing.map((type) => type.slice(0, type.indexOf("/")).replaceAll("_", "-"))),
    ];
    const remedy = isRosSourced()
      ? `where the robot has them: apt install ${packages.map((name) => `ros-<distro>-${name}`).join(" ")}, then \`twin ros setup\``
      : "twin ros setup";
    return [loaded, finding("messages", "note", `not installed: ${lost}`, remedy)];
  } catch (error) {
    const text = String((error as { stderr?: Buffer }).stderr ?? error);
    const line = text.split("\n").find((l) => /Error|not exist|cannot/i.test(l)) ?? "does not load";
    const remedy = /control_msgs|tf2_msgs/.test(line)
      ? "install the message package (apt install ros-<distro>-control-msgs ros-<distro>-tf2-msgs), then `twin ros setup`"
      : "twin ros setup";
    return [finding("rclnodejs", "bad", line.trim(), remedy)];
  }
}

/** What is on the ROS graph, and what of it the robots need. */
function checkGraph(config: Config): Finding[] {
  const graph = seenGraph();
  if (graph === null) {
    return [finding("ROS graph", "note", "it could not be read", "`twin ros graph` says why")];
  }
  const published = (namespace: string, topic: string): boolean =>
    graph.topics.some(({ name }) => name === inNamespace(namespace, topic));
  const findings: Finding[] = [];
  for (const { id, namespace, description } of robotsOf(config, graph)) {
    const need = {
      id,
      namespace,
      description: description === "topic" && !published(namespace, "robot_description"),
      joints: !published(namespace, "joint_states"),
    };
    const missing = diagnose(graph, [need]);
    if (missing !== null) findings.push(finding(`robot ${id}`, "note", missing.reason, missing.remedy));
    else findings.push(finding(`robot ${id}`, "ok", graphLine(graph, namespace)));
  }
  return findings;
}

/** The robots of the configuration; where they are found by themselves, those on the graph, or the one at its root. */
function robotsOf(config: Config, { topics }: SeenGraph): RobotConfig[] {
  const found = describedNamespaces({
    getTopicNamesAndTypes: () => topics.map(({ name, types }) => ({ name, types })),
    countPublishers: () => 1,
  });
  return config.robots === "auto" && found.length > 0
    ? found.map((namespace) => defaultRobot(robotIdOf(namespace), namespace))
    : robotsAtStart(config);
}

function graphLine({ nodes, actions }: SeenGraph, namespace: string): string {
  const prefix = inNamespace(namespace, "");
  const own = actions.filter(
    ({ name, type }) => name.startsWith(prefix) && type.endsWith("/FollowJointTrajectory"),
  );
  const controllers = own.length === 0 ? "no trajectory controller" : own.map(({ name }) => name).join(", ");
  return `on ROS: ${nodes.length} nodes; ${controllers}`;
}

/** What `twin ros graph` sees, in the environment that it needs; null when there is no ROS 2 to look with. */
export function seenGraph(): SeenGraph | null {
  const [, program = ""] = process.argv;
  try {
    const text = execFileSync(process.execPath, [program, "ros", "graph", "--json"], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 30_000,
      encoding: "utf8",
    });
    return JSON.parse(text) as SeenGraph;
  } catch {
    return null;
  }
}
