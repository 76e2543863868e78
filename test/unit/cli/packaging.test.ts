import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../../src/cli/program.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const packaging = join(root, "packaging");

/** What a command line asks for that `twin` has not. */
function unknownParts(line: string): string[] {
  const [name, ...parts] = line.trim().split(/\s+/);
  const command: Command | undefined = createProgram().commands.find((one) => one.name() === name);
  if (command === undefined) return [name ?? ""];
  const words = parts.filter(
    (part) => part.startsWith("--") || command.commands.some((c) => c.name() === part),
  );
  const known = new Set([
    ...command.options.map(({ long }) => long),
    ...command.commands.map((one) => one.name()),
  ]);
  return words.filter((word) => !known.has(word));
}

/** The command lines of `twin` in a text. */
const linesOf = (text: string): string[] =>
  [...text.matchAll(/\btwin ((?:up|init|gateway|ros|doctor)\b[^\n'`&;|\\]*)/g)].map(
    (match) => match[1] ?? "",
  );

describe("what is there to run twinbridge as a service", () => {
  it("calls commands and options that there are", () => {
    const texts = readdirSync(packaging).map((name) => readFileSync(join(packaging, name), "utf8"));
    texts.push(readFileSync(join(root, "docs", "deployment.md"), "utf8"));
    const lines = texts.flatMap(linesOf);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(unknownParts(line), line).toEqual([]);
    expect(unknownParts("up --prot 1")).toEqual(["--prot"]);
  });

  it("has units with a user, an end by SIGTERM and one command", () => {
    for (const name of readdirSync(packaging).filter((file) => file.endsWith(".service"))) {
      const unit = readFileSync(join(packaging, name), "utf8");
      for (const part of ["User=twinbridge", "KillSignal=SIGTERM", "Restart=on-failure", "[Install]"]) {
        expect(unit, name).toContain(part);
      }
      expect(unit.match(/^ExecStart=/gm), name).toHaveLength(1);
      for (const line of unit.split("\n")) expect(line).toMatch(/^(?:#.*|\[\w+\]|[A-Z]\w*=.*|)$/);
    }
  });

  it("has a container's start as a list, so that its signals reach the twin, and a user who is not root", () => {
    const text = readFileSync(join(packaging, "Dockerfile"), "utf8");
    const command = /^CMD (\[.*\])$/m.exec(text)?.[1] ?? "[]";
    expect(unknownParts((JSON.parse(command) as string[]).join(" "))).toEqual([]);
    expect(text).toContain('ENTRYPOINT ["twin"]');
    expect(text.match(/^USER .*$/gm)?.at(-1)).toBe("USER node");
  });

  it("is in the package", () => {
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
    expect(files).toContain("packaging");
  });
});
