import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Result, refused } from "../../core/result.ts";
import type { XacroFiles } from "../../robot/reading/xacro/xacro-files.ts";
import { isMissingFile } from "../is-missing-file.ts";
import { packageParts, pathsBelow } from "./file-address.ts";
import { decodeFile } from "./text-encoding.ts";
import { parseYaml } from "./yaml-value.ts";

/** Larger files are no descriptions. */
const mostBytes = 16 * 1024 * 1024;

/** A pattern does not stand for more files than this. */
const mostMatches = 1000;

/** The reason of `readTextFile` where there is nothing at the path. */
export const absent = "there is no such file";

/** A regular file's text, of at most 16 MiB; whatever else a path may lead to is refused, not waited for. */
export function readTextFile(path: string): Result<string> {
  try {
    const info = statSync(path);
    if (!info.isFile()) return refused("this is not a file", path);
    if (info.size > mostBytes) return refused(`the file has more than ${mostBytes} bytes`, path);
    const text = decodeFile(readFileSync(path));
    return text.ok ? text : refused(text.reason, path);
  } catch (error) {
    return refused(isMissingFile(error) ? absent : (error as Error).message, path);
  }
}

/** The files of this machine as xacro sees them from `file`; `findPackage` gives a package's share folder. */
export function xacroFilesOf(file: string, findPackage: (name: string) => string | null): XacroFiles {
  const folderOf = (from: string | null): string => dirname(resolve(from ?? file));
  return {
    folderOf,
    resolve: (path, from) => {
      const inPackage = packageParts(path);
      if (inPackage?.scheme === "package") {
        const folder = findPackage(inPackage.name);
        const [likely, literal] = (folder === null ? null : pathsBelow(folder, inPackage.inside)) ?? [];
        return (literal !== undefined && existsSync(literal) ? literal : likely) ?? path;
      }
      if (path.startsWith("file://")) return localPath(path);
      return isAbsolute(path) ? resolve(path) : resolve(folderOf(from), path);
    },
    read: readTextFile,
    list: (pattern) => matching(pattern),
    findPackage,
    environment: (name) => process.env[name],
    readYaml: (path, tagged) => {
      const read = readTextFile(path);
      if (!read.ok) return read;
      const parsed = parseYaml(read.value, { intAsBigInt: true, tagged });
      if (parsed.ok) return { ok: true, value: parsed.value.value };
      return refused(parsed.reason, `${path}${parsed.path === "" ? "" : `: ${parsed.path}`}`);
    },
  };
}

function localPath(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    return address;
  }
}

/** The files whose path fits a pattern with * ? [ ], part by part; sorted by name as Python's glob then sorted. */
function matching(pattern: string): string[] {
  const parts = pattern.split(sep);
  let found = [parts[0] === "" ? sep : (parts[0] ?? "")];
  for (const part of parts.slice(1)) {
    if (!/[*?[]/.test(part)) {
      found = found.map((folder) => join(folder, part));
      continue;
    }
    const form = partForm(part);
    found = found.flatMap((folder) =>
      namesIn(folder)
        .filter((name) => form(name))
        .map((name) => join(folder, name)),
    );
    if (found.length > mostMatches) return found.slice(0, mostMatches).sort();
  }
  return found.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined).sort();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a name fits one part of a pattern; hidden files only where the pattern begins with a point. */
function partForm(part: string): (name: string) => boolean {
  let source = "";
  for (let at = 0; at < part.length; at += 1) {
    const character = part[at] as string;
    const end = character === "[" ? part.indexOf("]", at + 2) : -1;
    // Stars in a row are one: more would make the form slow.
    if (character === "*") source += part[at - 1] === "*" ? "" : "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (end > 0) {
      const inner = part.slice(at + 1, end).replace(/[\\\]^]/g, "\\$&");
      source += `[${inner.startsWith("!") ? `^${inner.slice(1)}` : inner}]`;
      at = end;
    } else source += character.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  }
  let form: RegExp;
  try {
    form = new RegExp(`^${source}$`);
  } catch {
    return () => false;
  }
  return (name) => (part.startsWith(".") || !name.startsWith(".")) && form.test(name);
}
