import { describe, expect, it } from "vitest";
import { diagnose, type RobotNeed, type RosGraph } from "../../../../src/io/ros/graph-diagnosis.ts";

const robot: RobotNeed = { id: "arm", namespace: "", description: true, joints: true };
const text = ["std_msgs/msg/String"];
const states = ["sensor_msgs/msg/JointState"];

function graph(given: Partial<RosGraph> = {}): RosGraph {
  return { nodes: ["/rsp"], topics: [], domain: "7", rmw: "rmw_fastrtps_cpp", range: "", ...given };
}

describe("why a robot does not show", () => {
  it("is nothing when nothing is missing", () => {
    expect(diagnose(graph(), [{ ...robot, description: false, joints: false }])).toBeNull();
    expect(diagnose(graph(), [])).toBeNull();
  });

  it("is its namespace, when the topic is below another one", () => {
    const topics = [{ name: "/r2/robot_description", types: text }];
    expect(diagnose(graph({ topics }), [robot])).toEqual({
      reason: "nobody publishes /robot_description; there is /r2/robot_description",
      remedy: 'use --namespace r2 (robots: namespace: r2 for "arm" in twin.yaml)',
    });
    const joints = [{ name: "/cell/r2/joint_states", types: states }];
    expect(diagnose(graph({ topics: joints }), [{ ...robot, description: false }])).toEqual({
      reason: "nobody publishes /joint_states; there is /cell/r2/joint_states",
      remedy: 'use --namespace cell/r2 (robots: namespace: cell/r2 for "arm" in twin.yaml)',
    });
  });

  it("is the twin's namespace, when the topic is in none", () => {
    const topics = [{ name: "/robot_description", types: text }];
    expect(diagnose(graph({ topics }), [{ ...robot, namespace: "/r2/" }])).toEqual({
      reason: "nobody publishes /r2/robot_description; there is /robot_description",
      remedy: 'leave --namespace out (robots: namespace: "" for "arm" in twin.yaml)',
    });
  });

  it("names several places, not all of very many", () => {
    const topics = Array.from({ length: 9 }, (_, i) => ({ name: `/r${i}/robot_description`, types: text }));
    expect(diagnose(graph({ topics }), [robot])?.reason).toContain(
      "/r0/robot_description, /r1/robot_description, /r2/robot_description, /r3/robot_description and 5 more",
    );
  });

  it("is the program that should publish, when other nodes are there", () => {
    expect(diagnose(graph(), [robot])).toEqual({
      reason: "nobody publishes /robot_description; ROS domain 7 has 1 other node: /rsp",
      remedy: "start robot_state_publisher, or name the robot's file with --description",
    });
  });

  it("is the domain, the middleware or the range, when nobody is there", () => {
    const alone = graph({ nodes: [], range: "ROS_LOCALHOST_ONLY=1" });
    const found = diagnose(alone, [robot]);
    expect(found?.reason).toBe(
      "nobody publishes /robot_description; no other node is seen on ROS domain 7 with rmw_fastrtps_cpp; ROS_LOCALHOST_ONLY=1 hides other machines",
    );
    expect(found?.remedy).toContain("the same ROS_DOMAIN_ID");
  });

  it("is the topic's type, or a description that is not latched", () => {
    const wrong = [{ name: "/joint_states", types: text }];
    expect(diagnose(graph({ topics: wrong }), [{ ...robot, description: false }])?.reason).toBe(
      "/joint_states is std_msgs/msg/String, but sensor_msgs/msg/JointState is needed",
    );
    const mute = [{ name: "/robot_description", types: text }];
    expect(diagnose(graph({ topics: mute }), [robot])?.remedy).toContain("transient local");
  });

  it("is looked for in the first robot that lacks something", () => {
    const second = { ...robot, id: "second", namespace: "r2" };
    const found = diagnose(graph(), [{ ...robot, description: false, joints: false }, second]);
    expect(found?.reason).toContain("/r2/robot_description");
  });
});
