import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const root = new URL("../../../", import.meta.url).pathname;
const folder = join(root, "firmware", "build");

/** What each port's build leaves, and what is needed to run it. */
const ports = {
  posix: { file: join(folder, "posix", "twin-posix"), needs: [] },
  mps2: { file: join(folder, "mps2", "twin-mps2.elf"), needs: ["qemu-system-arm"] },
  stm32f405: { file: join(folder, "stm32f405", "twin-stm32f405.elf"), needs: ["qemu-system-arm"] },
  rp2040: { file: join(root, "firmware", "images", "rp2040.bin"), needs: [] },
} as const;

export type PortName = keyof typeof ports;

/**
 * The built image of a port. Null, with one loud line, where it or what runs it is missing; with `REQUIRE_ALL=1` that is
 * a fault.
 */
export function imageOf(port: PortName): string | null {
  const { file, needs } = ports[port];
  const missing = needs.filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  if (existsSync(file) && missing.length === 0) return file;
  const what = missing.length > 0 ? `no ${missing.join(", ")}` : `${file} is not built`;
  const line = `${what} (node firmware/scripts/build.mjs): tests of the firmware on ${port}`;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return null;
}
