import { beforeEach, describe, expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import { OdometryWatch, type OdometryWatchOptions } from "../../../../src/io/ros/odometry-watch.ts";
import { TopicWatch } from "../../../../src/io/ros/topic-watch.ts";
import { odometryCdr } from "../../protocol/cdr.ts";
import { arrivalsOf, FakeRos, type OutsidePublisher } from "./fake-ros.ts";

const odometry = "nav_msgs/msg/Odometry";

let ros: FakeRos;
let inbox: Inbox;
let watch: OdometryWatch;

beforeEach(() => {
  ros = new FakeRos();
  inbox = new Inbox();
  follow();
});

function follow(given: Partial<OdometryWatchOptions> = {}): void {
  const node = ros.node("twin");
  watch = new OdometryWatch({
    node,
    topic: "/odom",
    isAuto: true,
    namespace: "/",
    watch: (topic) => new TopicWatch(ros.rcl, node, topic, inbox, () => ros.now),
    wrap: (message, publishers) => ({ kind: "odometry", robot: "r", message, publishers }),
    ...given,
  });
}

const own = (name: string) => ros.publisher(`/${name}`, `/${name}/odom`, odometry);

/** The sources from which one message of each publisher arrives. */
function heard(...publishers: OutsidePublisher[]): string[] {
  arrivalsOf(inbox);
  for (const publisher of publishers) publisher.publish(odometryCdr());
  return arrivalsOf(inbox).map(({ source }) => source);
}

describe("the source of odometry", () => {
  it("is the usual topic, though controllers publish theirs too", () => {
    const usual = ros.publisher("/ekf", "/odom", odometry);
    const controller = own("base_controller");
    watch.poll(true);
    expect(heard(usual, controller)).toEqual(["ros:/odom"]);
  });

  it("is the one controller's own where nobody publishes the usual one", () => {
    const controller = own("base_controller");
    watch.poll(true);
    expect(heard(controller)).toEqual(["ros:/base_controller/odom"]);
  });

  it("is not guessed where two controllers have one each", () => {
    const both = [own("left"), own("right")];
    watch.poll(true);
    expect(heard(...both)).toEqual([]);
  });

  it("is not looked for without a close look: that costs a millisecond", () => {
    own("base_controller");
    watch.poll(false);
    expect(ros.reads).toEqual([]);
  });

  it("is not looked for where the configuration names the topic", () => {
    follow({ isAuto: false });
    const controller = own("base_controller");
    watch.poll(true);
    expect(heard(controller)).toEqual([]);
  });

  it("stays while it publishes, and is the usual one again once only that is there", () => {
    const controller = own("base_controller");
    watch.poll(true);
    const usual = ros.publisher("/ekf", "/odom", odometry);
    watch.poll(true);
    expect(heard(controller, usual)).toEqual(["ros:/base_controller/odom"]);
    controller.leave();
    watch.poll(true);
    watch.poll(true);
    expect(heard(usual)).toEqual(["ros:/odom"]);
    expect(ros.heardBy("/base_controller/odom")).toEqual([]);
  });

  it("is waited for where it was while nobody else has one: it may come back", () => {
    const controller = own("base_controller");
    watch.poll(true);
    controller.leave();
    watch.poll(true);
    const back = own("base_controller");
    watch.poll(true);
    expect(heard(back)).toEqual(["ros:/base_controller/odom"]);
  });

  it("is not a usual topic of another type", () => {
    ros.publisher("/logger", "/odom", "std_msgs/msg/String");
    const controller = own("base_controller");
    watch.poll(true);
    expect(heard(controller)).toEqual(["ros:/base_controller/odom"]);
  });

  it("is left at the end", () => {
    const usual = ros.publisher("/ekf", "/odom", odometry);
    watch.poll(true);
    watch.end();
    expect(heard(usual)).toEqual([]);
    expect(ros.heardBy("/odom")).toEqual([]);
  });
});
