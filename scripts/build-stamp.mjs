// Last step of a build: notes which sources it was made from.
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceState, stampOf } from "./build-state.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
chmodSync(join(root, "dist", "main.js"), 0o755);
writeFileSync(stampOf(root), sourceState(root));
