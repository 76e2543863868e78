import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GraphWatch, type Lack, readGraph } from "../../../../src/io/ros/graph-watch.ts";
import { FakeRos } from "./fake-ros.ts";

const text = "std_msgs/msg/String";
const need = { id: "arm", namespace: "", description: true, joints: true };
const satisfied = { ...need, description: false, joints: false };

let ros: FakeRos;
let lack: Lack | null;
let watch: GraphWatch;

beforeEach(() => {
  vi.stubEnv("ROS_DOMAIN_ID", "42");
  vi.stubEnv("ROS_DISTRO", "jazzy");
  for (const name of ["RMW_IMPLEMENTATION", "ROS_AUTOMATIC_DISCOVERY_RANGE", "ROS_LOCALHOST_ONLY"]) {
    vi.stubEnv(name, undefined);
  }
  ros = new FakeRos();
  lack = { needs: [need], isRequired: true };
  watch = new GraphWatch(
    ros.node(),
    () => lack,
    () => ros.now,
  );
});

afterEach(() => vi.unstubAllEnvs());

const own = [
  "/twin",
  "/twin_commands",
  "/twin_commands_2",
  "/twin_doctor",
  "/_ros2cli_123",
  "/_NODE_NAME_UNKNOWN_",
];

describe("the ROS graph that is read", () => {
  it("has the nodes of others by their full names, each once, in order", () => {
    ros.publisher("/r1/rsp", "/r1/robot_description", text);
    ros.publisher("/r1/rsp", "/r1/other", text);
    ros.publisher("/driver", "/joint_states", text);
    expect(readGraph(ros.node("twin")).nodes).toEqual(["/driver", "/r1/rsp"]);
  });

  it("has no node of the twin itself, nor of a tool that only looks", () => {
    for (const name of own) {
      ros.publisher(name, `${name}/topic`, text);
    }
    ros.publisher("/twin_sim", "/joint_states", text);
    ros.publisher("/r1/twin", "/r1/topic", text);
    expect(readGraph(ros.node("twin")).nodes).toEqual(["/r1/twin", "/twin_sim"]);
  });

  it("has the topics that somebody publishes, not those that are only subscribed to", () => {
    ros.publisher("/rsp", "/robot_description", text);
    ros.subscriber("/rviz", "/plan", text);
    expect(readGraph(ros.node()).topics).toEqual([{ name: "/robot_description", types: [text] }]);
  });

  it.each([
    [{}, { domain: "0", rmw: "", range: "" }],
    [
      { ROS_DOMAIN_ID: "5", RMW_IMPLEMENTATION: "rmw_cyclonedds_cpp" },
      { domain: "5", rmw: "rmw_cyclonedds_cpp", range: "" },
    ],
    [
      { ROS_AUTOMATIC_DISCOVERY_RANGE: "LOCALHOST", ROS_LOCALHOST_ONLY: "1" },
      { range: "ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST" },
    ],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: "OFF" }, { range: "ROS_AUTOMATIC_DISCOVERY_RANGE=OFF" }],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: "SUBNET" }, { range: "" }],
    [{ ROS_LOCALHOST_ONLY: "1" }, { range: "ROS_LOCALHOST_ONLY=1" }],
    [{ ROS_LOCALHOST_ONLY: "0" }, { range: "" }],
  ])("with the variables %j says %j", (env, expected) => {
    expect(readGraph(ros.node(), env)).toMatchObject(expected);
  });
});

describe("the state of ROS as a source", () => {
  const ok = { name: "ros", state: "ok", detail: "jazzy, domain 42" };
  const waiting = {
    name: "ros",
    state: "connecting",
    detail: "jazzy, domain 42; waiting for the robot",
  };

  it("is ok where no robot is waited for, or none lacks anything, and the graph is not read for that", () => {
    lack = null;
    expect(watch.status()).toEqual(ok);
    lack = { needs: [satisfied], isRequired: true };
    ros.now += 60_000;
    expect(watch.status()).toEqual(ok);
    expect(ros.reads).toEqual([]);
  });

  it("is connecting without a reason for five seconds, then with one and a remedy", () => {
    expect(watch.status()).toEqual(waiting);
    ros.now += 4999;
    expect(watch.status()).toEqual(waiting);
    expect(ros.reads).toEqual([]);
    ros.now += 1;
    expect(watch.status()).toEqual({
      ...waiting,
      reason:
        "nobody publishes /robot_description; no other node is seen on ROS domain 42 with the default RMW",
      remedy: expect.stringContaining("ROS_DOMAIN_ID"),
    });
  });

  it("stays ok where the twin has something else to show, but names the reason", () => {
    lack = { needs: [need], isRequired: false };
    expect(watch.status()).toEqual(ok);
    ros.now += 5000;
    expect(watch.status()).toMatchObject({ ...ok, reason: expect.stringContaining("/robot_description") });
  });

  it("has patience anew once nothing was lacking for a while", () => {
    watch.status();
    ros.now += 10_000;
    lack = { needs: [satisfied], isRequired: true };
    watch.status();
    lack = { needs: [{ ...need, description: false }], isRequired: true };
    expect(watch.status()).toEqual(waiting);
    ros.now += 5000;
    expect(watch.status().reason).toContain("/joint_states");
  });

  it("has patience with each robot by itself", () => {
    const late = { ...need, id: "late", namespace: "late", joints: false };
    watch.status();
    ros.now += 6000;
    ros.publisher("/late/rsp", "/late/robot_description", text);
    lack = { needs: [late], isRequired: true };
    expect(watch.status()).toEqual(waiting);
    lack = { needs: [late, need], isRequired: true };
    ros.now += 4999;
    expect(watch.status()).toEqual(waiting);
    ros.now += 1;
    expect(watch.status().reason).toContain("/late/robot_description has a publisher");
  });

  it("gives the reason that holds now, not the first one", () => {
    watch.status();
    ros.now += 5000;
    watch.status();
    ros.publisher("/r2/rsp", "/r2/robot_description", text);
    expect(watch.status().remedy).toContain("use --namespace r2");
  });
});
