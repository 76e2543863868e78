import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createModel, type RobotModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";

const root = join(import.meta.dirname, "../../..");

/** Our arm. */
export const ownArm = join(root, "urdf/arm.urdf");
/** An arm of our own with seven joints. */
export const armSeven = join(root, "test/truth/urdf/arm-seven.urdf");

/** UR5 and Panda of PyPI's example-robot-data, where `PINOCCHIO_PREFIX` says that it is; else none. */
export function exampleArms(): string[] {
  const folder = join(process.env.PINOCCHIO_PREFIX ?? "/nowhere", "share/example-robot-data/robots");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\/(ur5_robot|panda)\.urdf$/.test(name))
    .map((name) => join(folder, name));
}

export function modelOf(file: string): RobotModel {
  const { description } = parseUrdf(readFileSync(file, "utf8"));
  if (description === null) throw new Error(`${file} is no robot`);
  return createModel(description);
}
