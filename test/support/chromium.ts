import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Draws by the processor, phones nobody, and works as root in a container. */
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

/** The path of a Chromium on this machine: `CHROMIUM`, or where distributions put it; null when there is none. */
export function findChromium(): string | null {
  return places.find((path) => path !== undefined && path !== "" && existsSync(path)) ?? null;
}

/**
 * Whether the browser tests can run. Says loudly when they cannot; with `REQUIRE_ALL=1` that is a fault.
 */
export function hasChromium(): boolean {
  if (findChromium() !== null) return true;
  const line = "no Chromium found (apt-get install chromium, or set CHROMIUM): browser tests";
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

/** A browser with a fresh profile; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("no Chromium found");
  return chromium.launch({ executablePath, headless: true, args: flags });
}

/** A browser that can be killed, as by the system: `kill` ends it at once. The caller closes or kills it. */
export async function launchKillableChromium(): Promise<{ browser: Browser; kill: () => void }> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("no Chromium found");
  const server = await chromium.launchServer({ executablePath, headless: true, args: flags });
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, kill: () => server.process().kill("SIGKILL") };
}
