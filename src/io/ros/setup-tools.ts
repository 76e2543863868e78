import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { firstError } from "./tool-error.ts";

/** A step of the set-up that failed, as one line with its remedy; `log` holds what the tools said. */
export class SetupFault extends Error {
  constructor(
    message: string,
    readonly log: string,
  ) {
    super(message);
  }
}

export type Tool = {
  command: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
  /** What to do when it fails, or cannot be started. */
  remedy: string;
};

const mostKept = 8 * 1024 * 1024;
const shownOfLine = 90;

/** Runs the tools of a set-up, one after the other, with their output in a log. */
export class SetupTools {
  /** The newest line of the tool that runs now; empty when none does. */
  private line = "";

  constructor(readonly logFile: string) {}

  /** What the tool that runs now said last, for a progress line. */
  doing(): string {
    return this.line.length > shownOfLine ? `${this.line.slice(0, shownOfLine)}…` : this.line;
  }

  fault(message: string): SetupFault {
    return new SetupFault(message, this.logFile);
  }

  /** Resolves to what the tool printed on its output. Rejects with a SetupFault that names its first error. */
  run({ command, args, env = {}, cwd, remedy }: Tool): Promise<string> {
    writeFileSync(this.logFile, `\n$ ${command} ${args.join(" ")}\n`, { flag: "a" });
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let printed = "";
      let all = "";
      const note = (chunk: Buffer): void => {
        writeFileSync(this.logFile, chunk, { flag: "a" });
        const text = chunk.toString();
        if (all.length < mostKept) all += text;
        this.line = text.trim().split("\n").at(-1)?.trim() ?? this.line;
      };
      child.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        note(chunk);
      });
      child.stderr.on("data", note);
      child.on("error", () => reject(this.fault(`"${command}" cannot be started: ${remedy}`)));
      child.on("close", (code, signal) => {
        this.line = "";
        if (code === 0) return resolve(printed);
        const how = code === null ? `was ended by ${signal}` : `failed (exit code ${code})`;
        const reason = firstError(all);
        reject(
          this.fault(
            `${command} ${how}: ${reason === "" ? remedy : `${reason.replace(/\.$/, "")}. Remedy: ${remedy}`}`,
          ),
        );
      });
    });
  }
}
