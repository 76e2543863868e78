import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import { defaultRobot } from "../../../../src/io/config/config-schema.ts";
import type { Lack } from "../../../../src/io/ros/graph-watch.ts";
import { type RobotListener, RosNode, type RosNodeOptions } from "../../../../src/io/ros/ros-node.ts";
import { cdrOf, jointStateCdr } from "../../protocol/cdr.ts";
import { arrivalsOf, FakeRos, inputsOf, latched, type OutsidePublisher } from "./fake-ros.ts";

const text = "std_msgs/msg/String";
const jointState = "sensor_msgs/msg/JointState";
const twist = "geometry_msgs/msg/Twist";
const pollMs = 250;

let ros: FakeRos;
let inbox: Inbox;
let node: RosNode;
/** What the listener of the node was told, and how often its owner. */
let told: string[];
let calls: { stop: number; reset: number; poll: number };
let lack: Lack | null;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate"],
  });
  vi.stubEnv("FASTDDS_DEFAULT_PROFILES_FILE", "/own.xml");
  vi.stubEnv("ROS_DOMAIN_ID", "7");
  vi.stubEnv("ROS_DISTRO", "kilted");
  ros = new FakeRos();
  inbox = new Inbox();
  told = [];
  calls = { stop: 0, reset: 0, poll: 0 };
  lack = null;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  ros.clean();
});

/** As `app/ros-link.ts` does it: a robot that is gone is removed, and the last one's place is kept at the root. */
const discovery: RobotListener = {
  configOf: defaultRobot,
  found: (config) => told.push(`found ${config.id} in ${config.namespace}`),
  gone: (id, reason) => {
    told.push(`gone ${id}: ${reason}`);
    node.remove(id);
    if (node.robots.size === 0) node.add(defaultRobot("robot", ""));
  },
};

async function start(given: Partial<RosNodeOptions> = {}): Promise<void> {
  const options: RosNodeOptions = {
    rclnodejs: ros.file(),
    robots: [defaultRobot("robot", "")],
    discovery: null,
    useSimTime: false,
    onStop: () => calls.stop++,
    onReset: () => calls.reset++,
    onPoll: () => calls.poll++,
    lack: () => lack,
    ...given,
  };
  node = new RosNode(options, inbox, () => ros.now);
  await node.start();
}

/** Lets time pass, and the node look at the graph as often as it does meanwhile. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += pollMs) {
    ros.now += pollMs;
    vi.advanceTimersByTime(pollMs);
  }
}

async function stop(): Promise<void> {
  const stopped = node.stop();
  vi.advanceTimersByTime(60);
  await stopped;
}

/** A robot_state_publisher and a driver in a namespace, as "/r1" or "". */
function robotIn(namespace: string): { description: OutsidePublisher; joints: OutsidePublisher } {
  const rsp = `${namespace}/rsp`;
  const description = ros.publisher(rsp, `${namespace}/robot_description`, text, latched);
  description.publish(cdrOf("std_msgs/String", { data: `<robot name="in ${namespace}"/>` }));
  return {
    description,
    joints: ros.publisher(`${namespace}/driver`, `${namespace}/joint_states`, jointState),
  };
}

const statuses = () => inputsOf(inbox, "status").map(({ status }) => `${status.state}: ${status.detail}`);

describe("the start of the node", () => {
  it("makes one node that listens and one that acts, and lets both spin", async () => {
    await start();
    expect(ros.started).toEqual([undefined]);
    expect([...ros.nodes].map(({ name }) => name)).toEqual(["twin", "twin_commands"]);
    expect([...ros.spinning.keys()]).toEqual([...ros.nodes]);
    await stop();
  });

  it("looks at the graph at once: a robot that is there already is heard", async () => {
    robotIn("");
    await start();
    expect(inputsOf(inbox, "description")).toMatchObject([{ robot: "robot", text: '<robot name="in "/>' }]);
    expect(calls.poll).toBe(1);
    await stop();
  });

  it("rejects with what ROS gives as the reason", async () => {
    ros.faults.set("init", "rcl_init failed");
    await expect(start()).rejects.toThrow("rcl_init failed");
    expect(ros.nodes.size).toBe(0);
  });

  it("is needed before a robot is added", () => {
    const options = { robots: [], rclnodejs: "", discovery, useSimTime: false } as unknown as RosNodeOptions;
    const idle = new RosNode(options, inbox, () => ros.now);
    expect(() => idle.add(defaultRobot("robot", ""))).toThrow("the node has not started");
  });

  it("reports the distribution and the domain as the source's state every fourth look", async () => {
    await start();
    expect(statuses()).toEqual(["ok: kilted, domain 7"]);
    pass(3 * pollMs);
    expect(statuses()).toEqual([]);
    pass(pollMs);
    expect(statuses()).toEqual(["ok: kilted, domain 7"]);
    await stop();
  });

  it("reports what a robot lacks once it lacks it for five seconds, and no node of its own as another's", async () => {
    lack = { needs: [{ id: "robot", namespace: "", description: true, joints: true }], isRequired: true };
    await start();
    pass(6000);
    const last = inputsOf(inbox, "status").at(-1)?.status;
    expect(last?.state).toBe("connecting");
    expect(last?.reason).toContain("no other node is seen on ROS domain 7");
    await stop();
  });
});

describe("the end of the node", () => {
  it("leaves nothing open, waits for what was sent, and shuts the participant down", async () => {
    robotIn("");
    ros.subscriber("/base", "/cmd_vel", twist);
    ros.actionServer("/arm_controller/follow_joint_trajectory");
    await start();
    pass(1000);
    await stop();
    expect(ros.flushed).toEqual(["/cmd_vel"]);
    expect(ros.nodes.size).toBe(0);
    expect(ros.ended).toEqual([undefined]);
    expect(ros.subscriptions.filter(({ context }) => context !== null)).toEqual([]);
  });

  it("comes only after the last zero had time to leave", async () => {
    await start();
    const stopped = node.stop();
    vi.advanceTimersByTime(40);
    expect(ros.nodes.size).toBe(2);
    vi.advanceTimersByTime(20);
    await stopped;
    expect(ros.nodes.size).toBe(0);
  });

  it("ends the looks at the graph, one that is under way included", async () => {
    await start({ robots: [defaultRobot("a", "a"), defaultRobot("b", "b")] });
    vi.advanceTimersToNextTimer();
    await stop();
    const polls = calls.poll;
    pass(5000);
    expect(calls.poll).toBe(polls);
  });

  it("is harmless where the start failed", async () => {
    ros.faults.set("init", "rcl_init failed");
    await expect(start()).rejects.toThrow();
    await stop();
    expect(ros.ended).toEqual([]);
  });

  it("takes the second participant along, where two message types needed one", async () => {
    ros.subscriber("/base", "/cmd_vel", twist);
    ros.subscriber("/monitor", "/cmd_vel", "geometry_msgs/msg/TwistStamped");
    await start();
    pass(1000);
    await vi.advanceTimersByTimeAsync(0);
    expect([...ros.nodes].map(({ name }) => name)).toContain("twin_commands_2");
    await stop();
    expect(ros.nodes.size).toBe(0);
    expect(ros.ended).toHaveLength(2);
  });
});

describe("a second participant that cannot be made", () => {
  it("is reported as a fault of ROS, and the first type is still served", async () => {
    ros.faults.set("init context", "too many participants");
    const base = ros.subscriber("/base", "/cmd_vel", twist);
    ros.subscriber("/monitor", "/cmd_vel", "geometry_msgs/msg/TwistStamped");
    await start();
    pass(1000);
    await vi.advanceTimersByTimeAsync(0);
    expect(statuses()).toContain("error: second participant: too many participants");
    node.robots.get("robot")?.sendTwist({ x: 0.2, y: 0, yaw: 0 });
    expect(base.heard).toHaveLength(1);
    await stop();
  });
});

describe("the services", () => {
  it("/twin/stop and /twin/reset act, then answer", async () => {
    await start();
    expect(await ros.call("/twin/stop")).toEqual({ success: true, message: "stopped" });
    expect(calls).toMatchObject({ stop: 1, reset: 0 });
    expect(await ros.call("/twin/reset")).toEqual({ success: true, message: "released" });
    expect(calls).toMatchObject({ stop: 1, reset: 1 });
    await stop();
  });
});

describe("simulated time", () => {
  const clockOf = (sec: number) => cdrOf("rosgraph_msgs/Clock", { clock: { sec, nanosec: 5 } });

  it("comes from /clock, and stamps what is sent", async () => {
    const base = ros.subscriber("/base", "/cmd_vel", "geometry_msgs/msg/TwistStamped");
    const clock = ros.publisher("/gazebo", "/clock", "rosgraph_msgs/msg/Clock");
    await start({ useSimTime: true });
    const send = () => node.robots.get("robot")?.sendTwist({ x: 0.1, y: 0, yaw: 0 });
    send();
    clock.publish(clockOf(42));
    send();
    expect(base.heard).toMatchObject([
      { header: { stamp: { sec: 0, nanosec: 0 } } },
      { header: { stamp: { sec: 42, nanosec: 5 } } },
    ]);
    expect(inputsOf(inbox, "clock")).toEqual([{ kind: "clock", stamp: { sec: 42, nanosec: 5 } }]);
    await stop();
  });

  it("that cannot be read is refused with its source, and the time before it stays", async () => {
    const clock = ros.publisher("/gazebo", "/clock", "rosgraph_msgs/msg/Clock");
    await start({ useSimTime: true });
    arrivalsOf(inbox);
    clock.publish(new Uint8Array([0, 1]));
    expect(arrivalsOf(inbox)).toMatchObject([{ source: "ros:/clock", input: { kind: "rejected" } }]);
    await stop();
  });

  it("is not listened to where the system's time is used", async () => {
    ros.publisher("/gazebo", "/clock", "rosgraph_msgs/msg/Clock");
    await start();
    expect(ros.heardBy("/clock")).toEqual([]);
    await stop();
  });
});

describe("robots that are found", () => {
  it("are named by their namespaces, and heard from the first look", async () => {
    robotIn("/r1");
    robotIn("/cell/r2");
    await start({ robots: [], discovery });
    expect(told).toEqual(["found cell.r2 in /cell/r2", "found r1 in /r1"]);
    expect(inputsOf(inbox, "description").map(({ robot }) => robot)).toEqual(["cell.r2", "r1"]);
    await stop();
  });

  it("take the place of one at the root that was only waited for", async () => {
    await start({ discovery });
    pass(5000);
    expect(told).toEqual([]);
    robotIn("/r1");
    pass(pollMs);
    expect(told).toEqual(["found r1 in /r1", "gone robot: nothing in / publishes it any more"]);
    expect([...node.robots.keys()]).toEqual(["r1"]);
    await stop();
  });

  it("do not take the place of one at the root that is there", async () => {
    robotIn("");
    await start({ discovery });
    robotIn("/r1");
    pass(5000);
    expect(told).toEqual(["found r1 in /r1"]);
    expect([...node.robots.keys()]).toEqual(["robot", "r1"]);
    await stop();
  });

  it("do not take the place of one at the root that appears in the same look", async () => {
    await start({ discovery });
    robotIn("");
    robotIn("/r1");
    pass(2000);
    expect(told).toEqual(["found r1 in /r1"]);
    expect([...node.robots.keys()]).toEqual(["robot", "r1"]);
    await stop();
  });

  it("do not take the place of one at the root whose nodes just restart", async () => {
    const { description, joints } = robotIn("");
    await start({ discovery });
    pass(5000);
    description.leave();
    joints.leave();
    pass(500);
    robotIn("/r1");
    pass(1000);
    robotIn("");
    pass(5000);
    expect(told).toEqual(["found r1 in /r1"]);
    await stop();
  });

  it("are not looked for where the robots are configured", async () => {
    await start();
    robotIn("/r1");
    pass(2000);
    expect([...node.robots.keys()]).toEqual(["robot"]);
    await stop();
  });

  it("do not take an id that is another's", async () => {
    robotIn("/somewhere");
    robotIn("/r1");
    await start({ robots: [defaultRobot("r1", "somewhere")], discovery });
    pass(2000);
    expect(told).toEqual([]);
    expect(node.robots.size).toBe(1);
    await stop();
  });
});

describe("a robot that is gone", () => {
  it("is reported after three seconds without publishers, and the place at the root is kept again", async () => {
    const { description, joints } = robotIn("/r1");
    await start({ robots: [], discovery });
    description.leave();
    joints.leave();
    pass(2750);
    expect(told).toEqual(["found r1 in /r1"]);
    pass(1000);
    expect(told).toEqual(["found r1 in /r1", "gone r1: nothing in /r1 publishes it any more"]);
    expect([...node.robots.keys()]).toEqual(["robot"]);
    await stop();
  });

  it("stays while its joints still come, though nobody describes it any more", async () => {
    const { description } = robotIn("/r1");
    await start({ robots: [], discovery });
    description.leave();
    pass(8000);
    expect(told).toEqual(["found r1 in /r1"]);
    await stop();
  });

  it("is found anew when it comes back, and heard", async () => {
    const before = robotIn("/r1");
    await start({ robots: [], discovery });
    before.description.leave();
    before.joints.leave();
    pass(5000);
    arrivalsOf(inbox);
    const { joints } = robotIn("/r1");
    pass(1000);
    joints.publish(jointStateCdr(["a"], [1]));
    expect(told.at(-2)).toBe("found r1 in /r1");
    expect(inputsOf(inbox, "jointState").map(({ robot }) => robot)).toEqual(["r1"]);
    await stop();
  });

  it("keeps its connections for half a second, for the last zero, and then loses all of them", async () => {
    const { joints } = robotIn("/r1");
    const base = ros.subscriber("/r1/base", "/r1/cmd_vel", twist);
    ros.actionServer("/r1/arm/follow_joint_trajectory");
    await start({ robots: [defaultRobot("r1", "r1")] });
    pass(1000);
    const robot = node.robots.get("r1");
    node.remove("r1");
    robot?.sendTwist({ x: 0, y: 0, yaw: 0 });
    expect(base.heard).toHaveLength(1);
    pass(500);
    robot?.sendTwist({ x: 0, y: 0, yaw: 0 });
    arrivalsOf(inbox);
    joints.publish(jointStateCdr(["a"], [1]));
    expect(base.heard).toHaveLength(1);
    expect(ros.open).toEqual([]);
    expect(inputsOf(inbox, "jointState")).toEqual([]);
    await stop();
  });

  it("that nobody knows is no fault", async () => {
    await start();
    node.remove("nobody");
    pass(1000);
    expect(statuses().filter((line) => line.startsWith("error"))).toEqual([]);
    await stop();
  });
});

describe("a robot that cannot be looked at", () => {
  it("is reported, and keeps no other robot from being looked at", async () => {
    ros.faults.set("countPublishers /a/joint_states", "a is broken");
    robotIn("/b");
    await start({ robots: [defaultRobot("a", "a"), defaultRobot("b", "b")] });
    pass(pollMs);
    expect(statuses()).toContain("error: a is broken");
    expect(node.robots.get("b")?.isPresent()).toBe(true);
    expect(calls.poll).toBeGreaterThan(0);
    await stop();
  });

  it("does not keep the node from looking again", async () => {
    for (const topic of ["joint_states", "robot_description"]) {
      ros.faults.set(`countPublishers /${topic}`, "broken for a moment");
    }
    robotIn("");
    await start();
    expect(node.robots.get("robot")?.isPresent()).toBe(false);
    ros.faults.clear();
    pass(1000);
    expect(node.robots.get("robot")?.isPresent()).toBe(true);
    await stop();
  });

  it("does not keep other robots from being found", async () => {
    ros.faults.set("countPublishers /a/joint_states", "a is broken");
    robotIn("/a");
    robotIn("/b");
    await start({ robots: [], discovery });
    pass(1000);
    expect([...node.robots.keys()]).toEqual(["a", "b"]);
    await stop();
  });

  it("is reported also where the failure is the owner's of the node", async () => {
    await start({
      onPoll: () => {
        throw "no error at all";
      },
    });
    expect(statuses()).toEqual(["error: no error at all"]);
    await stop();
  });
});

describe("many robots", () => {
  it("are looked at one in a turn of the event loop, and no round begins before the last one ended", async () => {
    const robots = ["a", "b", "c"].map((id) => defaultRobot(id, id));
    for (const { id } of robots) robotIn(`/${id}`);
    await start({ robots });
    const present = () => robots.filter(({ id }) => node.robots.get(id)?.isPresent()).map(({ id }) => id);
    expect(present()).toEqual(["a"]);
    vi.advanceTimersToNextTimer();
    expect(present()).toEqual(["a", "b"]);
    expect(calls.poll).toBe(0);
    vi.advanceTimersToNextTimer();
    expect(present()).toEqual(["a", "b", "c"]);
    expect(calls.poll).toBe(1);
    await stop();
  });

  it("read the lists of the graph once a look, not once a robot", async () => {
    await start({ robots: ["a", "b", "c", "d"].map((id) => defaultRobot(id, id)) });
    pass(1000);
    ros.reads.length = 0;
    pass(pollMs);
    expect(ros.reads.filter((read) => read === "services")).toHaveLength(1);
    await stop();
  });
});
