// npm start: build if needed, then `twin up` with whatever was given after `--`, in this very process: a signal that
// reaches it reaches the twin.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isBuilt } from "./build-state.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Resolves to the build's exit code; it ends with us. */
function build() {
  const child = spawn("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
  const end = (signal) => {
    child.kill(signal);
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, end);
      resolve(code ?? 1);
    });
  });
}

if (!isBuilt(root)) {
  console.log("building twinbridge (once, about half a minute) …");
  const code = await build();
  if (code !== 0) process.exit(code);
}
const main = join(root, "dist", "main.js");
process.argv = [process.execPath, main, "up", ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
