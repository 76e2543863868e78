import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  changedPackages,
  definitionsKey,
  readDefinitions,
  writeManifest,
} from "../../../../src/io/ros/message-definitions.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "definitions-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** An ament package of messages in a prefix below `root`. */
function install(prefix: string, name: string, files: Record<string, string>): string {
  const at = join(root, prefix);
  const entry = join(at, "share/ament_index/resource_index/rosidl_interfaces", name);
  mkdirSync(dirname(entry), { recursive: true });
  writeFileSync(entry, Object.keys(files).join("\n"));
  for (const [file, text] of Object.entries(files)) {
    const path = join(at, "share", name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return at;
}

/** An rclnodejs with code generated for these packages; its main file. */
function generated(...packages: string[]): string {
  const folder = join(root, "node_modules/rclnodejs");
  mkdirSync(join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  for (const name of packages) mkdirSync(join(folder, "generated", name), { recursive: true });
  return join(folder, "dist/index.cjs");
}

const pose = { "msg/Pose.msg": "float64 x\n", "msg/Pose.idl": "// made from it\n" };

describe("the message definitions of a ROS 2", () => {
  it("are unchanged where nothing changed, whichever prefix has them", () => {
    const base = install("base", "arm_msgs", pose);
    const main = generated("arm_msgs");
    writeManifest(main, readDefinitions([base]));
    expect(changedPackages(main, [base])).toEqual([]);
    const copy = install("copy", "arm_msgs", pose);
    expect(changedPackages(main, [copy, base])).toEqual([]);
  });

  it("are changed by another field in an overlay that comes before, and not by one that comes after", () => {
    const base = install("base", "arm_msgs", pose);
    install("base", "other_msgs", pose);
    const main = generated("arm_msgs", "other_msgs");
    writeManifest(main, readDefinitions([base]));
    const overlay = install("overlay", "arm_msgs", { ...pose, "msg/Pose.msg": "float64 x\nint32 index\n" });
    expect(changedPackages(main, [overlay, base])).toEqual(["arm_msgs"]);
    expect(changedPackages(main, [base, overlay])).toEqual([]);
  });

  it("are changed by an upgrade in place, of a service and of an action too", () => {
    for (const file of ["srv/Do.srv", "action/Do.action", "msg/Do.msg"]) {
      const base = install(file, "arm_msgs", { [file]: "int32 a\n---\nint32 b\n" });
      const main = generated("arm_msgs");
      writeManifest(main, readDefinitions([base]));
      install(file, "arm_msgs", { [file]: "int32 a\nint32 c\n---\nint32 b\n" });
      expect(changedPackages(main, [base])).toEqual(["arm_msgs"]);
    }
  });

  it("give another key, and no change, when a package comes or goes: its code only has to be made", () => {
    const base = install("base", "arm_msgs", pose);
    const main = generated("arm_msgs");
    const before = readDefinitions([base]);
    writeManifest(main, before);
    install("base", "new_msgs", pose);
    expect(changedPackages(main, [base])).toEqual([]);
    expect(definitionsKey(readDefinitions([base]))).not.toBe(definitionsKey(before));
    expect(changedPackages(main, [join(root, "nowhere")])).toEqual([]);
  });

  it("are changed, without a manifest, where a file is newer than the generated code", async () => {
    const base = install("base", "arm_msgs", pose);
    const main = generated("arm_msgs");
    expect(changedPackages(main, [base])).toEqual([]);
    // An upgrade keeps the time of the build in mtime; when it came to this disk shows in ctime.
    const file = join(base, "share/arm_msgs/msg/Pose.msg");
    do {
      writeFileSync(file, "float64 x\nfloat64 y\n");
      utimesSync(file, 1, 1);
    } while (changedPackages(main, [base]).length === 0);
    expect(changedPackages(main, [base])).toEqual(["arm_msgs"]);
  });
});
