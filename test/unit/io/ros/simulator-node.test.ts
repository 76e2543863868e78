import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type RosGoal,
  type RosGoalEnd,
  SimulatorNode,
  type SimulatorNodeOptions,
} from "../../../../src/io/ros/simulator-node.ts";
import { FakeRos, latched, settled } from "./fake-ros.ts";

const text = "std_msgs/msg/String";
const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";
const action = "/r1/joint_trajectory_controller/follow_joint_trajectory";
const stamp = { sec: 3, nanosec: 4 };

let ros: FakeRos;
let node: SimulatorNode;
/** What the simulated robot was asked for. */
let goals: RosGoal[];
let canceled: string[];
let twists: number[][];
let ends: Map<string, (end: RosGoalEnd) => void>;
let refusal: string | null;

beforeEach(() => {
  vi.stubEnv("FASTDDS_DEFAULT_PROFILES_FILE", "/own.xml");
  ros = new FakeRos();
  goals = [];
  canceled = [];
  twists = [];
  ends = new Map();
  refusal = null;
});

afterEach(() => {
  vi.unstubAllEnvs();
  ros.clean();
});

async function start(given: Partial<SimulatorNodeOptions> = {}): Promise<void> {
  const options = {
    rclnodejs: ros.file(),
    namespace: "r1",
    urdf: "<robot/>",
    srdf: null,
    controllerJoints: ["shoulder", "elbow"],
    hasBase: true,
    stampedTwist: true,
    ...given,
  };
  node = new SimulatorNode(options, {
    accept: (goal, onEnd) => {
      goals.push(goal);
      if (refusal === null) ends.set(goal.id, onEnd);
      return refusal;
    },
    cancel: (id) => canceled.push(id),
    takeTwist: (...twist) => twists.push(twist),
  });
  await node.start();
}

/** As a client sends it. */
const request = {
  trajectory: {
    joint_names: ["shoulder", "elbow"],
    points: [
      {
        positions: Float64Array.of(1, 2),
        velocities: Float64Array.of(3, 4),
        accelerations: Float64Array.of(),
        time_from_start: { sec: 1, nanosec: 500_000_000 },
      },
    ],
  },
  path_tolerance: [{ name: "shoulder", position: 0.1, velocity: 0, acceleration: 0 }],
  goal_tolerance: [{ name: "elbow", position: 0.2, velocity: 0, acceleration: 0 }],
  goal_time_tolerance: { sec: 2, nanosec: 250_000_000 },
};

const ownTopics = () =>
  [...ros.publishers, ...ros.subscriptions]
    .filter(({ context }) => context !== null)
    .map(({ topic }) => topic);

describe("the face of a simulated robot on ROS", () => {
  it("is a node beside a controller, both in its namespace and both spinning", async () => {
    await start();
    expect([...ros.spinning.keys()].map((one) => `${one.namespace}/${one.name}`)).toEqual([
      "r1/twin_sim",
      "r1/joint_trajectory_controller",
    ]);
  });

  it("has the topics of a robot with a base, below the namespace", async () => {
    await start();
    expect(ownTopics().sort()).toEqual([
      "/r1/cmd_vel",
      "/r1/joint_states",
      "/r1/odom",
      "/r1/robot_description",
      "/r1/tf",
    ]);
  });

  it("has neither odometry nor a velocity topic without a base", async () => {
    await start({ hasBase: false });
    expect(ownTopics().sort()).toEqual(["/r1/joint_states", "/r1/robot_description", "/r1/tf"]);
    node.publishOdometry(stamp, "base_link", [], []);
  });

  it("gives its description and semantics to whoever subscribes later", async () => {
    await start({ srdf: "<srdf/>" });
    const urdf = ros.subscriber("/viewer", "/r1/robot_description", text, latched);
    const srdf = ros.subscriber("/viewer", "/r1/robot_description_semantic", text, latched);
    expect([urdf.heard, srdf.heard]).toEqual([[{ data: "<robot/>" }], [{ data: "<srdf/>" }]]);
  });

  it("tells its controller's joints as a parameter of the controller, as text", async () => {
    await start();
    expect(ros.parameters).toEqual([
      { node: "joint_trajectory_controller", name: "joints", type: 9, value: ["shoulder", "elbow"] },
    ]);
  });

  it("leaves nothing at the end, and publishes nothing from then on", async () => {
    await start();
    const states = ros.subscriber("/viewer", "/r1/joint_states", "sensor_msgs/msg/JointState");
    await node.stop();
    expect(ros.nodes.size).toBe(0);
    expect(ownTopics()).toEqual([]);
    expect(ros.ended).toEqual([undefined]);
    const none = new Float64Array(0);
    node.publishJoints(stamp, { names: [], positions: none, velocities: none, efforts: none });
    node.publishTransforms(stamp, []);
    node.publishOdometry(stamp, "base_link", [], []);
    expect(states.heard).toEqual([]);
  });

  it("that cannot join ROS says why", async () => {
    ros.faults.set("init", "rcl_init failed");
    await expect(start()).rejects.toThrow("rcl_init failed");
    await node.stop();
  });
});

describe("the measurements of a simulated robot", () => {
  it("are joint states with their stamp", async () => {
    await start();
    const states = ros.subscriber("/viewer", "/r1/joint_states", "sensor_msgs/msg/JointState");
    const [positions, velocities, efforts] = [[1], [2], [3]].map((values) => Float64Array.from(values)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    node.publishJoints(stamp, { names: ["shoulder"], positions, velocities, efforts });
    expect(states.heard).toEqual([
      {
        header: { stamp, frame_id: "" },
        name: ["shoulder"],
        position: positions,
        velocity: velocities,
        effort: efforts,
      },
    ]);
  });

  it("are the base's pose in odom and its twist, each number in its place", async () => {
    await start();
    const odometry = ros.subscriber("/viewer", "/r1/odom", "nav_msgs/msg/Odometry");
    node.publishOdometry(stamp, "base_footprint", [1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13]);
    expect(odometry.heard).toMatchObject([
      {
        header: { stamp, frame_id: "odom" },
        child_frame_id: "base_footprint",
        pose: {
          pose: { position: { x: 1, y: 2, z: 3 }, orientation: { x: 4, y: 5, z: 6, w: 7 } },
          covariance: new Float64Array(36),
        },
        twist: { twist: { linear: { x: 8, y: 9, z: 10 }, angular: { x: 11, y: 12, z: 13 } } },
      },
    ]);
  });

  it("are transforms from parent to child", async () => {
    await start();
    const tf = ros.subscriber("/viewer", "/r1/tf", "tf2_msgs/msg/TFMessage");
    node.publishTransforms(stamp, [{ parent: "odom", child: "base", pose: [1, 2, 3, 0, 0, 0, 1] }]);
    expect(tf.heard).toEqual([
      {
        transforms: [
          {
            header: { stamp, frame_id: "odom" },
            child_frame_id: "base",
            transform: { translation: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
          },
        ],
      },
    ]);
  });
});

describe("the twists for a simulated robot", () => {
  const twist = { linear: { x: 0.1, y: 0.2, z: 9 }, angular: { x: 9, y: 9, z: 0.3 } };

  it.each([
    [true, stamped, { header: {}, twist }],
    [false, plain, twist],
  ])("are planar, stamped or not (%s: %s)", async (stampedTwist, type, message) => {
    await start({ stampedTwist });
    ros.publisher("/joystick", "/r1/cmd_vel", type).publish(message);
    expect(twists).toEqual([[0.1, 0.2, 0.3]]);
  });
});

describe("a goal for a simulated robot", () => {
  it("reaches it as plain data, in seconds", async () => {
    await start();
    const goal = ros.sendGoal(action, request);
    expect(goal.state).toBe("executing");
    expect(goals).toEqual([
      {
        id: expect.stringMatching(/^ros-/),
        joints: ["shoulder", "elbow"],
        points: [{ time: 1.5, positions: [1, 2], velocities: [3, 4], accelerations: [] }],
        pathTolerance: request.path_tolerance,
        goalTolerance: request.goal_tolerance,
        goalTimeTolerance: 2.25,
      },
    ]);
  });

  it("that it does not take is rejected", async () => {
    await start();
    refusal = "the joint is unknown";
    expect(ros.sendGoal(action, request).state).toBe("rejected");
  });

  it.each([
    ["succeeded", 0, ""],
    ["aborted", -4, "path tolerance violated"],
    ["canceled", 0, "canceled by its client"],
  ] as const)("that ends as %s ends so for its client, with code %i", async (status, code, said) => {
    await start();
    const goal = ros.sendGoal(action, request);
    ends.get(goals[0]?.id ?? "")?.({ status, code, text: said });
    expect(await goal.result).toEqual({ error_code: code, error_string: said });
    expect(goal.state).toBe(status);
  });

  it("is canceled by its client under the simulated robot's id of it", async () => {
    await start();
    const [first, second] = [ros.sendGoal(action, request, [1]), ros.sendGoal(action, request, [2])];
    second.cancel();
    expect(canceled).toEqual([goals[1]?.id]);
    first.cancel();
    expect(canceled).toEqual([goals[1]?.id, goals[0]?.id]);
  });

  it("ends by itself where another goal ends or is rejected", async () => {
    await start();
    const first = ros.sendGoal(action, request, [1]);
    const second = ros.sendGoal(action, request, [2]);
    refusal = "busy";
    ros.sendGoal(action, request, [3]);
    ends.get(goals[1]?.id ?? "")?.({ status: "succeeded", code: 0, text: "" });
    await settled();
    expect([first.state, second.state]).toEqual(["executing", "succeeded"]);
  });
});

describe("the feedback of a simulated robot", () => {
  const positionsOf = (message: object | undefined) => {
    const { desired, actual, error } = message as Record<string, { positions: number[] }>;
    return [desired?.positions, actual?.positions, error?.positions];
  };

  it("goes to the goal's client, with the error between desired and actual", async () => {
    await start();
    const [first, second] = [ros.sendGoal(action, request, [1]), ros.sendGoal(action, request, [2])];
    node.feedback(goals[0]?.id ?? "", ["shoulder", "elbow"], [1, 2], Float64Array.of(0.75, 2.5));
    expect(first.feedback).toHaveLength(1);
    expect(first.feedback[0]).toMatchObject({ joint_names: ["shoulder", "elbow"] });
    expect(positionsOf(first.feedback[0])).toEqual([
      [1, 2],
      [0.75, 2.5],
      [0.25, -0.5],
    ]);
    expect(second.feedback).toEqual([]);
  });

  it("of a goal that is over goes nowhere, and the goal cannot be canceled any more", async () => {
    await start();
    const goal = ros.sendGoal(action, request);
    const id = goals[0]?.id ?? "";
    ends.get(id)?.({ status: "succeeded", code: 0, text: "" });
    await settled();
    node.feedback(id, ["shoulder"], [1], [1]);
    goal.cancel();
    expect(goal.feedback).toEqual([]);
    expect(canceled).toEqual([]);
  });

  it("of an unknown goal goes nowhere", async () => {
    await start();
    const goal = ros.sendGoal(action, request);
    node.feedback("ros-unknown", ["shoulder"], [1], [1]);
    expect(goal.feedback).toEqual([]);
  });
});
