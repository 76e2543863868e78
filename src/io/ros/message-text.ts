import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { amentPrefixes } from "./message-definitions.ts";

const separator = "=".repeat(80);
/** Types of fields that are no messages. */
const plain = new Set([
  ...["bool", "byte", "char", "float32", "float64", "string", "wstring"],
  ...["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"],
]);

/**
 * The definition of a message type (as `sensor_msgs/msg/JointState`) with those of all its parts, as bags carry it; null
 * where a part's file is not installed.
 */
export function messageText(type: string, prefixes: readonly string[] = amentPrefixes()): string | null {
  const parts = new Map<string, string>();
  const visit = (name: string): boolean => {
    if (parts.has(name)) return true;
    const text = fileOf(name, prefixes);
    if (text === null) return false;
    parts.set(name, text);
    return partsOf(text, name).every(visit);
  };
  if (!visit(type)) return null;
  const [own = "", ...others] = parts.keys();
  const text = parts.get(own) as string;
  return [text, ...others.map((name) => `MSG: ${shortName(name)}\n${parts.get(name)}`)].join(
    `\n${separator}\n`,
  );
}

/** `sensor_msgs/msg/JointState` → `sensor_msgs/JointState`, as the separators of a bag have it. */
function shortName(name: string): string {
  const [pack, , type] = name.split("/");
  return `${pack}/${type}`;
}

function fileOf(name: string, prefixes: readonly string[]): string | null {
  const [pack, folder, type] = name.split("/");
  if (
    pack === undefined ||
    folder === undefined ||
    type === undefined ||
    !/^\w+$/.test(pack + folder + type)
  ) {
    return null;
  }
  for (const prefix of prefixes) {
    const file = join(prefix, "share", pack, folder, `${type}.msg`);
    if (existsSync(file)) return readFileSync(file, "utf8").trimEnd();
  }
  return null;
}

/** The message types of the fields of a definition, by their full names. */
function partsOf(text: string, owner: string): string[] {
  const found = new Set<string>();
  for (const line of text.split("\n")) {
    const [field] = line.replace(/#.*/, "").trim().split(/\s+/);
    const base = field?.replace(/<=\d+/, "").replace(/\[.*$/, "") ?? "";
    if (base === "" || plain.has(base)) continue;
    const [pack, type] = base.includes("/")
      ? [base.split("/")[0], base.split("/").at(-1)]
      : [owner.split("/")[0], base];
    found.add(`${pack}/msg/${type}`);
  }
  return [...found];
}
