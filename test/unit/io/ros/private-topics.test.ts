import { beforeEach, describe, expect, it } from "vitest";
import { privateTopics } from "../../../../src/io/ros/private-topics.ts";
import type { RclNode } from "../../../../src/io/ros/rclnodejs-api.ts";
import { FakeRos } from "./fake-ros.ts";

const odometry = "nav_msgs/msg/Odometry";
const stamped = "geometry_msgs/msg/TwistStamped";

let ros: FakeRos;
beforeEach(() => {
  ros = new FakeRos();
});

const odomIn = (namespace: string) =>
  privateTopics(ros.node(), "publishers", namespace, ["odom"], [odometry]);

describe("a node's own topics", () => {
  it("are those named for the node that has them, in the namespace exactly", () => {
    ros.publisher("/base_controller", "/base_controller/odom", odometry);
    ros.publisher("/r1/base_controller", "/r1/base_controller/odom", odometry);
    ros.publisher("/r1/deep/base_controller", "/r1/deep/base_controller/odom", odometry);
    expect(odomIn("/")).toEqual(["/base_controller/odom"]);
    expect(odomIn("/r1")).toEqual(["/r1/base_controller/odom"]);
    expect(odomIn("/r1/deep")).toEqual(["/r1/deep/base_controller/odom"]);
    expect(odomIn("/r2")).toEqual([]);
  });

  it("are not those below another node's name, as of a robot at /base_controller", () => {
    ros.publisher("/base_controller/driver", "/base_controller/odom", odometry);
    ros.publisher("/other", "/wheel_controller/odom", odometry);
    expect(odomIn("/")).toEqual([]);
  });

  it("have one of the names, and one of the types of the node itself", () => {
    ros.publisher("/a", "/a/odometry", odometry);
    ros.publisher("/b", "/b/odom", "std_msgs/msg/String");
    ros.publisher("/other", "/b/odom", odometry);
    ros.publisher("/odom", "/odom", odometry);
    expect(odomIn("/")).toEqual([]);
  });

  it("are looked for at the end that was asked for, with all names, in order", () => {
    ros.subscriber("/right", "/right/cmd_vel", stamped);
    ros.subscriber("/left", "/left/cmd_vel_unstamped", stamped);
    ros.publisher("/joystick", "/joystick/cmd_vel", stamped);
    const leaves = ["cmd_vel", "cmd_vel_unstamped"];
    expect(privateTopics(ros.node(), "subscriptions", "/", leaves, [stamped])).toEqual([
      "/left/cmd_vel_unstamped",
      "/right/cmd_vel",
    ]);
    expect(privateTopics(ros.node(), "publishers", "/", leaves, [stamped])).toEqual(["/joystick/cmd_vel"]);
  });

  it("count also where the middleware does not say a node's namespace", () => {
    ros.publisher("/base_controller", "/base_controller/odom", odometry);
    const node: RclNode = ros.node();
    const infos = node.getPublishersInfoByTopic("/base_controller/odom");
    node.getPublishersInfoByTopic = () => infos.map(({ node_namespace: _, ...rest }) => rest);
    expect(privateTopics(node, "publishers", "/", ["odom"], [odometry])).toEqual(["/base_controller/odom"]);
  });
});
