import { defineConfig } from "vite";
import { bundledLicences } from "./vite.licences.ts";

/**
 * The program as one file, over the one that tsc made: reading hundreds of modules was two thirds of the
 * time from `twin up` to the first answer.
 */
export default defineConfig({
  plugins: [bundledLicences("licences.txt")],
  build: {
    ssr: "src/main.ts",
    outDir: "dist",
    emptyOutDir: false,
    target: "node20",
    minify: false,
    rolldownOptions: { output: { entryFileNames: "main.js", chunkFileNames: "main-[hash].js" } },
  },
  ssr: {
    noExternal: true,
    external: [
      ...["rclnodejs", "serialport", "bufferutil", "utf-8-validate"],
      // They load files that lie beside them.
      ...["@foxglove/wasm-zstd", "@foxglove/wasm-lz4", "libsql"],
    ],
  },
});
