import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Capabilities } from "../../../../src/command/gate-output.ts";
import { type Stamp, stampFromMs } from "../../../../src/core/stamp.ts";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import { defaultRobot, type RobotConfig } from "../../../../src/io/config/config-schema.ts";
import { RosRobot } from "../../../../src/io/ros/ros-robot.ts";
import { cdrOf, feedbackCdr, odometryCdr, transformsCdr } from "../../protocol/cdr.ts";
import {
  arrivalsOf,
  askedAgain,
  bestEffort,
  FakeRos,
  inputsOf,
  latched,
  type OutsideActionServer,
  type OutsidePublisher,
  settled,
} from "./fake-ros.ts";
import { goal } from "./goal.ts";

const text = "std_msgs/msg/String";
const jointState = "sensor_msgs/msg/JointState";
const odometry = "nav_msgs/msg/Odometry";
const transforms = "tf2_msgs/msg/TFMessage";
const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";
const arm = "/r1/arm/follow_joint_trajectory";
/** ROS time at server ms 0 of the test. */
const epochMs = 1_700_000_000_000;

let ros: FakeRos;
let inbox: Inbox;
let robot: RosRobot;
let isSimulated: boolean;
let namespaces: string[];

beforeEach(() => {
  ros = new FakeRos();
  inbox = new Inbox();
  isSimulated = false;
  namespaces = ["r1"];
});

const rosNow = (): Stamp => stampFromMs(epochMs + ros.now);

/** The robot r1 in the namespace /r1, with other values of some keys. */
function follow(given: Partial<RobotConfig> = {}): RosRobot {
  const time = { now: rosNow, isSimulated };
  const handles = {
    rcl: ros.rcl,
    listener: ros.node("twin"),
    actor: ros.node("twin_commands"),
    second: () => null,
  };
  const config = { ...defaultRobot("r1", "r1"), ...given };
  robot = new RosRobot(
    handles,
    config,
    inbox,
    () => ros.now,
    time,
    () => namespaces,
  );
  return robot;
}

const commandsWith = (given: Partial<RobotConfig["commands"]>): RobotConfig["commands"] => {
  return { ...defaultRobot("r1", "r1").commands, ...given };
};

/** A look at the graph `ms` later. */
function look(closely = true, ms = 250): void {
  ros.now += ms;
  robot.poll(closely);
}

const joints = (stampMs: number, names = ["a"]) => {
  const header = { stamp: stampFromMs(stampMs), frame_id: "" };
  return cdrOf("sensor_msgs/JointState", {
    header: { ...header, stamp: { sec: header.stamp.sec, nsec: header.stamp.nanosec } },
    name: names,
    position: names.map(() => 1),
    velocity: [],
    effort: [],
  });
};

/** The last capabilities in the inbox that were reported, and how many. */
function capabilities(): { count: number; last: Capabilities | undefined } {
  const all = inputsOf(inbox, "capabilities");
  return { count: all.length, last: all.at(-1)?.capabilities };
}

const notes = () => inputsOf(inbox, "note");

describe("the topics of a robot", () => {
  it("are subscribed to below its namespace, and become inputs of that robot", () => {
    const driver = ros.publisher("/r1/driver", "/r1/joint_states", jointState);
    const rsp = ros.publisher("/r1/rsp", "/r1/robot_description", text, latched);
    const semantics = ros.publisher("/r1/move_group", "/r1/robot_description_semantic", text, latched);
    const other = ros.publisher("/driver", "/joint_states", jointState);
    rsp.publish(cdrOf("std_msgs/String", { data: "<robot/>" }));
    semantics.publish(cdrOf("std_msgs/String", { data: "<srdf/>" }));
    follow();
    look();
    driver.publish(joints(epochMs));
    other.publish(joints(epochMs));
    const inputs = arrivalsOf(inbox).map(({ source, input }) => [source, input.kind]);
    expect(inputs.filter(([, kind]) => kind !== "capabilities")).toEqual([
      ["ros:/r1/robot_description", "description"],
      ["ros:/r1/robot_description_semantic", "semantics"],
      ["ros:/r1/joint_states", "jointState"],
    ]);
  });

  it("are not those that the configuration has from elsewhere, or does not want", () => {
    ros.publisher("/r1/rsp", "/r1/robot_description", text, latched);
    ros.publisher("/r1/rsp", "/r1/robot_description_semantic", text, latched);
    ros.publisher("/r1/base", "/r1/odom", odometry);
    follow({ description: "robot.urdf", srdf: "robot.srdf", odometry: "off" });
    look();
    expect(ros.subscriptions.filter(({ context }) => context !== null)).toEqual([]);
  });

  it("show whether a robot is there: its description or its joints, not the topics that others may have", () => {
    const imu = ros.publisher("/r1/imu_driver", "/r1/imu", "sensor_msgs/msg/Imu");
    const tf = ros.publisher("/r1/slam", "/r1/tf", transforms);
    follow();
    look();
    expect(robot.isPresent()).toBe(false);
    const driver = ros.publisher("/r1/driver", "/r1/joint_states", jointState);
    look();
    expect(robot.isPresent()).toBe(true);
    driver.leave();
    look();
    expect(robot.isPresent()).toBe(false);
    imu.leave();
    tf.leave();
  });

  it("are found without a close look when the number of their publishers changes", () => {
    follow();
    look();
    ros.publisher("/r1/driver", "/r1/joint_states", jointState);
    look(false);
    expect(robot.isPresent()).toBe(true);
  });
});

describe("the capabilities of a robot", () => {
  it("are reported once, and again only when they change", () => {
    const server = ros.actionServer(arm, ["a"]);
    follow();
    look();
    const first = capabilities();
    expect(first.count).toBe(1);
    expect(first.last).toMatchObject({ trajectory: [{ name: arm, joints: ["a"] }], twist: false });
    expect(first.last?.noTwist).toContain("nothing subscribes to /r1/cmd_vel");
    for (let i = 0; i < 8; i++) look(i % 4 === 0);
    expect(capabilities().count).toBe(0);
    server.leave();
    look();
    expect(capabilities()).toMatchObject({ count: 1, last: { trajectory: [] } });
  });

  it("include twists as soon as a base is connected, and not any more at once when it is gone", () => {
    follow();
    look();
    arrivalsOf(inbox);
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    look(false);
    const found = capabilities().last;
    expect(found?.twist).toBe(true);
    expect(found).not.toHaveProperty("noTwist");
    base.leave();
    look(false);
    expect(capabilities().last).toMatchObject({
      twist: false,
      noTwist: "nothing takes the base's twists any more",
    });
    look(true);
    expect(capabilities().last?.noTwist).toContain("start the base controller");
  });

  it("include a controller without a close look while there is none, so that nobody waits for it", () => {
    follow({ commands: commandsWith({ trajectory: "auto", twist: "off" }) });
    look();
    ros.actionServer(arm);
    look(false);
    expect(capabilities().last?.trajectory).toHaveLength(1);
    ros.actionServer("/r1/second/follow_joint_trajectory");
    look(false);
    expect(capabilities().count).toBe(0);
    look(true);
    expect(capabilities().last?.trajectory).toHaveLength(2);
  });

  it("are none where commands are off, and give no reason", () => {
    ros.actionServer(arm);
    ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    follow({
      commands: commandsWith({ trajectory: "off", twist: "off", gripper: "off", navigate: "off" }),
    });
    look();
    expect(capabilities().last).toMatchObject({
      ...{ trajectory: [], twist: false, grippers: [], services: [] },
      ...{
        noGripper: expect.stringContaining("switched off"),
        noNavigator: expect.stringContaining("switched off"),
      },
    });
    expect(capabilities().last?.noTwist).toBeUndefined();
    robot.sendTwist({ x: 1, y: 0, yaw: 0 });
    robot.sendTrajectory({ ...goal, controller: arm });
    robot.setStopped(true);
    robot.setStopped(false);
    robot.flush();
    robot.end();
    expect(ros.open).toEqual([]);
  });

  it.each([
    [{ trajectory: "auto", forward: "auto" }, true],
    [{ trajectory: "off", forward: "auto" }, false],
    [{ trajectory: ["named/follow_joint_trajectory"], forward: "auto" }, false],
    [{ trajectory: "off", forward: ["group/commands"] }, true],
    [{ trajectory: "auto", forward: "off" }, false],
  ] as [Partial<RobotConfig["commands"]>, boolean][])(
    "have position groups by %o: %s",
    (commands, isThere) => {
      ros.subscriber("/r1/group", "/r1/group/commands", "std_msgs/msg/Float64MultiArray");
      ros.service("/r1/group/get_parameters", "rcl_interfaces/srv/GetParameters", (request) => {
        const isNames = (request as { names: string[] }).names[0] === "joints";
        return {
          values: [isNames ? { type: 9, string_array_value: ["a"] } : { type: 4, string_value: "position" }],
        };
      });
      follow({ commands: commandsWith(commands) });
      look();
      const group = { name: "/r1/group/commands", joints: ["a"], kind: "position group" };
      expect(capabilities().last?.trajectory).toEqual(isThere ? [group] : []);
    },
  );

  it("have no twist, with the remedy, while the controller of the base is inactive", () => {
    ros.subscriber("/r1/base_controller", "/r1/base_controller/cmd_vel", plain);
    let state = "inactive";
    ros.service(
      "/r1/controller_manager/list_controllers",
      "controller_manager_msgs/srv/ListControllers",
      () => ({
        controller: [
          {
            ...{ name: "base_controller", type: "diff_drive_controller/DiffDriveController", state },
            ...{ claimed_interfaces: [], required_command_interfaces: [] },
          },
        ],
      }),
    );
    follow();
    look(true, 1000);
    look(true, 1000);
    expect(capabilities().last).toMatchObject({
      twist: false,
      noTwist: expect.stringContaining(
        "set_controller_state -c /r1/controller_manager base_controller active",
      ),
    });
    state = "active";
    look(true, 1000);
    look(true, 1000);
    expect(capabilities().last).toMatchObject({ twist: true });
    expect(capabilities().last?.noTwist).toBeUndefined();
    // Somebody else listens as well: nobody knows what they do with it.
    state = "inactive";
    ros.subscriber("/r1/mux", "/r1/base_controller/cmd_vel", plain);
    look(true, 1000);
    look(true, 1000);
    expect(capabilities().last?.twist ?? true).toBe(true);
  });

  it("are not reported while another robot is chosen, and all of them once this one is again", () => {
    ros.actionServer(arm);
    ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    follow();
    robot.setChosen(false);
    look();
    expect(capabilities().count).toBe(0);
    robot.setChosen(true);
    look(false);
    expect(capabilities()).toMatchObject({ count: 1, last: { twist: true, trajectory: [{ name: arm }] } });
  });

  it("are reported anew once this robot is chosen again, though they are the same as before", () => {
    ros.actionServer(arm);
    ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    follow();
    look();
    expect(capabilities().count).toBe(1);
    robot.setChosen(false);
    look();
    robot.setChosen(true);
    look();
    expect(capabilities()).toMatchObject({ count: 1, last: { twist: true } });
  });

  it("name the subscriber whose QoS asks for more, as one that is not connected", () => {
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    base.isMatched = false;
    follow();
    look();
    expect(capabilities().last?.noTwist).toContain("/r1/cmd_vel has a subscriber that is not connected yet");
  });
});

describe("the odometry of a robot", () => {
  const heard = () => inputsOf(inbox, "odometry").length;

  it("is odom below the namespace, where somebody publishes it", () => {
    const usual = ros.publisher("/r1/ekf", "/r1/odom", odometry);
    const own = ros.publisher("/r1/base_controller", "/r1/base_controller/odom", odometry);
    follow();
    look();
    usual.publish(odometryCdr());
    own.publish(odometryCdr());
    expect(heard()).toBe(1);
  });

  it("is a controller's own where nobody publishes odom", () => {
    follow();
    look();
    const own = ros.publisher("/r1/base_controller", "/r1/base_controller/odom", odometry);
    look();
    own.publish(odometryCdr());
    expect(inputsOf(inbox, "odometry")).toMatchObject([{ robot: "r1", message: { frame: "odom" } }]);
  });

  it("is the configured topic and no other, wherever it is", () => {
    const other = ros.publisher("/r1/ekf", "/r1/odom", odometry);
    const fused = ros.publisher("/ekf", "/fused/odom", odometry);
    follow({ odometry: "/fused/odom" });
    look();
    other.publish(odometryCdr());
    fused.publish(odometryCdr());
    expect(arrivalsOf(inbox).filter(({ input }) => input.kind === "odometry")).toMatchObject([
      { source: "ros:/fused/odom" },
    ]);
  });

  it("names the frame in which twists are meant, and its own frames lose the robot's prefix", () => {
    const ekf = ros.publisher("/r1/ekf", "/r1/odom", odometry);
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", stamped);
    follow();
    look();
    robot.sendTwist({ x: 0.1, y: 0, yaw: 0 });
    ekf.publish(
      cdrOf("nav_msgs/Odometry", {
        header: { stamp: { sec: 1, nsec: 0 }, frame_id: "r1/odom" },
        child_frame_id: "r1/base_footprint",
        pose: { pose: { orientation: { x: 0, y: 0, z: 0, w: 1 } } },
      }),
    );
    robot.sendTwist({ x: 0.1, y: 0, yaw: 0 });
    expect(
      base.heard.map((message) => (message as { header: { frame_id: string } }).header.frame_id),
    ).toEqual(["base_link", "r1/base_footprint"]);
    expect(inputsOf(inbox, "odometry")).toMatchObject([
      { message: { frame: "odom", childFrame: "base_footprint" } },
    ]);
  });
});

describe("the frames of a robot in a namespace", () => {
  const complaints = () => notes().filter(({ code }) => code === "tf.prefix");

  it("are those of /tf with its prefix, without the prefix", () => {
    const tf = ros.publisher("/r1/rsp", "/tf", transforms);
    follow();
    look();
    tf.publish(transformsCdr(["r1/wheel", "r2/wheel"]));
    expect(inputsOf(inbox, "transforms").map((input) => input.transforms.map(({ child }) => child))).toEqual([
      ["wheel"],
    ]);
  });

  it("that never come are told once, with what is there instead", () => {
    const tf = ros.publisher("/rsp", "/tf", transforms);
    follow();
    look();
    tf.publish(transformsCdr(["wheel"]));
    look(true, 4000);
    expect(complaints()).toEqual([]);
    look(true, 2000);
    const [note] = complaints();
    expect(note).toMatchObject({ robot: "r1", severity: "warning" });
    expect(note?.text).toContain('no frame of /tf begins with "r1/"; there are wheel');
    look(true, 2000);
    expect(complaints()).toEqual([]);
  });

  it("are not missed on /tf where the robot has a tf topic of its own", () => {
    const tf = ros.publisher("/rsp", "/tf", transforms);
    ros.publisher("/r1/rsp", "/r1/tf", transforms);
    follow();
    look();
    tf.publish(transformsCdr(["wheel"]));
    look(true, 10_000);
    expect(complaints()).toEqual([]);
  });
});

describe("the clock of a robot", () => {
  let driver: OutsidePublisher;
  const warnings = () => notes().filter(({ code }) => code === "clock.differs");

  beforeEach(() => {
    driver = ros.publisher("/r1/driver", "/r1/joint_states", jointState, bestEffort);
  });

  it.each([
    [5000, "5.0 s in the past"],
    [-61_500, "61.5 s in the future"],
  ])("that is %i ms behind ours is told once, with its distance", (behind, said) => {
    follow();
    look();
    for (let i = 0; i < 3; i++) {
      driver.publish(joints(epochMs + ros.now - behind));
      look(true, 0);
    }
    const [note, ...more] = warnings();
    expect(note?.text).toContain(said);
    expect(note?.text).toContain("--use-sim-time");
    expect(more).toEqual([]);
  });

  it("that is less than a second late is no reason to warn", () => {
    follow();
    look();
    driver.publish(joints(epochMs + ros.now - 900));
    look();
    expect(warnings()).toEqual([]);
  });

  it("is not judged by joint states without a stamp", () => {
    follow();
    look();
    driver.publish(joints(0));
    look();
    expect(warnings()).toEqual([]);
  });

  describe("and the start of a goal", () => {
    const startOf = (): object | undefined => {
      const server = ros.servers.get(arm);
      robot.sendTrajectory({ ...goal, controller: arm, start: ros.now - 40 });
      return server?.newest().message.trajectory.header.stamp;
    };

    beforeEach(() => {
      ros.actionServer(arm);
    });

    it("is the time of planning where the clock agrees with ours", () => {
      follow();
      look();
      driver.publish(joints(epochMs + ros.now - 5));
      expect(startOf()).toEqual(stampFromMs(epochMs + ros.now - 40));
    });

    it("is the arrival of the goal where the clock does not agree, or is not known", () => {
      follow();
      look();
      expect(startOf()).toEqual({ sec: 0, nanosec: 0 });
      driver.publish(joints(epochMs + ros.now - 5000));
      expect(startOf()).toEqual({ sec: 0, nanosec: 0 });
    });

    it("is its arrival where it begins at rest: late it would be a jump", () => {
      follow();
      look();
      driver.publish(joints(epochMs + ros.now - 5));
      robot.sendTrajectory({ ...goal, controller: arm, start: ros.now - 40, from: null });
      const { header } = ros.servers.get(arm)?.newest().message.trajectory ?? {};
      expect(header?.stamp).toEqual({ sec: 0, nanosec: 0 });
    });

    it("is the arrival of the goal in simulated time, which comes in steps", () => {
      isSimulated = true;
      follow();
      look();
      driver.publish(joints(epochMs + ros.now - 5));
      expect(startOf()).toEqual({ sec: 0, nanosec: 0 });
    });
  });
});

describe("a stop of a robot", () => {
  let server: OutsideActionServer;

  beforeEach(() => {
    server = ros.actionServer(arm);
  });

  it("reaches the base and the controllers at once", () => {
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    follow();
    look();
    robot.sendTwist({ x: 0.3, y: 0, yaw: 0 });
    robot.setStopped(true);
    expect(base.heard).toMatchObject([{ linear: { x: 0.3 } }, { linear: { x: 0 }, angular: { z: 0 } }]);
    expect(server.cancelAll.requests).toHaveLength(1);
  });

  it("reaches what is found within half a minute after it, and what is found later it does not", () => {
    follow();
    robot.setStopped(true);
    ros.now += 28_000;
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    look();
    expect(server.cancelAll.requests).toHaveLength(1);
    expect(base.heard).toMatchObject([{ linear: { x: 0 } }]);
    look(true, 4000);
    const late = ros.subscriber("/r1/late", "/r1/cmd_vel", plain);
    const lateArm = ros.actionServer("/r1/late/follow_joint_trajectory");
    look();
    expect(late.heard).toEqual([]);
    expect(lateArm.cancelAll.requests).toEqual([]);
  });

  it("that is released ends what it still owed", () => {
    follow();
    robot.setStopped(true);
    robot.setStopped(false);
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    look();
    expect(base.heard).toEqual([]);
    expect(server.cancelAll.requests).toEqual([]);
  });

  it("that a controller refuses to carry out is told as an error, with what is left to do", async () => {
    follow();
    look();
    robot.sendTrajectory({ ...goal, controller: arm });
    server.newest().accept();
    server.newest().cancelAnswer = { return_code: 1, goals_canceling: [] };
    await settled();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    robot.setStopped(true);
    await askedAgain();
    vi.useRealTimers();
    expect(notes()).toMatchObject([
      {
        robot: "r1",
        severity: "error",
        code: "stop.not_canceled",
        text: `${arm} refused to cancel its goal: the robot may go on moving. Use the robot's own emergency stop.`,
      },
    ]);
  });
});

describe("a goal of a robot", () => {
  it("is reported with its robot through the inbox, its feedback with the largest error", async () => {
    const server = ros.actionServer(arm);
    const feedback = ros.publisher(
      "/r1/arm",
      `${arm}/_action/feedback`,
      "control_msgs/action/FollowJointTrajectory_FeedbackMessage",
    );
    follow();
    look();
    robot.sendTrajectory({ ...goal, controller: arm });
    server.newest().accept();
    await settled();
    feedback.publish(feedbackCdr(server.newest().uuid, [0.01, -0.25, Number.NaN]));
    robot.cancelTrajectory("g1");
    server.newest().finish("canceled");
    await settled();
    expect(inputsOf(inbox, "goal")).toEqual([
      { kind: "goal", robot: "r1", goalId: "g1", stage: "accepted", code: "ok", message: "" },
      { kind: "goal", robot: "r1", goalId: "g1", stage: "executing", code: "ok", message: "", error: 0.25 },
      { kind: "goal", robot: "r1", goalId: "g1", stage: "aborted", code: "canceled", message: "canceled" },
    ]);
    expect(server.newest().cancels).toBe(1);
  });

  it("has feedback that cannot be read refused under the action's name", () => {
    ros.actionServer(arm);
    const type = "control_msgs/action/FollowJointTrajectory_FeedbackMessage";
    const feedback = ros.publisher("/r1/arm", `${arm}/_action/feedback`, type);
    follow();
    look();
    arrivalsOf(inbox);
    feedback.publish(new Uint8Array(3));
    expect(arrivalsOf(inbox)).toMatchObject([{ source: `ros:${arm}/feedback`, input: { kind: "rejected" } }]);
  });

  it("goes to the controllers of this robot's namespace, not to those of a robot below it", () => {
    namespaces = ["r1", "r1/arm"];
    ros.actionServer(arm);
    follow();
    look();
    expect(capabilities().last?.trajectory).toEqual([]);
  });

  it("goes to the controllers that the configuration names, below the namespace or absolute", () => {
    ros.actionServer("/other/follow_joint_trajectory");
    ros.actionServer("/r1/named/follow_joint_trajectory");
    ros.actionServer(arm);
    const trajectory = ["/other/follow_joint_trajectory", "named/follow_joint_trajectory"];
    follow({ commands: commandsWith({ trajectory, twist: "off" }) });
    look();
    expect(capabilities().last?.trajectory.map(({ name }) => name)).toEqual([
      "/other/follow_joint_trajectory",
      "/r1/named/follow_joint_trajectory",
    ]);
  });
});

describe("a part of a robot that cannot be looked at", () => {
  it.each([
    ["a topic that cannot be subscribed to", "createSubscription sensor_msgs/msg/Imu"],
    ["an action that has no client", "ActionClient control_msgs/action/FollowJointTrajectory"],
  ])("(%s) is thrown, after all others were looked at and have got what a stop owes", (_, fault) => {
    ros.faults.set(fault, "no such type");
    ros.publisher("/r1/imu_driver", "/r1/imu", "sensor_msgs/msg/Imu");
    ros.publisher("/r1/rsp", "/r1/tf", transforms);
    ros.actionServer(arm);
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    follow();
    robot.setStopped(true);
    expect(() => look()).toThrow("no such type");
    expect(ros.heardBy("/r1/tf")).toHaveLength(1);
    expect(base.heard).toMatchObject([{ linear: { x: 0 } }]);
    expect(capabilities().last?.twist).toBe(true);
  });
});

describe("the twists of a robot", () => {
  it("are warned of where two message types are subscribed to", () => {
    ros.subscriber("/r1/base", "/r1/cmd_vel", plain);
    ros.subscriber("/r1/monitor", "/r1/cmd_vel", stamped);
    follow();
    look();
    const [note] = notes();
    expect(note).toMatchObject({ robot: "r1", severity: "warning", code: "twist.types" });
    expect(note?.text).toContain(
      "base as geometry_msgs/msg/Twist and monitor as geometry_msgs/msg/TwistStamped",
    );
  });

  it("go to the topic of the configuration, and are waited for at the end", () => {
    const base = ros.subscriber("/base", "/mux/cmd_vel", plain);
    follow({ commands: commandsWith({ trajectory: "off", twist: "/mux/cmd_vel" }) });
    look();
    robot.sendTwist({ x: 0.1, y: 0.2, yaw: 0.3 });
    robot.flush();
    expect(base.heard).toEqual([{ linear: { x: 0.1, y: 0.2, z: 0 }, angular: { x: 0, y: 0, z: 0.3 } }]);
    expect(ros.flushed).toEqual(["/mux/cmd_vel"]);
  });
});

describe("the end of a robot", () => {
  it("leaves nothing behind, whatever it had", async () => {
    const driver = ros.publisher("/r1/driver", "/r1/joint_states", jointState);
    ros.publisher("/r1/backup", "/r1/joint_states", jointState, bestEffort);
    ros.publisher("/r1/rsp", "/r1/robot_description", text, latched);
    ros.publisher("/r1/rsp", "/tf", transforms);
    ros.publisher("/r1/base_controller", "/r1/base_controller/odom", odometry);
    const base = ros.subscriber("/r1/base_controller", "/r1/base_controller/cmd_vel", stamped);
    const server = ros.actionServer(arm);
    server.parameters.answer = null;
    follow();
    look();
    look();
    robot.sendTrajectory({ ...goal, controller: arm });
    server.newest().accept();
    await settled();
    robot.end();
    arrivalsOf(inbox);
    driver.publish(joints(epochMs));
    robot.sendTwist({ x: 1, y: 0, yaw: 0 });
    expect(arrivalsOf(inbox)).toEqual([]);
    expect(base.heard).toEqual([]);
    expect(ros.open).toEqual([]);
    const ends = [...ros.subscriptions, ...ros.publishers].filter(({ context }) => context !== null);
    expect(ends).toEqual([]);
  });
});
