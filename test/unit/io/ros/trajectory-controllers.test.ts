import { beforeEach, describe, expect, it } from "vitest";
import { float64MultiArray } from "../../../../src/io/ros/forward-group.ts";
import { MeasuredJoints } from "../../../../src/io/ros/measured-joints.ts";
import {
  type ControllerNames,
  TrajectoryControllers,
} from "../../../../src/io/ros/trajectory-controllers.ts";
import { FakeRos, settled } from "./fake-ros.ts";
import { action, goal } from "./goal.ts";

let ros: FakeRos;
let reports: string[];
/** Prefixes that belong to other robots. */
let others: string[];

beforeEach(() => {
  ros = new FakeRos();
  reports = [];
  others = [];
});

function controllersOf(
  given: Partial<ControllerNames> = {},
  objection: (name: string) => string | null = () => null,
): TrajectoryControllers {
  return new TrajectoryControllers(
    ros.rcl,
    ros.node(),
    { configured: null, prefix: "/", forward: [], others: () => others, ...given },
    {
      report: ({ goalId, stage, code }) => reports.push(`${goalId} ${stage} ${code}`),
      rejected: (of, reason) => reports.push(`${of} rejected: ${reason}`),
      cancelRefused: (of) => reports.push(`${of} refused to cancel`),
      stampOf: () => ({ sec: 0, nanosec: 0 }),
    },
    () => ros.now,
    new MeasuredJoints(),
    objection,
    { isArmed: () => true, watch: () => undefined, unwatch: () => undefined, beat: () => undefined },
  );
}

const namesOf = (controllers: TrajectoryControllers) => controllers.current().map(({ name }) => name);

/** Looks at what a stop owes, a quarter of a second apart, `times` times. */
function repeat(controllers: TrajectoryControllers, times: number): void {
  for (let i = 0; i < times; i++) {
    ros.now += 250;
    controllers.repeatCancel();
  }
}

describe("the controllers of a robot", () => {
  it("are the servers of the action under its namespace, and no other action's", () => {
    ros.actionServer("/r1/arm/follow_joint_trajectory");
    ros.actionServer("/r1/gripper/gripper_cmd", null, "control_msgs/action/GripperCommand");
    ros.actionServer("/r10/arm/follow_joint_trajectory");
    ros.actionServer("/arm/follow_joint_trajectory");
    const controllers = controllersOf({ prefix: "/r1/" });
    controllers.poll();
    expect(namesOf(controllers)).toEqual(["/r1/arm/follow_joint_trajectory"]);
  });

  it("are not those of another robot below its namespace, from the look at which that robot is known", () => {
    ros.actionServer("/cell/arm/follow_joint_trajectory");
    ros.actionServer("/cell/r2/arm/follow_joint_trajectory");
    const controllers = controllersOf({ prefix: "/cell/" });
    controllers.poll();
    expect(controllers.current()).toHaveLength(2);
    others = ["/cell/r2/"];
    controllers.poll();
    expect(namesOf(controllers)).toEqual(["/cell/arm/follow_joint_trajectory"]);
  });

  it("are those of the configuration where it names some, wherever they are", () => {
    ros.actionServer("/arm/follow_joint_trajectory");
    ros.actionServer("/elsewhere/arm/follow_joint_trajectory");
    others = ["/elsewhere/"];
    const controllers = controllersOf({ configured: ["/elsewhere/arm/follow_joint_trajectory"] });
    controllers.poll();
    expect(namesOf(controllers)).toEqual(["/elsewhere/arm/follow_joint_trajectory"]);
  });

  it("come and go, and one that goes leaves nothing open", async () => {
    const controllers = controllersOf();
    controllers.poll();
    expect(controllers.isEmpty()).toBe(true);
    const server = ros.actionServer(action);
    controllers.poll();
    expect(controllers.isEmpty()).toBe(false);
    controllers.send(goal);
    server.newest().accept();
    await settled();
    server.leave();
    controllers.poll();
    expect(controllers.isEmpty()).toBe(true);
    expect(reports).toEqual(["g1 accepted ok", "g1 aborted controller_gone"]);
    expect(ros.open).toEqual([]);
    expect(ros.subscriptions).toEqual([]);
  });

  it("are gone once nobody serves them, though the graph goes on listing what only has clients; they come back", async () => {
    const server = ros.actionServer(action);
    const controllers = controllersOf();
    controllers.poll();
    controllers.watch();
    controllers.send(goal);
    server.newest().accept();
    await settled();
    // The goal service is still listed: our own client keeps it in the graph.
    ros.services.delete(server.cancelAll.name);
    controllers.watch();
    expect(reports).toEqual(["g1 accepted ok", "g1 aborted controller_gone"]);
    controllers.poll();
    expect(controllers.isEmpty()).toBe(true);
    expect(controllers.current()).toEqual([]);
    ros.services.set(server.cancelAll.name, server.cancelAll);
    expect(server.cancelAll.requests).toEqual([]);
    controllers.watch();
    expect(namesOf(controllers)).toEqual([action]);
    // It was only out of reach, and goes on with the goal, whose client was told that it is gone.
    expect(server.cancelAll.requests).toEqual([
      { goal_info: { goal_id: { uuid: server.newest().uuid }, stamp: { sec: 0, nanosec: 0 } } },
    ]);
    controllers.watch();
    expect(server.cancelAll.requests).toHaveLength(1);
  });

  it("are used in this order where several drive a joint: action, topic, position group, velocity group; none that is inactive", () => {
    const group = (name: string, kind: string) => {
      ros.subscriber(`/${name}`, `/${name}/commands`, float64MultiArray);
      ros.service(`/${name}/get_parameters`, "rcl_interfaces/srv/GetParameters", (request) => {
        const isNames = (request as { names: string[] }).names[0] === "joints";
        const value = isNames ? { type: 9, string_array_value: ["a"] } : { type: 4, string_value: kind };
        return { values: [value] };
      });
    };
    group("velocity", "velocity");
    group("position", "position");
    group("effort", "effort");
    ros.subscriber("/topic", "/topic/joint_trajectory", "trajectory_msgs/msg/JointTrajectory");
    ros.service("/topic/get_parameters", "rcl_interfaces/srv/GetParameters", () => ({
      values: [{ type: 9, string_array_value: ["a"] }],
    }));
    ros.actionServer(action, ["a"]);
    let inactive = "";
    const controllers = controllersOf({ forward: null }, (name) =>
      name === inactive ? "activate it" : null,
    );
    controllers.poll();
    const kinds = () => controllers.current().map(({ kind = "action" }) => kind);
    expect(kinds()).toEqual(["action", "topic", "position group", "velocity group"]);
    inactive = action;
    expect(kinds()).toEqual(["topic", "position group", "velocity group"]);
    controllers.end();
    expect(ros.open).toEqual([]);
  });

  it("of position and velocity groups are those of the configuration alone, or none", () => {
    ros.subscriber("/group", "/group/commands", float64MultiArray);
    ros.subscriber("/other", "/other/commands", float64MultiArray);
    const named = controllersOf({ forward: ["/group/commands"] });
    named.poll();
    expect(ros.publishers.filter(({ context }) => context !== null).map(({ topic }) => topic)).toEqual([
      "/group/commands",
    ]);
    named.end();
    const none = controllersOf({ forward: [] });
    none.poll();
    expect(ros.publishers.filter(({ context }) => context !== null)).toEqual([]);
  });

  it("are left at the end, without a word on what they do", async () => {
    const server = ros.actionServer(action);
    const controllers = controllersOf();
    controllers.poll();
    controllers.send(goal);
    server.newest().accept();
    await settled();
    controllers.end();
    expect(controllers.isEmpty()).toBe(true);
    expect(reports).toEqual(["g1 accepted ok"]);
    expect(ros.open).toEqual([]);
  });
});

describe("the joints of the controllers", () => {
  it("are asked for until they are known, and not any more then", () => {
    const server = ros.actionServer(action, ["shoulder"]);
    ros.services.delete(server.parameters.name);
    const controllers = controllersOf();
    controllers.poll();
    expect(controllers.current()).toEqual([{ name: action, joints: null }]);
    ros.services.set(server.parameters.name, server.parameters);
    controllers.poll();
    controllers.poll();
    expect(controllers.current()).toEqual([{ name: action, joints: ["shoulder"] }]);
    expect(server.parameters.requests).toHaveLength(1);
  });

  it("are asked for ten times at most: a controller may have no such parameter", () => {
    const server = ros.actionServer(action);
    const controllers = controllersOf();
    for (let i = 0; i < 30; i++) controllers.poll();
    expect(server.parameters.requests).toHaveLength(10);
  });
});

describe("a goal", () => {
  it("goes to the controller that it names", () => {
    const servers = ["/left/follow_joint_trajectory", "/right/follow_joint_trajectory"].map((name) =>
      ros.actionServer(name),
    );
    const controllers = controllersOf();
    controllers.poll();
    controllers.send({ ...goal, controller: "/right/follow_joint_trajectory" });
    expect(servers.map(({ goals }) => goals.length)).toEqual([0, 1]);
  });

  it("for a controller that is not there is aborted at once", () => {
    controllersOf().send(goal);
    expect(reports).toEqual(["g1 aborted controller_gone"]);
  });

  it("is canceled by its id, whichever controller has it", async () => {
    const servers = ["/left/follow_joint_trajectory", "/right/follow_joint_trajectory"].map((name) =>
      ros.actionServer(name),
    );
    const controllers = controllersOf();
    controllers.poll();
    for (const [i, { name }] of servers.entries())
      controllers.send({ ...goal, id: `g${i}`, controller: name });
    for (const server of servers) server.newest().accept();
    await settled();
    controllers.cancel("g1");
    expect(servers.map((server) => server.newest().cancels)).toEqual([0, 1]);
  });
});

describe("a stop", () => {
  it("cancels everything of every controller at once, and for a second after it", () => {
    const server = ros.actionServer(action);
    const controllers = controllersOf();
    controllers.poll();
    controllers.stop(30_000);
    expect(server.cancelAll.requests).toHaveLength(1);
    repeat(controllers, 4);
    expect(server.cancelAll.requests).toHaveLength(5);
    repeat(controllers, 8);
    expect(server.cancelAll.requests).toHaveLength(5);
  });

  it("cancels a goal that is accepted only after it", async () => {
    const server = ros.actionServer(action);
    const controllers = controllersOf();
    controllers.poll();
    controllers.send(goal);
    controllers.stop(30_000);
    server.newest().accept();
    await settled();
    expect(server.newest().cancels).toBe(1);
  });

  it("reaches a controller that cannot be asked yet as soon as it can", () => {
    const server = ros.actionServer(action);
    ros.services.delete(server.cancelAll.name);
    const controllers = controllersOf();
    controllers.poll();
    controllers.stop(30_000);
    repeat(controllers, 20);
    expect(server.cancelAll.requests).toEqual([]);
    ros.services.set(server.cancelAll.name, server.cancelAll);
    repeat(controllers, 20);
    expect(server.cancelAll.requests).toHaveLength(5);
  });

  it("reaches a controller that is found only after it, within the time that was given", () => {
    const controllers = controllersOf();
    controllers.stop(30_000);
    ros.now += 29_000;
    const inTime = ros.actionServer(action);
    controllers.poll();
    controllers.repeatCancel();
    expect(inTime.cancelAll.requests).toHaveLength(1);
    ros.now += 2000;
    const late = ros.actionServer("/late/follow_joint_trajectory");
    controllers.poll();
    repeat(controllers, 4);
    expect(late.cancelAll.requests).toEqual([]);
  });

  it("is given up where a controller cannot be asked within that time", () => {
    const server = ros.actionServer(action);
    ros.services.delete(server.cancelAll.name);
    const controllers = controllersOf();
    controllers.poll();
    controllers.stop(2000);
    repeat(controllers, 10);
    ros.services.set(server.cancelAll.name, server.cancelAll);
    repeat(controllers, 4);
    expect(server.cancelAll.requests).toEqual([]);
  });

  it("that is released is neither repeated nor carried to controllers that are found later", () => {
    const server = ros.actionServer(action);
    const controllers = controllersOf();
    controllers.poll();
    controllers.stop(30_000);
    controllers.reset();
    const later = ros.actionServer("/later/follow_joint_trajectory");
    controllers.poll();
    repeat(controllers, 4);
    expect(server.cancelAll.requests).toHaveLength(1);
    expect(later.cancelAll.requests).toEqual([]);
  });
});
