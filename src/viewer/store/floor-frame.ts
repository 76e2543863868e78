import { ownValue } from "../../core/own-value.ts";
import type { TwinStore } from "./twin-store.ts";

/** The frame of the robot's odometry, which is the floor of the view; null for a robot that has none. */
export function odometryFrame(store: TwinStore, robot: string): string | null {
  const frame = ownValue(store.things.get(), robot)?.definition.odometryFrame;
  return typeof frame === "string" && frame !== "" ? frame : null;
}

/** The frame of a goal on the floor of the view. */
export function floorFrame(store: TwinStore, robot: string): string {
  return odometryFrame(store, robot) ?? "odom";
}
