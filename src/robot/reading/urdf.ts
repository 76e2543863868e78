import type { MaterialDescription, RobotDescription } from "../description.ts";
import { childrenNamed, type Labelled, type UrdfFinding, UrdfFindings } from "./urdf-findings.ts";
import { readJoint } from "./urdf-joint.ts";
import { readLink, readMaterial } from "./urdf-link.ts";
import { checkRobot, type Read } from "./urdf-rules.ts";
import { readTransmissions } from "./urdf-transmission.ts";
import { requireText, shown } from "./urdf-values.ts";
import { checkVersion } from "./urdf-version.ts";
import { checkVocabulary, labelOf } from "./urdf-vocabulary.ts";
import { faultPlace, readXml, type XmlElement } from "./xml-tree.ts";

/** `description` is null exactly when a finding is an error. */
export type UrdfReading = { description: RobotDescription | null; findings: UrdfFinding[] };

/**
 * Reads a URDF (http://wiki.ros.org/urdf/XML). Never throws, whatever the text; reads nothing beside
 * it. Which oddity is an error and which a warning is in docs/robot-model.md. Does not expand
 * xacro: an unexpanded file is an error that says so.
 */
export function parseUrdf(text: string): UrdfReading {
  const findings = new UrdfFindings();
  const xml = readXml(text);
  if (xml.fault !== null) {
    const at = { severity: "error", element: "document", line: xml.fault.line } as const;
    return { description: null, findings: [{ ...at, message: xml.fault.message }] };
  }
  for (const warning of xml.warnings) findings.warning(faultPlace(warning, null), warning.message);
  return readUrdf(xml.root, findings);
}

/** As `parseUrdf`, of a tree that was read already; adds to `findings`. Takes the tree for its own. */
export function readUrdf(root: XmlElement, findings: UrdfFindings): UrdfReading {
  const robot: Labelled = { xml: root, label: "robot" };
  if (root.name !== "robot") {
    findings.error({ ...robot, label: shown(root.name) }, "the outermost element should be <robot>");
    return { description: null, findings: findings.sorted() };
  }
  const macro = findXacro(root);
  if (macro !== null) {
    const at = { xml: macro, label: shown(macro.name) };
    findings.error(at, "this is xacro, not yet URDF; expand it first, as xacro FILE > robot.urdf");
    return { description: null, findings: findings.sorted() };
  }
  const description = readRobot(findings, robot);
  return { description: findings.hasError ? null : description, findings: findings.sorted() };
}

/** The first element, at any depth, that only xacro understands. */
function findXacro(xml: XmlElement): XmlElement | null {
  if (xml.name.startsWith("xacro:")) return xml;
  for (const child of xml.children) {
    const found = findXacro(child);
    if (found !== null) return found;
  }
  return null;
}

function readRobot(findings: UrdfFindings, robot: Labelled): RobotDescription {
  checkVocabulary(findings, robot);
  checkVersion(findings, robot);
  const name = requireText(findings, robot, "name") ?? "";
  const materials = readMaterials(findings, robot);
  const links = readAll(robot, "link", (at) => readLink(findings, at, materials));
  const joints = readAll(robot, "joint", (at) => readJoint(findings, at));
  checkRobot(findings, robot, links, joints);
  const said = joints.map((joint) => joint.said);
  return {
    name,
    links: links.map((link) => link.said),
    joints: said,
    materials: [...materials.values()],
    transmissions: readTransmissions(findings, robot, said),
  };
}

function readAll<T>(robot: Labelled, name: string, read: (at: Labelled) => T | null): Read<T>[] {
  const all: Read<T>[] = [];
  for (const xml of childrenNamed(robot.xml, name)) {
    const at = { xml, label: labelOf("robot", xml) };
    const said = read(at);
    if (said !== null) all.push({ said, at });
  }
  return all;
}

/** Materials defined anywhere may be used everywhere, as in rviz; the robot's level wins. */
function readMaterials(findings: UrdfFindings, robot: Labelled): Map<string, MaterialDescription> {
  const materials = new Map<string, MaterialDescription>();
  for (const xml of childrenNamed(robot.xml, "material")) {
    const at = { xml, label: labelOf("robot", xml) };
    const material = readMaterial(findings, at);
    if (materials.has(material.name))
      findings.warning(at, "a material of this name is defined above; this one is ignored");
    else materials.set(material.name, material);
  }
  const quiet = new UrdfFindings();
  for (const link of childrenNamed(robot.xml, "link")) {
    for (const visual of childrenNamed(link, "visual")) {
      for (const xml of childrenNamed(visual, "material")) {
        const material = readMaterial(quiet, { xml, label: "" });
        const tells = material.color !== null || material.texture !== null;
        if (tells && material.name !== "" && !materials.has(material.name))
          materials.set(material.name, material);
      }
    }
  }
  return materials;
}
