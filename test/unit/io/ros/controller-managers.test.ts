import { beforeEach, expect, it } from "vitest";
import { ControllerManagers } from "../../../../src/io/ros/controller-managers.ts";
import { FakeRos, type OutsideService } from "./fake-ros.ts";

const type = "controller_manager_msgs/srv/ListControllers";

let ros: FakeRos;
let warnings: string[];
let managers: ControllerManagers;

beforeEach(() => {
  ros = new FakeRos();
  warnings = [];
  managers = new ControllerManagers(
    ros.node(),
    (name) => !name.startsWith("/other/"),
    () => ros.now,
    (text) => warnings.push(text),
  );
});

const listed = (
  name: string,
  state: string,
  kind = "joint_trajectory_controller/JointTrajectoryController",
) => ({
  ...{ name, state, type: kind, claimed_interfaces: state === "active" ? ["j1/position"] : [] },
  required_command_interfaces: ["j1/position", "j1/velocity", "j2/position"],
});

function manager(name: string, controller: object[]): OutsideService {
  return ros.service(`${name}/list_controllers`, type, () => ({ controller }));
}

function look(ms = 1000): void {
  ros.now += ms;
  managers.poll();
}

it("names controllers that are not active, with what to do, and none that only publish", () => {
  manager("/controller_manager", [
    listed("arm_controller", "active"),
    listed("second", "inactive"),
    listed("third", "unconfigured"),
    listed("fourth", "finalized"),
    listed("joint_state_broadcaster", "inactive", "joint_state_broadcaster/JointStateBroadcaster"),
  ]);
  manager("/other/controller_manager", [listed("foreign", "inactive")]);
  look();
  expect(managers.inactive().map(({ name, state, joints }) => [name, state, joints])).toEqual([
    ["/second", "inactive", ["j1", "j2"]],
    ["/third", "unconfigured", ["j1", "j2"]],
    ["/fourth", "finalized", ["j1", "j2"]],
  ]);
  expect(managers.objection("/arm_controller/follow_joint_trajectory")).toBeNull();
  expect(managers.objection("/unknown/follow_joint_trajectory")).toBeNull();
  expect(managers.objection("/second/follow_joint_trajectory")).toBe(
    "second is inactive: activate it with `ros2 control set_controller_state second active`",
  );
  expect(managers.objectionTo("/third")).toMatch(/unconfigured.* third inactive`, then .* third active`/);
  expect(managers.objectionTo("/fourth")).toContain("load it again");
});

it("names the manager in the remedy where it is below a namespace", () => {
  manager("/r1/controller_manager", [listed("arm", "inactive")]);
  look();
  expect(managers.objection("/r1/arm/commands")).toContain(
    "`ros2 control set_controller_state -c /r1/controller_manager arm active`",
  );
  expect(managers.objection("/arm/commands")).toBeNull();
});

it("asks once a second, and at once after something was rejected", () => {
  const service = manager("/controller_manager", [listed("arm", "active")]);
  look();
  look(250);
  look(250);
  expect(service.requests).toEqual([{}]);
  service.answer = () => ({ controller: [listed("arm", "inactive")] });
  managers.askSoon();
  look(250);
  expect(service.requests).toHaveLength(2);
  expect(managers.objectionTo("/arm")).toContain("inactive");
  look();
  expect(service.requests).toHaveLength(3);
});

it("knows nothing any more of a manager that does not answer, or is gone", () => {
  const service = manager("/controller_manager", [listed("arm", "inactive")]);
  look();
  service.answer = null;
  look();
  expect(managers.objectionTo("/arm")).not.toBeNull();
  look(2000);
  expect(service.requests).toHaveLength(2);
  look(4000);
  expect(service.requests).toHaveLength(3);
  expect(managers.objectionTo("/arm")).toBeNull();
  service.answer = () => ({ controller: [listed("arm", "inactive")] });
  look(6000);
  expect(managers.objectionTo("/arm")).not.toBeNull();
  ros.services.delete(service.name);
  look();
  expect(managers.inactive()).toEqual([]);
  expect(ros.open).toEqual([]);
});

it("says once that a manager cannot be asked, and goes on without it", () => {
  manager("/controller_manager", [listed("arm", "inactive")]);
  ros.faults.set(`createClient ${type}`, "no such type");
  look();
  look();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("twin ros setup");
  expect(managers.inactive()).toEqual([]);
});

it("tells since when each is in its state, and whether it was seen to change", () => {
  const service = manager("/r1/controller_manager", [listed("arm", "inactive")]);
  const seen = () => managers.seen().map(({ name, controllers }) => [name, controllers?.[0]]);
  look();
  const first = ros.now;
  expect(seen()).toMatchObject([["/r1/controller_manager", { sinceMs: first, sawChange: false }]]);
  look();
  expect(seen()).toMatchObject([["/r1/controller_manager", { sinceMs: first, state: "inactive" }]]);
  service.answer = () => ({ controller: [listed("arm", "active")] });
  look();
  expect(seen()).toMatchObject([["/r1/controller_manager", { sinceMs: ros.now, sawChange: true }]]);
});

it("leaves nothing behind", () => {
  manager("/controller_manager", [listed("arm", "inactive")]);
  look();
  managers.end();
  expect(ros.open).toEqual([]);
});
