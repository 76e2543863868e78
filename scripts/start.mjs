// npm start: build if needed, then `twin up` with whatever was given after `--`.
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./build-state.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (!isBuilt(root)) {
  console.log("building twinbridge (once, about half a minute) …");
  const build = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
const twin = spawn(process.execPath, [join(root, "dist", "main.js"), "up", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// Ctrl-C reaches the whole group; other ends are handed on.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => twin.kill("SIGTERM"));
twin.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
