import type { RobotDescription } from "../../description.ts";
import { ExpressionFault } from "../expression/fault.ts";
import { readUrdf } from "../urdf.ts";
import { type UrdfFinding, UrdfFindings } from "../urdf-findings.ts";
import { shown } from "../urdf-values.ts";
import { writeXml } from "../xml-text.ts";
import { emptyElement, faultPlace, readXml, type XmlElement } from "../xml-tree.ts";
import { copyAttributes, createExpander } from "./expand-content.ts";
import { Expansion, type Place, XacroFault } from "./expansion.ts";
import { MacroTable } from "./macro.ts";
import { Scope } from "./scope.ts";
import { noFiles, type XacroFiles } from "./xacro-files.ts";

/** `urdf` is the expanded text; null when the expansion itself found an error. */
export type XacroReading = {
  description: RobotDescription | null;
  findings: UrdfFinding[];
  urdf: string | null;
};

export type XacroExpansion =
  | { root: XmlElement; findings: UrdfFindings }
  | { root: null; findings: UrdfFindings };

/** Whether a text is xacro rather than plain URDF: it has xacro's elements, or declares its prefix and holds `$`. */
export function isXacro(text: string): boolean {
  return /<xacro:/.test(text) || (/\bxmlns:xacro\s*=/.test(text) && text.includes("$"));
}

/**
 * Expands xacro (https://github.com/ros/xacro) and reads what comes out as a URDF. Never throws, whatever the
 * text and the files; ends within a bounded amount of work. Findings name the line of the xacro file, and
 * the macro calls that led there. `args` are the values of `<xacro:arg>`.
 */
export function parseXacro(
  text: string,
  files: XacroFiles,
  args: ReadonlyMap<string, string> = new Map(),
): XacroReading {
  const { root, findings } = expandXacro(text, files, args);
  if (root === null) return { description: null, findings: findings.sorted(), urdf: null };
  const urdf = writeXml(root);
  return { ...readUrdf(root, findings), urdf };
}

/**
 * The expanded tree of a xacro text; null when a finding is an error. See `parseXacro`. `quiet`: arguments that
 * the text does not declare are meant for another one.
 */
export function expandXacro(
  text: string,
  files: XacroFiles,
  args: ReadonlyMap<string, string> = new Map(),
  unused: "told" | "quiet" = "told",
): XacroExpansion {
  const findings = new UrdfFindings();
  const reading = readXml(text);
  if (reading.fault !== null) {
    findings.error(faultPlace(reading.fault, null), reading.fault.message);
    return { root: null, findings };
  }
  for (const warning of reading.warnings) findings.warning(faultPlace(warning, null), warning.message);
  const { root } = reading;
  const run = new Expansion(files, args, findings);
  try {
    return { root: expandRoot(run, root, unused === "told" ? args : new Map()), findings };
  } catch (thrown) {
    findings.error(...faultOf(thrown, root));
    return { root: null, findings };
  }
}

/** The value of an expression of numbers, as `2*pi`, for units in YAML. Throws an Error with a sentence for a person. */
export function evaluateNumber(expression: string): number {
  return new Expansion(noFiles, new Map(), new UrdfFindings()).texts.number(expression);
}

function faultOf(thrown: unknown, root: XmlElement): [{ xml: XmlElement; label: string }, string] {
  if (thrown instanceof XacroFault) return [thrown.at, thrown.message];
  const whole = { xml: root, label: shown(root.name) };
  if (thrown instanceof ExpressionFault) return [whole, thrown.message];
  // The stack's end: what nests so deep is this text's fault.
  if (thrown instanceof RangeError) return [whole, `too deep or too large to expand: ${thrown.message}`];
  throw thrown;
}

function expandRoot(run: Expansion, root: XmlElement, args: ReadonlyMap<string, string>): XmlElement {
  const scope = new Scope("global", null, (text, where) => run.texts.value(text, where));
  const place: Place = { scope, macros: new MacroTable(null) };
  const result = emptyElement(root.name, root);
  const space = root.attributes.get("xacro:targetNamespace");
  if (space !== undefined) result.attributes.set("xmlns", space);
  copyAttributes(run, root, result, place);
  createExpander(run)(root, { into: result, home: result }, place);
  for (const name of args.keys()) {
    if (!run.declared.has(name))
      run.warn(root, `no <xacro:arg> is named "${shown(name)}", so it changes nothing`);
  }
  return result;
}
