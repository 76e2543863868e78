import type { Command } from "commander";
import { vi } from "vitest";
import { createProgram } from "../../../src/cli/program.ts";

/** The end of the program, as an exception of the test's. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`the program ended with ${code}`);
  }
}

export type Run = { code: number | null; out: string; err: string };

/** Runs `act` with the end of the process and its output caught; `code` is null where it did not end by itself. */
export async function caught(act: () => unknown): Promise<Run> {
  const run: Run = { code: null, out: "", err: "" };
  const spies = [
    vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Exit(Number(code ?? 0));
    }),
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      run.out += String(text);
      return true;
    }),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      run.err += String(text);
      return true;
    }),
  ];
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    run.code = error.code;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return run;
}

/** Runs `twin` with these arguments in this process. */
export function twin(...args: string[]): Promise<Run> {
  return caught(() => createProgram().parseAsync(["node", "twin", ...args]));
}

/** Every command that does something, by its name as it is typed. */
export function commandsOf(program: Command, path = ""): Map<string, Command> {
  const found = new Map<string, Command>();
  for (const command of program.commands) {
    const name = `${path}${command.name()}`;
    if (command.commands.length === 0) found.set(name, command);
    for (const [inner, one] of commandsOf(command, `${name} `)) found.set(inner, one);
  }
  return found;
}

export type Understood = Run & { arguments: unknown[]; options: Record<string, unknown> | null };

/** What `twin` makes of arguments, without doing it. `options` is null where they were refused. */
export async function understood(...args: string[]): Promise<Understood> {
  const program = createProgram();
  const taken: Pick<Understood, "arguments" | "options"> = { arguments: [], options: null };
  for (const command of commandsOf(program).values()) {
    command.action((...of: unknown[]) => {
      taken.arguments = of.slice(0, -2);
      taken.options = of.at(-2) as Record<string, unknown>;
    });
  }
  const run = await caught(() => program.parseAsync(["node", "twin", ...args]));
  return { ...run, ...taken };
}
