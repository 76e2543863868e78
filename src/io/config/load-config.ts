import { readFileSync } from "node:fs";
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { didYouMean } from "../../core/near-word.ts";
import { type Result, refused } from "../../core/result.ts";
import { fileFault } from "../files/file-fault.ts";
import { decodeFile } from "../files/text-encoding.ts";
import { type Config, configSchema } from "./config-schema.ts";
import { issueText } from "./issue-text.ts";
import { keysAt } from "./schema-keys.ts";

const shownFaults = 10;

/** The configuration of a file, or its faults with file, line and field, one a line. */
export function loadConfig(path: string): Result<Config> {
  let text: Result<string>;
  try {
    text = decodeFile(readFileSync(path));
  } catch (error) {
    return refused(fileFault(error), path);
  }
  return text.ok ? parseConfig(text.value, path) : refused(text.reason, path);
}

/** As `loadConfig`, of a text; `name` is in the messages. */
export function parseConfig(text: string, name: string): Result<Config> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = document.errors[0];
  if (fault !== undefined) {
    return refused(fault.message, `${name}:${lines.linePos(fault.pos[0]).line}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error), name);
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, value));
  const whereIs = ({ field }: FieldFault) =>
    `${name}:${lineOf(document, lines, field)}: ${field.join(".") || "the whole file"}`;
  // A misspelt key also leaves the right one missing: it is what has to be told.
  const told = faults.filter(({ isMissing }) => !isMissing || !faults.some((other) => other.isUnknown));
  const [first, ...others] = told;
  if (first === undefined) return refused("it has the wrong shape", name);
  const more = others.slice(0, shownFaults - 1).map((other) => `\n${whereIs(other)}: ${other.reason}`);
  const rest = told.length > shownFaults ? `\n${name}: ${told.length - shownFaults} more faults` : "";
  return refused(first.reason + more.join("") + rest, whereIs(first));
}

type FieldFault = { field: (string | number)[]; reason: string; isUnknown: boolean; isMissing: boolean };

/** What of one issue is to be told: each unknown key for itself. */
function faultsOf(issue: z.core.$ZodIssue, value: unknown): FieldFault[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: [...path, key],
      reason: unknownKey(key, path),
      isUnknown: true,
      isMissing: false,
    }));
  }
  const at = valueAt(value, path);
  return [{ field: path, reason: issueText(issue, at), isUnknown: false, isMissing: at === undefined }];
}

/** That a key does not exist, with the one that was meant, or else all that there are. */
function unknownKey(key: string, path: readonly (string | number)[]): string {
  const known = keysAt(configSchema, path);
  const near = didYouMean(key, known);
  const all = known.length === 0 ? "" : `; there are ${known.join(", ")}`;
  return `there is no such key${near === "" ? all : near}`;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

/** The line of a field's key, or of its list item; of the nearest part around it when it is absent. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  field: (string | number)[],
): number {
  for (let depth = field.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : nodeAt(document, field.slice(0, depth));
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** The key of a map's member, since its value may begin lines below; else the value itself. */
function nodeAt(document: ReturnType<typeof parseDocument>, field: (string | number)[]): unknown {
  const parent = field.length === 1 ? document.contents : document.getIn(field.slice(0, -1), true);
  const name = field[field.length - 1];
  if (!isMap(parent)) return document.getIn(field, true);
  return parent.items.find(({ key }) => isScalar(key) && key.value === name)?.key;
}
