import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { bundledLicences } from "./vite.licences.ts";

const outDir = resolve("dist/viewer");

/** Writes `.br` and `.gz` beside the built files, once, so that the server need not compress at run time. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** The viewer: everything bundled, nothing fetched from elsewhere at run time. */
export default defineConfig({
  root: "src/viewer",
  base: "./",
  plugins: [react(), bundledLicences("licences.txt"), precompress()],
  build: {
    outDir,
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { index: resolve("src/viewer/index.html"), embed: resolve("src/viewer/embed/twin-robot.ts") },
      output: {
        // Pages of others load the web component by this name.
        entryFileNames: ({ name }) => (name === "embed" ? "embed.js" : "assets/[name]-[hash].js"),
      },
      preserveEntrySignatures: "allow-extension",
      // urdf-loader brings its own STL and Collada readers along, so these stay in the main chunk.
      checks: { ineffectiveDynamicImport: false },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/ws": { target: "ws://127.0.0.1:8080", ws: true } } },
});
