import { beforeEach, describe, expect, it } from "vitest";
import {
  ActionFeedbackTopic,
  newGoalUuid,
  withoutTypedFeedback,
} from "../../../../src/io/ros/action-feedback-topic.ts";
import { GoalTypeCheck } from "../../../../src/io/ros/goal-type-check.ts";
import { followJointTrajectory } from "../../../../src/io/ros/trajectory-client.ts";
import {
  decodeTrajectoryFeedback,
  type TrajectoryFeedback,
} from "../../../../src/protocol/trajectory-feedback.ts";
import { feedbackCdr } from "../../protocol/cdr.ts";
import { bestEffort, FakeRos, latched, type OutsidePublisher } from "./fake-ros.ts";
import { action } from "./goal.ts";

const type = "control_msgs/action/FollowJointTrajectory_FeedbackMessage";

let ros: FakeRos;
let server: OutsidePublisher;
let rejected: string[];
let topic: ActionFeedbackTopic<TrajectoryFeedback>;

beforeEach(() => {
  ros = new FakeRos();
  server = ros.publisher("/arm_controller", `${action}/_action/feedback`, type, bestEffort);
  rejected = [];
  topic = new ActionFeedbackTopic(
    ros.rcl,
    ros.node(),
    action,
    followJointTrajectory,
    decodeTrajectoryFeedback,
    (reason) => rejected.push(reason),
  );
});

describe("the feedback of an action", () => {
  it("goes to the follower of its goal, with the joints' position errors", () => {
    const [a, b] = [newGoalUuid(), newGoalUuid()];
    const heard: unknown[] = [];
    topic.follow(a, ({ error }) => heard.push(["a", error]));
    topic.follow(b, ({ error }) => heard.push(["b", error]));
    server.publish(feedbackCdr(b.uuid, [0.1, -0.2]));
    server.publish(feedbackCdr(a.uuid, []));
    expect(heard).toEqual([
      ["b", [0.1, -0.2]],
      ["a", []],
    ]);
  });

  it("of another client's goal is nobody's, and no fault", () => {
    server.publish(feedbackCdr(newGoalUuid().uuid, [0.1]));
    expect(rejected).toEqual([]);
  });

  it("is not followed any more once the goal is over", () => {
    const uuid = newGoalUuid();
    let count = 0;
    topic.follow(uuid, () => count++);
    server.publish(feedbackCdr(uuid.uuid, [0.1]));
    topic.unfollow({ uuid: Uint8Array.from(uuid.uuid) });
    server.publish(feedbackCdr(uuid.uuid, [0.1]));
    expect(count).toBe(1);
  });

  it("that cannot be read is rejected with the reason, and does not end what comes after it", () => {
    const uuid = newGoalUuid();
    let count = 0;
    topic.follow(uuid, () => count++);
    server.publish(new Uint8Array(7));
    server.publish(feedbackCdr(uuid.uuid, [0.1]));
    expect(rejected).toEqual(["7 bytes are not feedback"]);
    expect(count).toBe(1);
  });

  it("is heard as bytes, also from a publisher that is not reliable, with ten messages in store", () => {
    expect(ros.heardBy(`${action}/_action/feedback`)).toMatchObject([
      { reliable: false, latched: false, depth: 10 },
    ]);
    topic.destroy();
    expect(ros.heardBy(`${action}/_action/feedback`)).toEqual([]);
  });

  it("does not come by the typed subscription: that one asks for what no server offers", () => {
    const options = withoutTypedFeedback(ros.rcl) as { qos: { feedbackSubQosProfile: object } };
    expect(options.qos.feedbackSubQosProfile).toMatchObject(latched);
  });
});

describe("the ids of goals", () => {
  it("are sixteen bytes, others each time", () => {
    const ids = Array.from({ length: 100 }, () => Buffer.from(newGoalUuid().uuid).toString("hex"));
    expect(ids.every((id) => id.length === 32)).toBe(true);
    expect(new Set(ids).size).toBe(100);
  });
});

describe("the check of the goal's definition", () => {
  const checkOf = (theirs: number[] | null, ours: number[] | null): GoalTypeCheck => {
    ros.actionServer(action, null, undefined, theirs);
    ros.ownHash = ours;
    return GoalTypeCheck.ofAction(ros.node(), action, followJointTrajectory, "twin_commands");
  };

  it("finds no fault where both sides show the same hash, and looks no more then", () => {
    const check = checkOf([1, 2, 3], [1, 2, 3]);
    expect(check.fault()).toBeNull();
    ros.reads.length = 0;
    ros.ownHash = [9];
    expect(check.fault()).toBeNull();
    expect(ros.reads).toEqual([]);
  });

  it("finds a fault where they differ, each time, with the action's name and what to do", () => {
    const check = checkOf([1, 2, 3], [1, 2, 4]);
    expect(check.fault()).toContain(`${action} uses another definition`);
    expect(check.fault()).toContain("twin ros setup");
  });

  it("finds no fault where one side shows no hash, and gives up after twenty looks", () => {
    const check = checkOf(null, [1]);
    for (let i = 0; i < 20; i++) expect(check.fault()).toBeNull();
    ros.reads.length = 0;
    expect(check.fault()).toBeNull();
    expect(ros.reads).toEqual([]);
  });

  it("finds no fault where there is no server", () => {
    expect(
      GoalTypeCheck.ofAction(ros.node(), action, followJointTrajectory, "twin_commands").fault(),
    ).toBeNull();
  });

  it("finds a fault that shows only later", () => {
    const check = checkOf([1], null);
    expect(check.fault()).toBeNull();
    ros.ownHash = [2];
    expect(check.fault()).not.toBeNull();
  });
});
