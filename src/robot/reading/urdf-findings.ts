import type { XmlElement } from "./xml-tree.ts";

/** Something about a URDF that a person should know. Any error means that there is no description. */
export type UrdfFinding = {
  severity: "error" | "warning";
  /** As `joint "elbow" > limit`. */
  element: string;
  /** Counted from 1. */
  line: number;
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
    this.#add({ severity: "error", element: at.label, line: at.xml.line, message });
  }

  warning(at: Labelled, message: string): void {
    this.#add({ severity: "warning", element: at.label, line: at.xml.line, message });
  }

  /** The findings by line; those of one line in the order they were made. */
  sorted(): UrdfFinding[] {
    return [...this.list].sort((a, b) => a.line - b.line);
  }

  #add(finding: UrdfFinding): void {
    if (this.list.length < mostFindings) {
      this.list.push(finding);
      return;
    }
    // The last place is kept for this sentence; an error among the unnamed ones must still show.
    const severity = this.hasError ? "error" : "warning";
    const message = `more than ${mostFindings} findings; mend these first`;
    this.list[mostFindings - 1] = { severity, element: "robot", line: finding.line, message };
  }
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
