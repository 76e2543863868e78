import { type Result, refused } from "../core/result.ts";
import type { RobotDescription } from "../robot/description.ts";
import { createModel, type ModelBase, type RobotModel } from "../robot/model.ts";
import { parseSrdf } from "../robot/reading/srdf.ts";
import type { SemanticDescription } from "../robot/reading/srdf-description.ts";
import { parseUrdf } from "../robot/reading/urdf.ts";
import type { UrdfFinding } from "../robot/reading/urdf-findings.ts";
import { isXacro, parseXacro } from "../robot/reading/xacro/parse-xacro.ts";
import type { XacroFiles } from "../robot/reading/xacro/xacro-files.ts";

/** What a description may need beside its own text. */
export type ReadOptions = {
  /**
   * The text of another file that a xacro includes; null when there is none. The address is as the xacro names it, with
   * `$(find name)` as `package://name`, and relative ones below the folder of `address`. Without it nothing else is read.
   */
  load?: (address: string) => string | null;
  /** Where the text at hand comes from: `package://arm/urdf/arm.xacro`, a path, or a URL. */
  address?: string;
  /** Values of `<xacro:arg>`. */
  args?: Readonly<Record<string, string>>;
  /** The value of a YAML text, for `xacro.load_yaml`; without it such a call is an error. */
  parseYaml?: (text: string, tagged: (tag: string, text: string) => number) => unknown;
  /** Environment variables, for `$(env …)`. */
  environment?: Readonly<Record<string, string>>;
  /** The text of the robot's SRDF. */
  srdf?: string;
  /** `floating`: the root link moves freely, and its seven numbers come first in q. */
  base?: ModelBase;
};

/** A robot as it was read. `description` and `model` are null exactly when a finding about them is an error. */
export type ReadRobot = {
  description: RobotDescription | null;
  model: RobotModel | null;
  /** Of the SRDF; null without one, and when it has an error. */
  semantics: SemanticDescription | null;
  /** The URDF text: of a xacro what it expands to. Null when that failed. */
  urdf: string | null;
  /** What is odd or wrong, with element, line, and the file where it is another one. */
  findings: UrdfFinding[];
};

/** Reads URDF or xacro, told apart by their content, and an SRDF. Never throws, whatever the texts. */
export function readRobot(text: string, options: ReadOptions = {}): ReadRobot {
  const reading = isXacro(text)
    ? parseXacro(text, filesOf(options), new Map(Object.entries(options.args ?? {})))
    : { ...parseUrdf(text), urdf: text };
  const { description, urdf } = reading;
  const findings = [...reading.findings];
  if (description === null) return { description: null, model: null, semantics: null, urdf, findings };
  let semantics: SemanticDescription | null = null;
  if (options.srdf !== undefined) {
    const srdf = parseSrdf(options.srdf, description);
    semantics = srdf.semantics;
    for (const finding of srdf.findings) findings.push({ file: "srdf", ...finding });
  }
  return { description, model: createModel(description, options.base), semantics, urdf, findings };
}

/** What a loader that answers later may be asked for, so that no file keeps it going for ever. */
const mostFiles = 1000;

/** As `readRobot`, where other files come later, as by `fetch`. A loader that rejects makes this reject. */
export async function loadRobot(
  text: string,
  options: Omit<ReadOptions, "load"> & { load: (address: string) => Promise<string | null> },
): Promise<ReadRobot> {
  const loaded = new Map<string, string | null>();
  for (;;) {
    const wanted: string[] = [];
    const load = (address: string): string | null => {
      const known = loaded.get(address);
      if (known === undefined) wanted.push(address);
      return known ?? null;
    };
    const read = readRobot(text, { ...options, load });
    const [next] = wanted;
    if (next === undefined || loaded.size >= mostFiles) return read;
    loaded.set(next, await options.load(next));
  }
}

/** The world of a xacro, as far as `options` let it see. */
function filesOf({ load, address, parseYaml, environment }: ReadOptions): XacroFiles {
  const read = (path: string): Result<string> => {
    const text = load?.(path) ?? null;
    return text === null ? refused("there is no such file", path) : { ok: true, value: text };
  };
  const folderOf = (from: string | null): string => (from ?? address ?? "").replace(/[^/]*$/, "");
  return {
    read,
    folderOf: (from) => folderOf(from).replace(/\/$/, ""),
    resolve: (path, from) => (/^(?:\/|[a-z][a-z0-9+.-]*:)/i.test(path) ? path : joined(folderOf(from), path)),
    list: () => [],
    findPackage: (name) => `package://${name}`,
    environment: (name) =>
      environment !== undefined && Object.hasOwn(environment, name) ? environment[name] : undefined,
    readYaml: (path, tagged) => {
      if (parseYaml === undefined) return refused("no YAML can be read here: pass parseYaml", path);
      const text = read(path);
      if (!text.ok) return text;
      try {
        return { ok: true, value: parseYaml(text.value, tagged) };
      } catch (error) {
        return refused(error instanceof Error ? error.message : String(error), path);
      }
    },
  };
}

/** A relative path below a folder, its `.` and `..` worked out; it does not climb above the folder's host or package. */
function joined(folder: string, path: string): string {
  const [, root = "", inside = ""] = /^((?:[a-z][a-z0-9+.-]*:\/\/[^/]*)?\/?)(.*)$/i.exec(folder) ?? [];
  const parts: string[] = [];
  for (const part of `${inside}${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `${root}${parts.join("/")}`;
}
