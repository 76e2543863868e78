// What the build depends on, as one hash: the stamp in dist/ says which state it was made from.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const inputs = [
  "src",
  "package.json",
  "tsconfig.base.json",
  "tsconfig.pure.json",
  "tsconfig.node.json",
  "tsconfig.client.json",
  "vite.config.ts",
  "vite.server.config.ts",
  "vite.licences.ts",
];

/** The stamp file of a checkout. */
export const stampOf = (root) => join(root, "dist", "build-stamp");

/** One hash over the paths and contents of everything that goes into dist/. */
export function sourceState(root) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    const path = join(root, input);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" })
          .sort()
          .map((name) => join(path, name))
      : [path];
    for (const file of files) {
      if (!statSync(file).isFile()) continue;
      hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
    }
  }
  return hash.digest("hex");
}

/** Whether dist/ was made from the sources as they are now. An installed package has no sources: it is. */
export function isBuilt(root) {
  if (!existsSync(join(root, "src"))) return true;
  if (!existsSync(join(root, "dist", "main.js")) || !existsSync(stampOf(root))) return false;
  return readFileSync(stampOf(root), "utf8") === sourceState(root);
}
