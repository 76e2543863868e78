import type { MacroCall, XmlElement } from "./xml-tree.ts";

/** Something about a URDF that a person should know. Any error means that there is no description. */
export type UrdfFinding = {
  severity: "error" | "warning";
  /** As `joint "elbow" > limit`. */
  element: string;
  /** Counted from 1. */
  line: number;
  /** Where the line is; absent when it is in the text at hand. */
  file?: string;
  /** What is wrong and what would be right, in one sentence. */
  message: string;
};

/** An element with the words by which a person finds it. */
export type Labelled = { xml: XmlElement; label: string };

const mostFindings = 200;

/** Collects findings, at most 200: a file with more faults than that is told so once. */
export class UrdfFindings {
  readonly list: UrdfFinding[] = [];
  hasError = false;

  error(at: Labelled, message: string): void {
    this.hasError = true;
    this.#add(finding("error", at, message));
  }

  warning(at: Labelled, message: string): void {
    this.#add(finding("warning", at, message));
  }

  /** The findings by line, those of the text at hand first; those of one line in the order they were made. */
  sorted(): UrdfFinding[] {
    const files = [...new Set(this.list.map((one) => one.file ?? ""))];
    const rank = new Map(files.map((file, index) => [file, file === "" ? -1 : index]));
    const rankOf = (one: UrdfFinding): number => rank.get(one.file ?? "") ?? 0;
    return [...this.list].sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line);
  }

  #add(made: UrdfFinding): void {
    if (this.list.length < mostFindings) {
      this.list.push(made);
      return;
    }
    // The last place is kept for this sentence; an error among the unnamed ones must still show.
    const severity = this.hasError ? "error" : "warning";
    const message = `more than ${mostFindings} findings; mend these first`;
    this.list[mostFindings - 1] = { severity, element: "robot", line: made.line, message };
  }
}

function finding(severity: UrdfFinding["severity"], at: Labelled, message: string): UrdfFinding {
  const { line, file, via } = at.xml;
  const told = { severity, element: at.label, line, message: message + calledFrom(via) };
  return file === null ? told : { ...told, file };
}

/** Calls around calls are named up to this many. */
const mostCalls = 3;

/** ` (macro leg, called in line 12; …)`: a line inside a macro says too little by itself. */
function calledFrom(call: MacroCall | null): string {
  const calls: string[] = [];
  for (let at = call; at !== null && calls.length < mostCalls; at = at.via) {
    calls.push(`macro ${at.macro}, called in ${at.file === null ? "" : `${at.file} `}line ${at.line}`);
  }
  return calls.length === 0 ? "" : ` (${calls.join("; ")})`;
}

export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

/** The child of that name; a second one is an oddity that readers treat differently, so it is reported. */
export function onlyChild(findings: UrdfFindings, parent: Labelled, name: string): Labelled | null {
  const [first, second] = childrenNamed(parent.xml, name);
  if (first === undefined) return null;
  const child = { xml: first, label: `${parent.label} > ${name}` };
  if (second !== undefined) {
    findings.warning({ ...child, xml: second }, `a second <${name}> is ignored; keep one`);
  }
  return child;
}
