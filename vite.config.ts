import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The viewer: everything bundled, nothing fetched from elsewhere at run time. */
export default defineConfig({
  root: "src/viewer",
  base: "./",
  plugins: [react()],
  build: { outDir: "../../dist/viewer", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 2000 },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/ws": { target: "ws://127.0.0.1:8080", ws: true } } },
});
