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
