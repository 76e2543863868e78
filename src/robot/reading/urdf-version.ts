import type { Labelled, UrdfFindings } from "./urdf-findings.ts";
import { shown } from "./urdf-values.ts";
import type { XmlElement } from "./xml-tree.ts";

/** Words that came with a later version, and whether programs of an earlier one pass over them. */
const newer = [
  { element: "origin", attribute: "quat_xyzw", minor: 1, isDropped: true },
  { element: "limit", attribute: "acceleration", minor: 2, isDropped: false },
  { element: "limit", attribute: "deceleration", minor: 2, isDropped: false },
  { element: "limit", attribute: "jerk", minor: 2, isDropped: false },
] as const;

/**
 * Judges `<robot version="1.x">` (urdfdom reads 1.0 to 1.2; without one it is 1.0) and the words that
 * need a later one. A rotation that other programs ignore is ignored here, too, lest poses differ; a bound
 * that they ignore is kept, since it only makes the robot gentler. Each word is reported once.
 */
export function checkVersion(findings: UrdfFindings, robot: Labelled): void {
  const minor = readMinor(findings, robot);
  const told = new Set<string>();
  const visit = (xml: XmlElement): void => {
    for (const word of newer) {
      if (xml.name !== word.element || minor >= word.minor || !xml.attributes.has(word.attribute)) continue;
      if (word.isDropped) xml.attributes.delete(word.attribute);
      if (told.has(word.attribute)) continue;
      told.add(word.attribute);
      const fate = word.isDropped ? "is ignored" : "is read here, but other programs ignore it";
      const message = `${word.attribute} ${fate}: it needs <robot version="1.${word.minor}">`;
      findings.warning({ xml, label: xml.name }, message);
    }
    for (const child of xml.children) visit(child);
  };
  for (const child of robot.xml.children) {
    if (child.name === "link" || child.name === "joint") visit(child);
  }
}

function readMinor(findings: UrdfFindings, robot: Labelled): number {
  const text = robot.xml.attributes.get("version");
  if (text === undefined) return 0;
  const match = /^\s*1(?:\.([0-2]))?\s*$/.exec(text);
  if (match !== null) return Number(match[1] ?? "0");
  findings.warning(
    robot,
    `version="${shown(text)}" is read as 1.0, other programs stop here; there are 1.0, 1.1 and 1.2`,
  );
  return 0;
}
