import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Writes `file` beside the bundle: the licence of every package whose code went into it. */
export function bundledLicences(file: string): Plugin {
  return {
    name: "bundled-licences",
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const inPackage = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
        if (inPackage !== undefined) folders.add(inPackage);
      }
      const texts = [...folders].sort().flatMap((folder) => {
        if (!existsSync(join(folder, "package.json"))) return [];
        const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const notice = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
        const text = notice === undefined ? "" : readFileSync(join(folder, notice), "utf8").trim();
        return [`${name} ${version} (${license})\n\n${text}\n`];
      });
      this.emitFile({ type: "asset", fileName: file, source: texts.join(`\n${"-".repeat(78)}\n\n`) });
    },
  };
}
