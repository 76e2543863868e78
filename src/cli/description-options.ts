import { type Command, InvalidArgumentError, Option } from "commander";
import { fail } from "./fail.ts";

/** What the commands that take a robot's description have in common. */
export type DescriptionOptions = { description?: string; robot?: string; arg?: Map<string, string> };

/** Adds `--description`, its other name `--robot`, and `--arg` to a command. */
export function addDescriptionOptions(command: Command, what: string): Command {
  return command
    .option("--description <address>", what)
    .addOption(new Option("--robot <address>", "the same as --description").hideHelp())
    .addOption(argumentOption());
}

/** `--arg`, once for each argument of a xacro file. */
export function argumentOption(): Option {
  return new Option("--arg <name:=value>", "arguments of a xacro file").argParser(readArgument);
}

/** The description that was given by either name; undefined when none was. Ends the program when both were. */
export function descriptionOf({ description, robot }: DescriptionOptions): string | undefined {
  if (description !== undefined && robot !== undefined) {
    fail("--description and --robot are the same option: use one of them", 2);
  }
  return description ?? robot;
}

function readArgument(text: string, sofar: Map<string, string> | undefined): Map<string, string> {
  const [, name, value] = /^([^:=\s]+):=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("it should be name:=value, as prefix:=left_");
  }
  return new Map([...(sofar ?? []), [name, value]]);
}
