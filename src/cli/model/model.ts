import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { type Command, Option } from "commander";
import type { RobotDescription } from "../../robot/description.ts";
import { createModel, type ModelBase } from "../../robot/model.ts";
import { argumentOption } from "../description-options.ts";
import { fail } from "../fail.ts";
import { boundedLines } from "./bounded-lines.ts";
import { benchLine } from "./model-bench.ts";
import { type CheckedModel, checkFiles, type ModelFiles } from "./model-check.ts";
import { ModelEvaluator } from "./model-eval.ts";
import { findingLine, reportJson, reportText } from "./model-report.ts";
import { addShowCommand } from "./model-show.ts";

/** Where a command reads and writes; the process's own streams outside of tests. */
export type CommandStreams = { input: Readable; output: Writable; errors: Writable };

/** A longer line of `model eval` is answered with an error and skipped. */
const maxLineCharacters = 1_000_000;

type CheckOptions = { arg?: Map<string, string>; srdf?: string; limits?: string; json?: boolean };

export function addModelCommands(program: Command): void {
  const model = program.command("model").description("check a robot's description and compute with it");
  model
    .command("check")
    .description(
      "print the tree, limits, warnings, meshes and self-collision of a URDF or xacro file; exit 1 on errors",
    )
    .argument("<file>", "URDF or xacro")
    .addOption(argumentOption())
    .option("--srdf <file>", "SRDF to check against it: groups, states, collision pairs")
    .option("--limits <file>", "joint_limits.yaml that tightens its limits")
    .option("--json", "print one JSON object")
    .action(async (file: string, { arg, srdf, limits, json }: CheckOptions) => {
      const files = { file, args: arg ?? new Map(), srdf: srdf ?? null, limits: limits ?? null };
      process.exitCode = reportModel(await check(files, true), json === true, streams());
    });
  model
    .command("eval")
    .description(
      "JSON lines in, JSON lines out: kinematics and dynamics of a URDF or xacro file (docs/robot-model.md)",
    )
    .argument("<file>", "URDF or xacro")
    .addOption(argumentOption())
    .addOption(
      new Option("--base <base>", "floating: the root link moves by q.base")
        .choices(["fixed", "floating"])
        .default("fixed"),
    )
    .action(async (file: string, options: { base: ModelBase; arg?: Map<string, string> }) => {
      const files = { file, args: options.arg ?? new Map(), srdf: null, limits: null };
      await evalModel(robotOf(await check(files)), options.base, streams());
    });
  model
    .command("bench")
    .description("time the model's algorithms: one JSON object of µs a call, least of several loops")
    .argument("<file>", "URDF or xacro")
    .addOption(argumentOption())
    .addOption(
      new Option("--base <base>", "floating: the root link moves freely")
        .choices(["fixed", "floating"])
        .default("fixed"),
    )
    .action(async (file: string, options: { base: ModelBase; arg?: Map<string, string> }) => {
      const files = { file, args: options.arg ?? new Map(), srdf: null, limits: null };
      const description = robotOf(await check(files));
      streams().output.write(`${benchLine(createModel(description, options.base))}\n`);
    });
  addShowCommand(model, argumentOption);
}

function streams(): CommandStreams {
  // Whoever reads us may have seen enough (`| head`): that is no fault.
  process.stdout.once("error", () => process.exit(0));
  return { input: process.stdin, output: process.stdout, errors: process.stderr };
}

/** Ends the program with one line when a file cannot be read. */
async function check(files: ModelFiles, lookForCollisions = false): Promise<CheckedModel> {
  const checked = await checkFiles(files, { lookForCollisions });
  return checked.ok ? checked.value : fail(`cannot read ${checked.path}: ${checked.reason}`);
}

/** Ends the program with the first error when the file is no robot. */
function robotOf({ description, findings }: CheckedModel): RobotDescription {
  if (description !== null) return description;
  const error = findings.find((finding) => finding.severity === "error");
  return fail(error === undefined ? "there is no robot in the file" : findingLine(error));
}

/** Reports on what was checked, findings on the error stream; the exit code is 1 when there is an error. */
export function reportModel(
  checked: CheckedModel,
  json: boolean,
  { output, errors }: Omit<CommandStreams, "input">,
): 0 | 1 {
  if (json) {
    output.write(`${reportJson(checked)}\n`);
  } else {
    if (checked.description !== null) output.write(`${reportText(checked, checked.description)}\n`);
    for (const finding of checked.findings) errors.write(`${findingLine(finding)}\n`);
  }
  return checked.findings.some((finding) => finding.severity === "error") ? 1 : 0;
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
