import type { JointDescription, TransmissionDescription, TransmissionEnd } from "../description.ts";
import { childrenNamed, type Labelled, type UrdfFindings } from "./urdf-findings.ts";
import { checkMeasure, shown, toFinite } from "./urdf-values.ts";
import { textOf, type XmlElement } from "./xml-tree.ts";

/** What Drake's `<actuator>` says of the rotor: its inertia felt at the joint is inertia · ratio². */
type Rotor = { at: Labelled; inertia: number; ratio: number };

/**
 * The transmissions at the robot's level (ROS 1, and the older form of the PR2) and in `<ros2_control>`. The robot
 * moves without them, so whatever is odd about one is a warning. Rotor inertias go into the dynamics of
 * the joints (the one thing changed in `joints`).
 */
export function readTransmissions(
  findings: UrdfFindings,
  robot: Labelled,
  joints: readonly JointDescription[],
): TransmissionDescription[] {
  const jointNamed = new Map(joints.map((joint) => [joint.name, joint]));
  const controls = childrenNamed(robot.xml, "ros2_control");
  const found = [robot.xml, ...controls].flatMap((xml) => childrenNamed(xml, "transmission"));
  const names = new Set<string>();
  return found.map((xml) => {
    const name = (xml.attributes.get("name") ?? "").trim();
    const at = { xml, label: `transmission "${shown(name)}"` };
    if (name === "") findings.warning(at, "name is missing; give it a name");
    else if (names.has(name))
      findings.warning(at, "a transmission of this name is defined above; rename one");
    names.add(name);
    return readTransmission(findings, at, jointNamed);
  });
}

function readTransmission(
  findings: UrdfFindings,
  at: Labelled,
  jointNamed: ReadonlyMap<string, JointDescription>,
): TransmissionDescription {
  const { xml } = at;
  const type = xml.attributes.get("type") ?? textIn(xml, "type") ?? textIn(xml, "plugin") ?? "";
  if (type === "") {
    findings.warning(at, "type is missing; give <type>transmission_interface/SimpleTransmission</type>");
  }
  const jointEnds = childrenNamed(xml, "joint").map((end) => readEnd(findings, at, end));
  const actuators = childrenNamed(xml, "actuator").map((end) => readEnd(findings, at, end));
  for (const end of jointEnds) {
    if (!jointNamed.has(end.name)) {
      findings.warning(at, `there is no joint "${shown(end.name)}"; mend the name or define it`);
    }
  }
  // The PR2's form has one reduction for the whole.
  const common = readText(findings, at, xml, "mechanicalReduction");
  if (common !== null) for (const end of actuators) end.mechanicalReduction ??= common;
  const rotors = childrenNamed(xml, "actuator").flatMap((end) => readRotor(findings, at, end));
  const [only, second] = jointEnds;
  const joint = second === undefined ? jointNamed.get(only?.name ?? "") : undefined;
  for (const rotor of rotors) addArmature(findings, rotor, joint);
  return { name: (xml.attributes.get("name") ?? "").trim(), type, joints: jointEnds, actuators };
}

function readEnd(findings: UrdfFindings, at: Labelled, xml: XmlElement): TransmissionEnd {
  const name = (xml.attributes.get("name") ?? "").trim();
  const end = { xml, label: `${at.label} > ${xml.name}` };
  if (name === "") findings.warning(end, `name is missing; give <${xml.name} name="…">`);
  const reduction =
    readText(findings, end, xml, "mechanicalReduction") ??
    readText(findings, end, xml, "mechanical_reduction");
  if (reduction === 0) findings.warning(end, "a mechanical reduction of 0 moves nothing; 1 is without gear");
  return {
    name,
    role: xml.attributes.get("role") ?? textIn(xml, "role") ?? "",
    mechanicalReduction: reduction,
    offset: readText(findings, end, xml, "offset"),
    hardwareInterfaces: childrenNamed(xml, "hardwareInterface").map(textOf),
  };
}

function textIn(xml: XmlElement, name: string): string | undefined {
  const child = childrenNamed(xml, name)[0];
  return child === undefined ? undefined : textOf(child);
}

/** The number that is in a child; null when there is none, or no number (a warning). */
function readText(findings: UrdfFindings, at: Labelled, xml: XmlElement, name: string): number | null {
  const child = childrenNamed(xml, name)[0];
  if (child === undefined) return null;
  const text = textOf(child);
  const value = toFinite(text);
  if (value === null) {
    const message = `"${shown(text)}" is ignored; it should be one finite number`;
    findings.warning({ xml: child, label: `${at.label} > ${name}` }, message);
  }
  return value;
}

function readRotor(findings: UrdfFindings, at: Labelled, actuator: XmlElement): Rotor[] {
  const inertia = childrenNamed(actuator, "drake:rotor_inertia")[0];
  if (inertia === undefined) return [];
  const ratio = childrenNamed(actuator, "drake:gear_ratio")[0];
  const rotorAt = { xml: inertia, label: `${at.label} > ${actuator.name} > drake:rotor_inertia` };
  const [value, gear] = [attributeNumber(inertia), ratio === undefined ? 1 : attributeNumber(ratio)];
  if (value !== null && value >= 0 && gear !== null) return [{ at: rotorAt, inertia: value, ratio: gear }];
  findings.warning(
    rotorAt,
    'is ignored: inertia and ratio should be numbers, as <… value="0.0001"/>, not negative',
  );
  return [];
}

function attributeNumber(xml: XmlElement): number | null {
  return toFinite((xml.attributes.get("value") ?? "").trim());
}

function addArmature(findings: UrdfFindings, rotor: Rotor, joint: JointDescription | undefined): void {
  if (joint === undefined) {
    findings.warning(rotor.at, "is ignored: it is not clear which joint feels it; keep one known joint");
    return;
  }
  const armature = rotor.inertia * rotor.ratio * rotor.ratio;
  const { damping, friction, armature: already } = joint.dynamics ?? { damping: 0, friction: 0, armature: 0 };
  joint.dynamics = { damping, friction, armature: already + armature };
  checkMeasure(findings, rotor.at, "inertia · ratio²", [joint.dynamics.armature]);
}
