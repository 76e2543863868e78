// The robots that the model's benches use, from PyPI's example-robot-data.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

/** Where PyPI's `pin` and `example-robot-data` stand: PINOCCHIO_PREFIX, else those of `python3`; null without. */
export function pinocchioPrefix() {
  if (process.env.PINOCCHIO_PREFIX !== undefined) return process.env.PINOCCHIO_PREFIX;
  const found = spawnSync("python3", ["-c", "import pinocchio; print(pinocchio.__path__[0])"], {
    encoding: "utf8",
  });
  const prefix = found.status === 0 ? found.stdout.trim().replace(/cmeel\.prefix.*$/, "cmeel.prefix") : "";
  return existsSync(join(prefix, "include/pinocchio")) ? prefix : null;
}

/** A URDF of example-robot-data by its file name; our own arm where there is none. */
export function robotFile(prefix, name) {
  const folder = prefix === null ? null : join(prefix, "share/example-robot-data/robots");
  if (folder === null || !existsSync(folder)) return join(root, "urdf/arm.urdf");
  const found = readdirSync(folder, { recursive: true }).find((one) => one.endsWith(`/${name}`));
  return join(folder, found);
}
