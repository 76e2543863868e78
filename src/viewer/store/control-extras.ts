import type { ControllerStatus, ControlStatus } from "../../protocol/state-messages.ts";

/** How fast everything goes, %; undefined where the server does not report it. */
export function overrideOf(control: ControlStatus | undefined): number | undefined {
  return control?.override;
}

/** Whether the base takes goals; undefined where the server does not report it. */
export function canNavigate(control: ControlStatus | undefined): boolean | undefined {
  return control?.can.navigate;
}

/** Whether something drives `joint`; where that is not reported, it may. */
export function hasControllerFor(control: ControlStatus | undefined, joint: string): boolean {
  return control?.can.joints?.includes(joint) ?? true;
}

/** What takes commands, and what would if it were there. */
export function controllersOf(control: ControlStatus | undefined): readonly ControllerStatus[] {
  return control?.can.controllers ?? [];
}

/** The grippers that take commands now. */
export function grippersOf(control: ControlStatus | undefined): readonly ControllerStatus[] {
  if (control?.can.gripper !== true) return [];
  return controllersOf(control).filter(({ kind, state }) => kind === "gripper" && state === "active");
}

/** A service that may be called now: `takesData` for a SetBool, else it is a Trigger. */
export type CallableService = { name: string; takesData: boolean };

/** The services that are allowed and there. */
export function servicesOf(control: ControlStatus | undefined): readonly CallableService[] {
  const { services = [], dataServices = [] } = control?.can ?? {};
  return services.map((name) => ({ name, takesData: dataServices.includes(name) }));
}

/** Whether anything of the robot takes commands now, its devices apart. */
export function takesCommands(can: ControlStatus["can"]): boolean {
  const { jointPosition, jointVelocity, twist, gripper = false, navigate = false, services = [] } = can;
  return jointPosition || jointVelocity || twist || gripper || navigate || services.length > 0;
}

/** Whether MoveIt can be asked for a plan now. */
export function hasMoveit(control: ControlStatus | undefined): boolean {
  return controllersOf(control).some(({ kind, state }) => kind === "planner" && state === "active");
}
