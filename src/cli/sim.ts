import { type Command, InvalidArgumentError, Option } from "commander";
import { demoUrdf } from "../app/demo.ts";
import { stampFromMs } from "../core/stamp.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { serverNow } from "../io/clock.ts";
import { CycleLoop } from "../io/cycle-loop.ts";
import { readDescriptionFile, srdfBeside } from "../io/files/description-file.ts";
import {
  type LinkTransform,
  type RosGoal,
  type RosGoalEnd,
  SimulatorNode,
} from "../io/ros/simulator-node.ts";
import { neutralConfiguration, setJointPosition } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import { readRelativePose } from "../robot/relative-pose.ts";
import { type SimulatedBase, SimulatedRobot } from "../sim/simulated-robot.ts";
import { weaknesses } from "../sim/weaknesses.ts";
import { addDescriptionOptions, type DescriptionOptions, descriptionOf } from "./description-options.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";
import { chooseRos } from "./ros-environment-choice.ts";
import { faultForm, faultsFault, type PlannedFault, readFault } from "./sim-faults.ts";

const rateHz = 100;
const transformsEvery = 4;

type SimOptions = DescriptionOptions & {
  base?: SimulatedBase;
  namespace: string;
  stamped?: boolean;
  plant?: "dynamic" | "kinematic";
  fault?: PlannedFault[];
};

export function addSimCommand(program: Command): void {
  addDescriptionOptions(program.command("sim"), "URDF or xacro file (default: the demo's rover)")
    .description("a simulated robot as a ROS 2 node of its own, with the topics of a real one")
    .addOption(
      new Option("--base <kind>", "kind of base (default: from the robot's wheels)").choices([
        "fixed",
        "diff_drive",
        "omni",
        "mecanum",
        "ackermann",
      ]),
    )
    .option("--namespace <name>", "ROS namespace", "")
    .option("--stamped", "take TwistStamped on cmd_vel instead of Twist")
    .addOption(
      new Option(
        "--plant <kind>",
        "dynamic: masses, actuators, friction; kinematic: no dynamics, joints follow (default: dynamic if all joints move masses)",
      ).choices(["dynamic", "kinematic"]),
    )
    .option(
      `--fault <${faultForm}>`,
      "a fault on demand, may be repeated: friction, torque, encoderBias, stuck, deadSensor; as elbow:torque=0.3@10",
      takeFault,
    )
    .action(simulate);
}

function takeFault(text: string, sofar: PlannedFault[] | undefined): PlannedFault[] {
  const read = readFault(text);
  if (!read.ok) throw new InvalidArgumentError(read.reason);
  return [...(sofar ?? []), read.value];
}

async function simulate(options: SimOptions): Promise<void> {
  const given = descriptionOf(options);
  const rclnodejs = await chooseRos("on");
  if (rclnodejs === null) return;
  const ending = new Ending();
  const file = given ?? demoUrdf;
  const read = readDescriptionFile(file, options.arg);
  if (!read.ok) fail(`${read.path === "" ? file : read.path}: ${read.reason}`);
  const urdf = read.value;
  const loaded = loadDescription(urdf);
  if ("fault" in loaded) fail(`${file}: ${loaded.fault}`);
  const { model } = loaded;
  const base = options.base ?? (given === undefined ? "diff_drive" : "fixed");
  const robot = new SimulatedRobot({
    model,
    base,
    ...(options.plant === undefined ? {} : { plant: options.plant }),
  });
  const faults = [...(options.fault ?? [])];
  const wrong = faultsFault(robot, faults);
  if (wrong !== null) fail(wrong);
  for (const line of weaknesses(model)) process.stderr.write(`${file}: ${line}\n`);
  const ends = new Map<string, (end: RosGoalEnd) => void>();
  const seconds = (): number => serverNow() / 1000;
  const node = new SimulatorNode(
    {
      rclnodejs,
      namespace: options.namespace,
      urdf,
      srdf: srdfBeside(file),
      controllerJoints: robot.trajectory.jointNames,
      hasBase: robot.base !== null,
      stampedTwist: options.stamped === true,
    },
    {
      accept: (goal, onEnd) => accept(robot, goal, seconds(), ends, onEnd),
      cancel: (id) => void robot.trajectory.cancel(id, seconds()),
      takeTwist: (x, y, yaw) => void robot.base?.setTwist(x, y, yaw, seconds()),
    },
  );
  await node
    .start()
    .catch((error: unknown) => fail(`ROS 2 did not start: ${String(error)}; see \`twin doctor\``));
  const transforms = new TransformTree(model, robot);
  let count = 0;
  const begun = seconds();
  let wasDynamic = robot.dynamics !== null;
  const step = (now: number): void => {
    for (let i = faults.length - 1; i >= 0; i -= 1) {
      const { joint, fault, after } = faults[i] as PlannedFault;
      if (now / 1000 - begun < after) continue;
      const begins = robot.dynamics?.inject(joint, fault) ?? false;
      if (begins) process.stdout.write(`${joint}: ${fault.kind} from now on\n`);
      else
        process.stderr.write(
          `${joint}: ${fault.kind} is ignored: the robot is simulated kinematically (no dynamics)\n`,
        );
      faults.splice(i, 1);
    }
    robot.step(now / 1000);
    if (wasDynamic && robot.dynamics === null) {
      wasDynamic = false;
      process.stderr.write(`${file}: ${robot.fault}; the robot is simulated kinematically (no dynamics)\n`);
    }
    for (const { id, status, errorCode, errorString } of robot.trajectory.takeResults()) {
      ends.get(id)?.({ status, code: errorCode, text: errorString });
      ends.delete(id);
    }
    const stamp = stampFromMs(Date.now());
    node.publishJoints(stamp, {
      names: robot.jointNames,
      positions: robot.position,
      velocities: robot.velocity,
      efforts: robot.effort,
    });
    const { x, y, yaw, linearX, linearY, angularZ } = robot.odometry;
    const pose = [x, y, 0, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)];
    const twist = [linearX, linearY, 0, 0, 0, angularZ];
    if (robot.base !== null) node.publishOdometry(stamp, model.rootLink, pose, twist);
    if (count++ % transformsEvery !== 0) return;
    const links = transforms.now();
    node.publishTransforms(
      stamp,
      robot.base === null ? links : [{ parent: "odom", child: model.rootLink, pose }, ...links],
    );
    const feedback = robot.trajectory.feedback();
    if (feedback !== null) {
      const { jointNames } = robot.trajectory;
      node.feedback(feedback.id, jointNames, feedback.desired.positions, feedback.actual.positions);
    }
  };
  const loop = new CycleLoop(step, serverNow, 1000 / rateHz);
  loop.start();
  process.stdout.write(`simulating "${model.name}" (${base}); Ctrl-C ends it\n`);
  ending.by(async () => {
    loop.stop();
    await node.stop();
  });
}

function accept(
  robot: SimulatedRobot,
  goal: RosGoal,
  now: number,
  ends: Map<string, (end: RosGoalEnd) => void>,
  onEnd: (end: RosGoalEnd) => void,
): string | null {
  const verdict = robot.trajectory.accept(
    {
      id: goal.id,
      jointNames: goal.joints,
      points: goal.points.map(({ time, positions, velocities, accelerations }) => ({
        timeFromStart: time,
        positions,
        ...(velocities.length > 0 ? { velocities } : {}),
        ...(accelerations.length > 0 ? { accelerations } : {}),
      })),
      pathTolerance: Object.fromEntries(goal.pathTolerance.map(({ name, ...t }) => [name, t])),
      goalTolerance: Object.fromEntries(goal.goalTolerance.map(({ name, ...t }) => [name, t])),
      goalTimeTolerance: goal.goalTimeTolerance,
    },
    now,
  );
  if (!verdict.accepted) return verdict.reason;
  ends.set(goal.id, onEnd);
  return null;
}

/** Every link in its parent, as robot_state_publisher says it on /tf. */
class TransformTree {
  private readonly q: Float64Array;
  private readonly data;

  constructor(
    private readonly model: RobotModel,
    private readonly robot: SimulatedRobot,
  ) {
    this.q = neutralConfiguration(model);
    this.data = createData(model);
  }

  now(): LinkTransform[] {
    for (const [i, name] of this.robot.jointNames.entries()) {
      const joint = this.model.joints[this.model.jointIndex.get(name) ?? -1];
      if (joint !== undefined && joint.nq === 1) {
        setJointPosition(this.model, this.q, name, this.robot.position[i] as number);
      }
    }
    forwardKinematics(this.model, this.data, this.q);
    return this.model.joints.map((joint, i) => {
      const pose = new Float64Array(7);
      // Joint i moves link i + 1.
      readRelativePose(this.data, this.model.linkIndex.get(joint.parentLink) ?? 0, i + 1, pose);
      return { parent: joint.parentLink, child: joint.childLink, pose };
    });
  }
}
