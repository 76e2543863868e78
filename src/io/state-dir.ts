import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where an instance keeps what must survive a restart. Two instances on one machine differ by their
 * configuration and port.
 */
export function stateDir(configured: string | undefined, configPath: string | null, port: number): string {
  if (configured !== undefined) return configured;
  const base = process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
  const instance = createHash("sha256")
    .update(`${configPath ?? ""}\n${port}`)
    .digest("hex")
    .slice(0, 12);
  return join(base, "twinbridge", instance);
}
