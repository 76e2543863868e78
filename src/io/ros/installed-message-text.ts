import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FindMessageText } from "../../protocol/ros-schema-text.ts";
import { amentPrefixes } from "./message-definitions.ts";

/** A name as `sensor_msgs/JointState`, and no path. */
const typeName = /^([A-Za-z]\w*)\/([A-Za-z]\w*)$/;

/** The `.msg` files that are installed: of two packages of one name the one of the earlier prefix. */
export const installedMessageText: FindMessageText = (name) => {
  const [, pkg, type] = typeName.exec(name) ?? [];
  if (pkg === undefined || type === undefined) return null;
  for (const prefix of amentPrefixes()) {
    try {
      return readFileSync(join(prefix, "share", pkg, "msg", `${type}.msg`), "utf8");
    } catch {
      // the next prefix may have it
    }
  }
  return null;
};
