import { isNumber, isObject, isText } from "../../client/message-checks.ts";
import type { ControlStatus } from "../../protocol/state-messages.ts";

/** A controller of the robot as the server lists it. */
export type ControllerInfo = {
  name: string;
  kind: string;
  joints: string[];
  state: string;
  reason: string | null;
};

/** How fast everything goes, %; undefined where the server does not report it. */
export function overrideOf(control: ControlStatus | undefined): number | undefined {
  const percent = fieldOf(control, "override");
  return isNumber(percent) ? percent : undefined;
}

/** Whether the base takes goals; undefined where the server does not report it. */
export function canNavigate(control: ControlStatus | undefined): boolean | undefined {
  const can = fieldOf(control?.can, "navigate");
  return typeof can === "boolean" ? can : undefined;
}

/** Whether a gripper takes commands; undefined where the server does not report it. */
export function canGrip(control: ControlStatus | undefined): boolean | undefined {
  const can = fieldOf(control?.can, "gripper");
  return typeof can === "boolean" ? can : undefined;
}

/** Whether something drives `joint`; where that is not reported, it may. */
export function hasControllerFor(control: ControlStatus | undefined, joint: string): boolean {
  return control?.can.joints?.includes(joint) ?? true;
}

export function controllersOf(control: ControlStatus | undefined): ControllerInfo[] {
  const list = fieldOf(control?.can, "controllers");
  if (!Array.isArray(list)) return [];
  return list.flatMap((one): ControllerInfo[] => {
    if (!isObject(one) || !isText(one.name) || !isText(one.kind)) return [];
    const joints = Array.isArray(one.joints) ? one.joints.filter(isText) : [];
    const reason = isText(one.reason) ? one.reason : null;
    return [{ name: one.name, kind: one.kind, joints, state: isText(one.state) ? one.state : "", reason }];
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
