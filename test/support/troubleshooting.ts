import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One row of README's table: what a person sees, and the texts of the program in it. */
export type TroubleRow = { see: string; texts: string[] };

/** The rows of README's troubleshooting table, in order. */
export function troubleRows(): TroubleRow[] {
  const readme = readFileSync(join(import.meta.dirname, "..", "..", "README.md"), "utf8");
  const section = readme.split("\n## Troubleshooting\n")[1]?.split("\n## ")[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(1)
    .map((line) => {
      const see = (line.split(" | ")[0] ?? "").slice(2);
      return { see, texts: [...see.matchAll(/[`"]([^`"]+)[`"]/g)].map((match) => match[1] ?? "") };
    });
}

/**
 * The rows that each kind of test provokes, by the first text of the program in them, else by the whole cell. A row that
 * no kind has fails `test/integration/troubleshooting.test.ts`.
 */
export const provoked = {
  integration: [
    "port … on 127.0.0.1 is in use",
    "there is no ROS 2 in this environment",
    "(log: …/setup.log)",
    "nothing listens there: start the broker",
    "no_controller",
    "stale_state",
    "lease_held",
    "self_collision",
    "collision",
    "stopped",
    "a phone cannot reach the page",
  ],
  browser: ["is not known: source its workspace", "no_lease"],
  ros: ["Waiting for a robot description", "nobody publishes /joint_states", "not_reached"],
} as const;

export type Provoked = keyof typeof provoked;

/** What was seen, when each row of `kind` was provoked. */
export type TroubleCases<Kind extends Provoked> = Record<
  (typeof provoked)[Kind][number],
  () => Promise<string>
>;

export function keyOf({ see, texts }: TroubleRow): string {
  return texts[0] ?? see;
}

/** Those texts of a row that `seen` does not have; `…` stands for any characters of one line. */
export function absentFrom(seen: string, { texts }: TroubleRow): string[] {
  return texts.filter((text) => {
    const escaped = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return !new RegExp(escaped.join(".+")).test(seen);
  });
}
