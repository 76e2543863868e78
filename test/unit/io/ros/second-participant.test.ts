import { beforeEach, describe, expect, it } from "vitest";
import { SecondParticipant } from "../../../../src/io/ros/second-participant.ts";
import { FakeRos, settled } from "./fake-ros.ts";

let ros: FakeRos;
let failures: string[];
let second: SecondParticipant;

beforeEach(() => {
  ros = new FakeRos();
  failures = [];
  second = new SecondParticipant(ros.rcl, "twin_commands_2", (reason) => failures.push(reason));
});

describe("a second participant", () => {
  it("is not made before it is asked for", async () => {
    await settled();
    expect(ros.started).toEqual([]);
    second.stop();
    expect(ros.ended).toEqual([]);
  });

  it("is there a little after it was asked for, with a context of its own, and made once", async () => {
    expect(second.node()).toBeNull();
    expect(second.node()).toBeNull();
    await settled();
    expect(second.node()).toMatchObject({ name: "twin_commands_2" });
    expect(second.node()).toBe(second.node());
    expect(ros.started).toHaveLength(1);
    expect(ros.started[0]).toBeInstanceOf(ros.rcl.Context);
    expect(ros.nodes.size).toBe(1);
  });

  it("ends its node and its context, and no other context", async () => {
    second.node();
    await settled();
    second.stop();
    expect(ros.nodes.size).toBe(0);
    expect(ros.ended).toEqual(ros.started);
    second.stop();
    expect(ros.ended).toHaveLength(1);
  });

  it("is not made after its end", async () => {
    second.stop();
    expect(second.node()).toBeNull();
    await settled();
    expect(ros.started).toEqual([]);
  });

  it("that cannot be made is told once, with the reason, and not tried again", async () => {
    ros.faults.set("init context", "no ports left");
    second.node();
    await settled();
    expect(second.node()).toBeNull();
    await settled();
    expect(failures).toEqual(["no ports left"]);
    second.stop();
    expect(ros.ended).toEqual([]);
  });

  it("that is stopped while it is being made is ended once it is made", async () => {
    let open: () => void = () => undefined;
    ros.initGate = new Promise((resolve) => {
      open = resolve;
    });
    second.node();
    second.stop();
    open();
    await settled();
    expect(second.node()).toBeNull();
    expect(ros.nodes.size).toBe(0);
    expect(ros.ended).toEqual(ros.started);
    expect(ros.ended).toHaveLength(1);
  });
});
