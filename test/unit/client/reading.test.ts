import { describe, expect, it } from "vitest";
import { columns, connected, frameBytes, offsetMs, things, welcome } from "./connected.ts";

/** A frame in which the elbow is at 1.25 rad, measured `age` ms before. */
const elbow = (age: number, quality = 0) => ({ values: [1.25], ages: [age, -1], qualities: [quality] });

describe("a value", () => {
  it("is the newest that came, aged by the server's clock at the moment of reading", async () => {
    const { platform, robot, state } = await connected();
    state.says(frameBytes(platform.nowMs + offsetMs, elbow(20)));
    expect(robot.joint("elbow")).toEqual({
      position: { value: 1.25, ageMs: 20, quality: "good", reason: null },
      velocity: null,
      effort: null,
    });
    platform.advance(300);
    expect(robot.joint("elbow").position?.ageMs).toBe(320);
  });

  it("of a slow line is as old as it is, though it just arrived", async () => {
    const { platform, robot, state } = await connected();
    const made = platform.nowMs + offsetMs;
    platform.advance(700);
    state.says(frameBytes(made, elbow(20)));
    expect(robot.joint("elbow").position?.ageMs).toBe(720);
  });

  it("comes from the snapshot before the first frame, and is null where there never was one", async () => {
    const { robot } = await connected();
    expect(robot.joint("elbow").position).toMatchObject({ value: 0.1, quality: "good" });
    const nothing = { position: null, velocity: null, effort: null };
    expect(robot.joint("elbow", "desired")).toEqual(nothing);
    expect(robot.joint("nose")).toEqual(nothing);
    expect(robot.joint("__proto__")).toEqual(nothing);
    expect(robot.base()).toEqual({ pose: null, twist: null });
    expect(robot.property("constructor")).toBeNull();
  });

  it("carries the server's quality with the reason that goes with it", async () => {
    const { platform, robot, state } = await connected();
    const cases = [
      [elbow(400, 1), "uncertain", "stale"],
      [elbow(3, 1), "uncertain", "initial"],
      [elbow(400, 2), "bad", "no-communication"],
    ] as const;
    for (const [frame, quality, reason] of cases) {
      state.says(frameBytes(platform.nowMs + offsetMs, frame));
      expect(robot.joint("elbow").position).toMatchObject({ value: 1.25, quality, reason });
      platform.advance(5);
    }
  });

  it("is bad while the connection is down, and its age goes on growing", async () => {
    const { platform, robot, state } = await connected();
    state.says(frameBytes(platform.nowMs + offsetMs, elbow(20)));
    state.drop();
    const lost = { value: 1.25, quality: "bad", reason: "no-communication" };
    expect(robot.joint("elbow").position).toEqual({ ...lost, ageMs: 20 });
    platform.advance(450);
    expect(robot.joint("elbow").position).toEqual({ ...lost, ageMs: 470 });
    expect(robot.property("battery/percentage")).toEqual({ ...lost, value: 0.8, ageMs: 460 });
  });

  it("is bad while the line is open and the server says nothing", async () => {
    const { platform, robot, state } = await connected();
    state.says(frameBytes(platform.nowMs + offsetMs, elbow(20)));
    platform.advance(2499);
    expect(robot.joint("elbow").position?.quality).toBe("good");
    platform.advance(1);
    expect(robot.joint("elbow").position).toMatchObject({ ageMs: 2520, quality: "bad" });
  });

  it("of the connection before stays bad until the new one brings a frame", async () => {
    const { platform, robot, state, command } = await connected();
    state.says(frameBytes(platform.nowMs + offsetMs, elbow(20)));
    state.drop();
    command.drop();
    platform.advance(500);
    welcome(platform);
    expect(robot.joint("elbow").position).toMatchObject({ value: 1.25, ageMs: 520, quality: "bad" });
    expect(robot.property("battery/percentage")).toMatchObject({ quality: "good" });
    platform.socket("ws/state").says(frameBytes(platform.nowMs + offsetMs, { values: [2], ages: [0] }));
    expect(robot.joint("elbow").position).toMatchObject({ value: 2, ageMs: 0, quality: "good" });
  });

  it("is not taken from a frame whose columns nobody announced, or that is older than the newest", async () => {
    const { platform, robot, state } = await connected();
    const now = platform.nowMs + offsetMs;
    state.says(frameBytes(now, elbow(20)));
    state.says(frameBytes(now - 1, { values: [3], ages: [0] }));
    const other = frameBytes(now + 1, { values: [4], ages: [0] });
    new DataView(other).setUint16(2, 77, true);
    state.says(other);
    expect(robot.joint("elbow").position?.value).toBe(1.25);
  });
});

describe("a new connection", () => {
  it("to a server with another clock is aged by that clock", async () => {
    const { platform, robot, state, command } = await connected();
    state.drop();
    command.drop();
    platform.advance(500);
    const otherMs = 9_000_000;
    const next = platform.socket("ws/state");
    next.open();
    next.says({ op: "hello", session: "client-1", serverTime: otherMs });
    // What was known before stays bad until the new server's snapshot.
    expect(robot.property("battery/percentage")?.quality).toBe("bad");
    next.says({ op: "layout", layout: 1, columns });
    next.says(frameBytes(otherMs, elbow(20)));
    platform.advance(30);
    expect(robot.joint("elbow").position).toMatchObject({ ageMs: 50, quality: "good" });
  });
});

describe("other values", () => {
  it("the base's pose, as position and quaternion", async () => {
    const { platform, robot, state } = await connected();
    const values = [0, 0, 1, 2, 3, 0, 0, 0, 1];
    state.says(frameBytes(platform.nowMs + offsetMs, { values, ages: new Array(9).fill(7) }));
    const pose = { position: [1, 2, 3], quaternion: [0, 0, 0, 1] };
    expect(robot.base().pose).toEqual({ value: pose, ageMs: 7, quality: "good", reason: null });
    expect(robot.base().twist).toBeNull();
    expect(robot.property("base/pose")?.value).toEqual(pose);
    expect(robot.property("joint/elbow/position")?.value).toBe(0);
  });

  it("a device's signals, by their names, and as they change", async () => {
    const { platform, twin, robot, state } = await connected();
    const device = twin.device("gripper");
    expect(device.signals()).toEqual(["force"]);
    expect(device.signal("force")).toMatchObject({ value: 2.5, quality: "good" });
    expect(device.signal("nothing")).toBeNull();
    let changes = 0;
    robot.on("state", () => changes++);
    const received = platform.nowMs + offsetMs;
    const reported = { value: 9, received, quality: "uncertain", reason: "stale", source: "mqtt" };
    state.says({
      op: "properties",
      revision: 2,
      time: received,
      things: {
        "device/gripper": { "device/gripper/force": { unit: "N", reported } },
        "device/unknown": { "device/unknown/x": { unit: "", reported } },
      },
    });
    expect(device.signal("force")).toMatchObject({ value: 9, quality: "uncertain", reason: "stale" });
    expect(changes).toBe(1);
    expect(things["device/gripper"].properties["device/gripper/force"].reported.value).toBe(2.5);
  });
});
