import { dirname, resolve } from "node:path";
import { type Result, refused } from "../../core/result.ts";
import { parseUrdf } from "../../robot/reading/urdf.ts";
import { isXacro, parseXacro, type XacroReading } from "../../robot/reading/xacro/parse-xacro.ts";
import { packageParts, pathsBelow } from "./file-address.ts";
import type { MeshRoots } from "./mesh-files.ts";
import { findPackage, rootsOf } from "./mesh-roots.ts";
import { absent, readTextFile, xacroFilesOf } from "./xacro-files.ts";

/**
 * The URDF of a description named in the configuration: a file beside the configuration, or
 * `package://name/path`; xacro is expanded with `args`. `foldersOf` gives the places where a package may be.
 */
export function readDescription(
  address: string,
  configPath: string | null,
  foldersOf: (name: string) => string[],
  args: ReadonlyMap<string, string> = new Map(),
): Result<string> {
  const places = placesOf(address, configPath, foldersOf);
  for (const place of places) {
    const read = readTextFile(place);
    if (!read.ok && read.reason === absent) continue;
    if (!read.ok) return read;
    if (!isXacro(read.value)) return read;
    const roots = rootsOf(place);
    const find = (name: string): string | null =>
      foldersOf(name).find(
        (folder) => findPackage({ ...roots, packages: { [name]: folder } }, name) !== null,
      ) ?? findPackage(roots, name);
    return expandedText(place, parseXacro(read.value, xacroFilesOf(place, find), args));
  }
  return refused(
    places.length === 0 ? "its package is not known" : "there is no such file",
    places[0] ?? address,
  );
}

/** Where the file of such an address may be. */
export function placesOf(
  address: string,
  configPath: string | null,
  foldersOf: (name: string) => string[],
): string[] {
  const inPackage = packageParts(address);
  const base = configPath === null ? process.cwd() : dirname(resolve(configPath));
  return inPackage?.scheme !== "package"
    ? [resolve(base, address)]
    : foldersOf(inPackage.name).flatMap((folder) => pathsBelow(folder, inPackage.inside) ?? []);
}

/** The text of the SRDF beside a description's file, of the same name; null without one. */
export function srdfBeside(file: string): string | null {
  const read = readTextFile(file.replace(/(\.urdf)?(\.xacro|\.xml)?$/, ".srdf"));
  return read.ok ? read.value : null;
}

/** The URDF of a description's file, xacro expanded; or what is wrong with it, its place in `path`. */
export function readDescriptionFile(
  file: string,
  args: ReadonlyMap<string, string> = new Map(),
): Result<string> {
  const read = readTextFile(file);
  if (!read.ok) return read;
  return isXacro(read.value)
    ? expandedText(file, readRobotText(file, read.value, rootsOf(file), args))
    : read;
}

/** A robot of a text that is URDF or xacro; `file` is where it came from, for addresses in it. Never throws. */
export function readRobotText(
  file: string,
  text: string,
  roots: MeshRoots,
  args: ReadonlyMap<string, string>,
): XacroReading {
  if (isXacro(text))
    return parseXacro(
      text,
      xacroFilesOf(file, (name) => findPackage(roots, name)),
      args,
    );
  const reading = parseUrdf(text);
  if (args.size > 0) {
    const message = "this is not xacro, so --arg has no effect: omit it";
    reading.findings.push({ severity: "warning", element: "robot", line: 1, message });
  }
  return { ...reading, urdf: reading.description === null ? null : text };
}

function expandedText(file: string, { description, urdf, findings }: XacroReading): Result<string> {
  if (description !== null && urdf !== null) return { ok: true, value: urdf };
  const error = findings.find((finding) => finding.severity === "error");
  if (error === undefined) return refused("it contains no robot", file);
  const { element, message } = error;
  return refused(`${element}: ${message}`, `${error.file ?? file}:${error.line}`);
}
