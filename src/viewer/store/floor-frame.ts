import { ownValue } from "../../core/own-value.ts";
import type { TwinStore } from "./twin-store.ts";

/** The frame of the view's floor: that of the robot's odometry, as the robot names it. */
export function floorFrame(store: TwinStore, robot: string): string {
  const frame = ownValue(store.things.get(), robot)?.definition.odometryFrame;
  return typeof frame === "string" && frame !== "" ? frame : "odom";
}
