import { randomUUID } from "node:crypto";
import type { Stamp } from "../../core/stamp.ts";
import {
  durability,
  loadRclnodejs,
  qos,
  type RclNode,
  type Rclnodejs,
  type RclPublisher,
  reliability,
  type ServerGoalHandle,
} from "./rclnodejs-api.ts";
import { followJointTrajectory } from "./trajectory-client.ts";

const goalResponse = { reject: 1, accept: 2 } as const;
const controllerNode = "joint_trajectory_controller";

/** A trajectory goal in plain data; times in seconds, rad or m. */
export type RosGoal = {
  id: string;
  joints: string[];
  points: { time: number; positions: number[]; velocities: number[]; accelerations: number[] }[];
  pathTolerance: { name: string; position: number; velocity: number; acceleration: number }[];
  goalTolerance: { name: string; position: number; velocity: number; acceleration: number }[];
  goalTimeTolerance: number;
};

export type RosGoalEnd = { status: "succeeded" | "aborted" | "canceled"; code: number; text: string };

/** What moves behind the node: the simulated robot. */
export interface SimulatorBody {
  /** Null when taken, else why not. `onEnd` is called once when a taken goal ends. */
  accept(goal: RosGoal, onEnd: (end: RosGoalEnd) => void): string | null;
  cancel(id: string): void;
  takeTwist(x: number, y: number, yaw: number): void;
}

export type JointMeasurement = {
  names: readonly string[];
  positions: Float64Array;
  velocities: Float64Array;
  efforts: Float64Array;
};

export type LinkTransform = { parent: string; child: string; pose: ArrayLike<number> };

export type SimulatorNodeOptions = {
  rclnodejs: string;
  namespace: string;
  urdf: string;
  /** Which links may touch; null: not known. */
  srdf: string | null;
  /** Joints of the trajectory controller, as its `joints` parameter tells them. */
  controllerJoints: readonly string[];
  hasBase: boolean;
  stampedTwist: boolean;
};

/** The simulated robot's face on ROS 2: the topics and the action that ros2_control would offer. */
export class SimulatorNode {
  private node: RclNode | null = null;
  private controller: RclNode | null = null;
  private rcl: Rclnodejs | null = null;
  private joints: RclPublisher | null = null;
  private odometry: RclPublisher | null = null;
  private tf: RclPublisher | null = null;
  /** Goals that are under way, by our goal id. */
  private readonly handles = new Map<string, ServerGoalHandle>();

  constructor(
    private readonly options: SimulatorNodeOptions,
    private readonly body: SimulatorBody,
  ) {}

  async start(): Promise<void> {
    const { options } = this;
    const rcl = await loadRclnodejs(options.rclnodejs);
    await rcl.init();
    const node = new rcl.Node("twin_sim", options.namespace);
    const controller = new rcl.Node(controllerNode, options.namespace);
    this.rcl = rcl;
    this.node = node;
    this.controller = controller;
    const latched = qos(rcl, 1, reliability.reliable, durability.transientLocal);
    node
      .createPublisher("std_msgs/msg/String", "robot_description", { qos: latched })
      .publish({ data: options.urdf });
    if (options.srdf !== null) {
      node
        .createPublisher("std_msgs/msg/String", "robot_description_semantic", { qos: latched })
        .publish({ data: options.srdf });
    }
    this.joints = node.createPublisher("sensor_msgs/msg/JointState", "joint_states");
    this.tf = node.createPublisher("tf2_msgs/msg/TFMessage", "tf");
    if (options.hasBase) {
      this.odometry = node.createPublisher("nav_msgs/msg/Odometry", "odom");
      this.listen(node);
    }
    declareJoints(rcl, controller, options.controllerJoints);
    this.serve(rcl, controller);
    rcl.spin(node);
    rcl.spin(controller);
  }

  /** Leaves the graph. Nothing is published from here on, whoever still calls. */
  async stop(): Promise<void> {
    this.joints = null;
    this.odometry = null;
    this.tf = null;
    this.handles.clear();
    this.node?.destroy();
    this.controller?.destroy();
    this.node = null;
    this.controller = null;
    this.rcl?.shutdown();
  }

  publishJoints(stamp: Stamp, { names, positions, velocities, efforts }: JointMeasurement): void {
    this.joints?.publish({
      header: { stamp, frame_id: "" },
      name: names,
      position: positions,
      velocity: velocities,
      effort: efforts,
    });
  }

  /** `pose` is x y z qx qy qz qw of the base in odom, `twist` six numbers in the base. */
  publishOdometry(stamp: Stamp, baseFrame: string, pose: ArrayLike<number>, twist: ArrayLike<number>): void {
    const at = (a: ArrayLike<number>, i: number): number => a[i] ?? 0;
    const covariance = new Float64Array(36);
    this.odometry?.publish({
      header: { stamp, frame_id: "odom" },
      child_frame_id: baseFrame,
      pose: {
        pose: {
          position: { x: at(pose, 0), y: at(pose, 1), z: at(pose, 2) },
          orientation: { x: at(pose, 3), y: at(pose, 4), z: at(pose, 5), w: at(pose, 6) },
        },
        covariance,
      },
      twist: {
        twist: {
          linear: { x: at(twist, 0), y: at(twist, 1), z: at(twist, 2) },
          angular: { x: at(twist, 3), y: at(twist, 4), z: at(twist, 5) },
        },
        covariance,
      },
    });
  }

  publishTransforms(stamp: Stamp, transforms: readonly LinkTransform[]): void {
    const at = (a: ArrayLike<number>, i: number): number => a[i] ?? 0;
    this.tf?.publish({
      transforms: transforms.map(({ parent, child, pose }) => ({
        header: { stamp, frame_id: parent },
        child_frame_id: child,
        transform: {
          translation: { x: at(pose, 0), y: at(pose, 1), z: at(pose, 2) },
          rotation: { x: at(pose, 3), y: at(pose, 4), z: at(pose, 5), w: at(pose, 6) },
        },
      })),
    });
  }

  /** Tells the clients of a goal how it goes; rad or m in the goal's joint order. */
  feedback(
    id: string,
    joints: readonly string[],
    desired: ArrayLike<number>,
    actual: ArrayLike<number>,
  ): void {
    const stamp = { sec: 0, nanosec: 0 };
    const none = { positions: [], velocities: [], accelerations: [], effort: [], time_from_start: stamp };
    this.handles.get(id)?.publishFeedback({
      header: { stamp, frame_id: "" },
      joint_names: joints,
      desired: { ...none, positions: Array.from(desired) },
      actual: { ...none, positions: Array.from(actual) },
      error: { ...none, positions: Array.from(desired, (value, i) => value - (actual[i] ?? 0)) },
      multi_dof_joint_names: [],
      multi_dof_desired: noMultiDof,
      multi_dof_actual: noMultiDof,
      multi_dof_error: noMultiDof,
    });
  }

  private listen(node: RclNode): void {
    type Twist = { linear: { x: number; y: number }; angular: { z: number } };
    const take = ({ linear, angular }: Twist): void => this.body.takeTwist(linear.x, linear.y, angular.z);
    if (this.options.stampedTwist) {
      node.createSubscription("geometry_msgs/msg/TwistStamped", "cmd_vel", {}, (message) =>
        take((message as { twist: Twist }).twist),
      );
    } else
      node.createSubscription("geometry_msgs/msg/Twist", "cmd_vel", {}, (message) => take(message as Twist));
  }

  private serve(rcl: Rclnodejs, node: RclNode): void {
    const ends = new Map<string, Promise<RosGoalEnd>>();
    let judged: { goal: RosGoal; end: Promise<RosGoalEnd> } | null = null;
    new rcl.ActionServer(
      node,
      followJointTrajectory,
      `${controllerNode}/follow_joint_trajectory`,
      async (handle) => {
        const id = idOf(handle);
        const { status, code, text } = (await ends.get(id)) ?? { status: "aborted", code: -1, text: "" };
        ends.delete(id);
        this.handles.delete(this.bodyIds.get(id) ?? "");
        this.bodyIds.delete(id);
        if (status === "succeeded") handle.succeed();
        else if (status === "canceled") handle.canceled();
        else handle.abort();
        return { error_code: code, error_string: text };
      },
      (request) => {
        const goal = readGoal(request, `ros-${randomUUID()}`);
        let resolve: (end: RosGoalEnd) => void = () => undefined;
        const end = new Promise<RosGoalEnd>((done) => {
          resolve = done;
        });
        const refusal = this.body.accept(goal, resolve);
        judged = refusal === null ? { goal, end } : null;
        return refusal === null ? goalResponse.accept : goalResponse.reject;
      },
      (handle) => {
        // Judged and accepted in one go: the newest judged goal is this handle's.
        if (judged !== null) {
          ends.set(idOf(handle), judged.end);
          this.bodyIds.set(idOf(handle), judged.goal.id);
          this.handles.set(judged.goal.id, handle);
        }
        handle.execute();
      },
      (handle) => {
        const bodyId = this.bodyIds.get(idOf(handle));
        if (bodyId !== undefined) this.body.cancel(bodyId);
        return goalResponse.accept;
      },
    );
  }

  /** Our goal id by the action's. */
  private readonly bodyIds = new Map<string, string>();
}

const noMultiDof = {
  transforms: [],
  velocities: [],
  accelerations: [],
  time_from_start: { sec: 0, nanosec: 0 },
};

function idOf(handle: ServerGoalHandle): string {
  return Array.from(handle.goalId.uuid).join(".");
}

function declareJoints(rcl: Rclnodejs, node: RclNode, joints: readonly string[]): void {
  const stringArray = 9;
  node.declareParameter(new rcl.Parameter("joints", stringArray, [...joints]));
}

type Duration = { sec: number; nanosec: number };
type Tolerance = { name: string; position: number; velocity: number; acceleration: number };
type RosRequest = {
  trajectory: {
    joint_names: string[];
    points: {
      positions: ArrayLike<number>;
      velocities: ArrayLike<number>;
      accelerations: ArrayLike<number>;
      time_from_start: Duration;
    }[];
  };
  path_tolerance: Tolerance[];
  goal_tolerance: Tolerance[];
  goal_time_tolerance: Duration;
};

function readGoal(request: unknown, id: string): RosGoal {
  const { trajectory, path_tolerance, goal_tolerance, goal_time_tolerance } = request as RosRequest;
  const seconds = ({ sec, nanosec }: Duration): number => sec + nanosec * 1e-9;
  return {
    id,
    joints: [...trajectory.joint_names],
    points: trajectory.points.map((point) => ({
      time: seconds(point.time_from_start),
      positions: Array.from(point.positions),
      velocities: Array.from(point.velocities),
      accelerations: Array.from(point.accelerations),
    })),
    pathTolerance: path_tolerance.map((t) => ({ ...t })),
    goalTolerance: goal_tolerance.map((t) => ({ ...t })),
    goalTimeTolerance: seconds(goal_time_tolerance),
  };
}
