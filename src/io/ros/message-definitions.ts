import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** Package name → fingerprint of its message, service and action definitions. */
export type Definitions = ReadonlyMap<string, string>;

const index = join("share", "ament_index", "resource_index", "rosidl_interfaces");
const manifestName = "twinbridge-definitions.json";

/** The prefixes of `AMENT_PREFIX_PATH`, the first one first. */
export function amentPrefixes(path: string | undefined = process.env.AMENT_PREFIX_PATH): string[] {
  return (path ?? "").split(delimiter).filter((prefix) => prefix !== "");
}

/**
 * The definitions that a process with these prefixes uses: of two packages of one name the one of the earlier
 * prefix, as the system's loader takes its libraries. Reads each file: 4 ms for the 203 of the wheels.
 */
export function readDefinitions(prefixes: readonly string[]): Definitions {
  const found = new Map<string, string>();
  for (const prefix of prefixes) {
    for (const name of entriesOf(join(prefix, index))) {
      if (!found.has(name)) found.set(name, fingerprint(definitionFiles(prefix, name)));
    }
  }
  return found;
}

/** One fingerprint of all of them. */
export function definitionsKey(definitions: Definitions): string {
  const hash = createHash("sha256");
  for (const [name, value] of [...definitions].sort()) hash.update(`${name} ${value}\n`);
  return hash.digest("hex").slice(0, 16);
}

/** Notes beside the code that was generated for `definitions` what it was made from. */
export function writeManifest(rclnodejs: string, definitions: Definitions): void {
  const text = JSON.stringify({ packages: Object.fromEntries(definitions) }, null, 2);
  writeFileSync(join(generatedFolder(rclnodejs), manifestName), `${text}\n`);
}

/**
 * The packages whose definitions differ from those that the code beside `rclnodejs` (its main file) was generated
 * from. Such code reads messages with the wrong layout, which ends the process in native code. Packages that came
 * or went do no harm and are not named. Without a manifest, as after a plain `npm install`, a package counts as
 * changed when one of its files is newer on this disk than the generated code.
 */
export function changedPackages(rclnodejs: string, prefixes: readonly string[]): string[] {
  const generated = generatedFolder(rclnodejs);
  const made = readManifest(join(generated, manifestName));
  if (made === null) return newerPackages(generated, prefixes);
  const now = readDefinitions(prefixes);
  return [...made].filter(([name, value]) => (now.get(name) ?? value) !== value).map(([name]) => name);
}

function newerPackages(generated: string, prefixes: readonly string[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const prefix of prefixes) {
    for (const name of entriesOf(join(prefix, index))) {
      if (seen.has(name)) continue;
      seen.add(name);
      const made = statSync(join(generated, name), { throwIfNoEntry: false });
      if (made === undefined) continue;
      const changed = definitionFiles(prefix, name).some(
        (file) => (statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0) > made.ctimeMs,
      );
      if (changed) found.push(name);
    }
  }
  return found;
}

/** rclnodejs' main file lies in `dist/` or at the package's top; the generated code in its `generated/`. */
function generatedFolder(rclnodejs: string): string {
  let folder = dirname(rclnodejs);
  if (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "generated");
}

function readManifest(file: string): Definitions | null {
  try {
    const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, string> };
    return new Map(Object.entries(packages));
  } catch {
    return null;
  }
}

/** What a package declares, and what rclnodejs generates from: the .idl made from a .msg says nothing more. */
function definitionFiles(prefix: string, name: string): string[] {
  const lines = readFileSync(join(prefix, index, name), "utf8").split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => /\.(msg|srv|action)$/.test(line))
    .sort()
    .map((line) => join(prefix, "share", name, line));
}

function fingerprint(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file.slice(file.lastIndexOf("/") + 1)}\n`);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
