import { describe, expect, it } from "vitest";
import { actionServers } from "../../../../src/io/ros/action-servers.ts";
import { FakeRos } from "./fake-ros.ts";

describe("the actions that somebody serves", () => {
  it("are found by their goal services, with name and type of the action", () => {
    const ros = new FakeRos();
    ros.actionServer("/arm/follow_joint_trajectory");
    ros.actionServer("/r1/gripper_cmd", null, "control_msgs/action/GripperCommand");
    ros.service("/arm/_action/get_result", "control_msgs/action/FollowJointTrajectory_GetResult");
    ros.service("/send_goal", "std_srvs/srv/Trigger");
    expect(actionServers(ros.node())).toEqual([
      { name: "/arm/follow_joint_trajectory", types: ["control_msgs/action/FollowJointTrajectory"] },
      { name: "/r1/gripper_cmd", types: ["control_msgs/action/GripperCommand"] },
    ]);
  });

  it("are none where there is no service", () => {
    expect(actionServers(new FakeRos().node())).toEqual([]);
  });
});
