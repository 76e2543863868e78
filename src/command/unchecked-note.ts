import { listedNames } from "../core/listed-names.ts";
import type { CommandedRobot } from "./gate-output.ts";

/** What is to be said of a motion of a robot with links that nothing checks; empty where there are none. */
export function uncheckedNote({ uncheckedLinks = [] }: CommandedRobot): string {
  if (uncheckedLinks.length === 0) return "";
  return `; not checked for collisions: ${listedNames(uncheckedLinks)} (their meshes cannot be read)`;
}
