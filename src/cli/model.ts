import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { type Command, Option } from "commander";
import type { RobotDescription } from "../robot/description.ts";
import { createModel, type ModelBase } from "../robot/model.ts";
import { parseUrdf, type UrdfReading } from "../robot/reading/urdf.ts";
import { boundedLines } from "./bounded-lines.ts";
import { fail } from "./fail.ts";
import { ModelEvaluator } from "./model-eval.ts";
import { findingLine, reportJson, reportText } from "./model-report.ts";

/** Where a command reads and writes; the process's own streams outside of tests. */
export type CommandStreams = { input: Readable; output: Writable; errors: Writable };

/** A longer line of `model eval` is answered with an error and skipped. */
const maxLineCharacters = 1_000_000;

export function addModelCommands(program: Command): void {
  const model = program.command("model").description("look at a robot's description and compute with it");
  model
    .command("check")
    .description("print the tree, limits, warnings and meshes of a URDF; exit 1 on errors")
    .argument("<file>", "URDF")
    .option("--json", "print one JSON object")
    .action((file: string, options: { json?: boolean }) => {
      process.exitCode = checkModel(file, read(file), options.json === true, streams());
    });
  model
    .command("eval")
    .description("JSON lines in, JSON lines out: kinematics of a URDF (docs/robot-model.md)")
    .argument("<file>", "URDF")
    .addOption(
      new Option("--base <base>", "floating: the root link moves by q.base")
        .choices(["fixed", "floating"])
        .default("fixed"),
    )
    .action(async (file: string, options: { base: ModelBase }) => {
      await evalModel(describe(file, read(file)), options.base, streams());
    });
}

function streams(): CommandStreams {
  // Whoever reads us may have seen enough (`| head`): that is no fault.
  process.stdout.once("error", () => process.exit(0));
  return { input: process.stdin, output: process.stdout, errors: process.stderr };
}

/** Ends the program with one line when the file cannot be read. */
function read(file: string): UrdfReading {
  try {
    return parseUrdf(readFileSync(file, "utf8"));
  } catch (error) {
    return fail(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Ends the program with the first error when the file is no robot. */
function describe(file: string, reading: UrdfReading): RobotDescription {
  if (reading.description !== null) return reading.description;
  const error = reading.findings.find((finding) => finding.severity === "error");
  return fail(error === undefined ? `${file}: no robot in it` : findingLine(file, error));
}

/** Reports on `reading`, findings on the error stream; the exit code is 1 when there is an error. */
export function checkModel(
  file: string,
  { description, findings }: UrdfReading,
  json: boolean,
  { output, errors }: Omit<CommandStreams, "input">,
): 0 | 1 {
  if (json) {
    output.write(`${reportJson(description, findings)}\n`);
  } else {
    if (description !== null) output.write(`${reportText(description)}\n`);
    for (const finding of findings) errors.write(`${findingLine(file, finding)}\n`);
  }
  return description === null ? 1 : 0;
}

/** Answers each line of the input with one line; blank lines are passed over. Ends with the input. */
export async function evalModel(
  description: RobotDescription,
  base: ModelBase,
  { input, output }: Omit<CommandStreams, "errors">,
): Promise<void> {
  const evaluator = new ModelEvaluator(createModel(description, base));
  for await (const line of boundedLines(input, maxLineCharacters)) {
    if ("text" in line && line.text.trim() === "") continue;
    const answer =
      "text" in line
        ? evaluator.answer(line.text)
        : JSON.stringify({ error: `a line has more than ${maxLineCharacters} characters` });
    // A reader that is slower than we are holds us up, instead of filling memory.
    if (!output.write(`${answer}\n`)) await once(output, "drain");
  }
}
