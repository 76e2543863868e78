import { beforeEach, describe, expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import { FramePrefix } from "../../../../src/io/ros/frame-prefix.ts";
import { SharedTf } from "../../../../src/io/ros/shared-tf.ts";
import { transformsCdr } from "../../protocol/cdr.ts";
import { FakeRos, inputsOf, latched } from "./fake-ros.ts";

const type = "tf2_msgs/msg/TFMessage";

let ros: FakeRos;
let inbox: Inbox;
let tf: SharedTf;

beforeEach(() => {
  ros = new FakeRos();
  inbox = new Inbox();
  tf = new SharedTf(ros.rcl, ros.node("twin"), inbox, () => ros.now);
});

function join(...names: string[]): void {
  for (const name of names) tf.join(name, new FramePrefix("auto", name));
}

const told = () =>
  inputsOf(inbox, "transforms").map(
    ({ robot, isStatic, transforms }) =>
      `${robot} ${isStatic} ${transforms.map(({ child }) => child).join()}`,
  );

describe("the tf that robots in namespaces share", () => {
  it("is one subscription, whose frames go to the robots that they are of", () => {
    const publisher = ros.publisher("/rsp", "/tf", type);
    join("r1", "r2", "r3");
    tf.poll(true);
    expect(ros.subscriptions.filter((end) => end.topic === "/tf")).toHaveLength(1);
    publisher.publish(transformsCdr(["r1/wheel", "r2/wheel", "r2/hand", "wheel"]));
    expect(told()).toEqual(["r1 false wheel", "r2 false wheel,hand"]);
  });

  it("gives a robot that comes later the static frames that were published before, the newest of each", () => {
    const publisher = ros.publisher("/rsp", "/tf_static", type, latched);
    join("r1");
    tf.poll(true);
    publisher.publish(transformsCdr(["r1/camera", "r2/camera"]));
    publisher.publish(transformsCdr(["r2/lidar"]));
    expect(told()).toEqual(["r1 true camera"]);
    join("r2");
    expect(told()).toEqual(["r2 true camera,lidar"]);
  });

  it("is left when the last robot leaves, and joined again with the next", () => {
    const publisher = ros.publisher("/rsp", "/tf", type);
    join("r1", "r2");
    tf.poll(true);
    tf.leave("r1");
    publisher.publish(transformsCdr(["r1/wheel", "r2/wheel"]));
    expect(told()).toEqual(["r2 false wheel"]);
    tf.leave("r2");
    expect(ros.subscriptions.filter((end) => end.topic === "/tf")).toEqual([]);
    publisher.publish(transformsCdr(["r2/wheel"]));
    expect(told()).toEqual([]);
    join("r2");
    tf.poll(true);
    publisher.publish(transformsCdr(["r2/wheel"]));
    expect(told()).toEqual(["r2 false wheel"]);
  });

  it("counts a message that cannot be read, and goes on", () => {
    const publisher = ros.publisher("/rsp", "/tf", type);
    join("r1");
    tf.poll(true);
    publisher.publish(new Uint8Array([0, 1, 0, 0, 9]));
    expect(inputsOf(inbox, "rejected")).toHaveLength(1);
    publisher.publish(transformsCdr(["r1/wheel"]));
    expect(told()).toEqual(["r1 false wheel"]);
  });
});
