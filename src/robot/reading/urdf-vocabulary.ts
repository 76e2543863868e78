import type { Labelled, UrdfFindings } from "./urdf-findings.ts";
import { shown } from "./urdf-values.ts";
import type { XmlElement } from "./xml-tree.ts";

/** What may be in an element. `children: null`: what is inside is not ours to judge. */
type Word = { attributes: readonly string[]; children: Readonly<Record<string, Word>> | null };

function word(attributes: string, children: Readonly<Record<string, Word>> = {}): Word {
  return { attributes: attributes === "" ? [] : attributes.split(" "), children };
}

const foreign: Word = { attributes: [], children: null };
const origin = word("xyz rpy quat_xyzw");
const material = word("name", { color: word("rgba"), texture: word("filename") });
const geometry = word("", {
  box: word("size"),
  cylinder: word("radius length"),
  capsule: word("radius length"),
  sphere: word("radius"),
  mesh: word("filename scale"),
});

/** URDF's elements and attributes (http://wiki.ros.org/urdf/XML) and the sections other programs keep there. */
const robot = word("name version", {
  link: word("name type", {
    inertial: word("", { origin, mass: word("value"), inertia: word("ixx ixy ixz iyy iyz izz") }),
    visual: word("name", { origin, geometry, material }),
    collision: word("name", { origin, geometry, verbose: foreign }),
  }),
  joint: word("name type", {
    origin,
    parent: word("link"),
    child: word("link"),
    axis: word("xyz"),
    limit: word("lower upper velocity effort acceleration deceleration jerk"),
    dynamics: word("damping friction armature"),
    mimic: word("joint multiplier offset"),
    safety_controller: word("soft_lower_limit soft_upper_limit k_position k_velocity"),
    calibration: word("rising falling reference_position"),
  }),
  material,
  transmission: foreign,
  gazebo: foreign,
  ros2_control: foreign,
  sensor: foreign,
  mujoco: foreign,
});

/**
 * Warns of words URDF does not have, which are most often misspelt ones whose value is then lost.
 * Each is reported once, where it first occurs. Words with a namespace prefix are somebody's extension and pass.
 */
export function checkVocabulary(findings: UrdfFindings, at: Labelled): void {
  checkElement(findings, at, robot, new Set());
}

function checkElement(findings: UrdfFindings, at: Labelled, known: Word, told: Set<string>): void {
  if (known.children === null) return;
  const element = at.xml.name;
  for (const attribute of at.xml.attributes.keys()) {
    if (known.attributes.includes(attribute) || attribute.includes(":") || attribute === "xmlns") continue;
    if (once(told, `${element} ${attribute}`)) {
      const right = known.attributes.length === 0 ? "has none" : `has ${known.attributes.join(", ")}`;
      findings.warning(at, `unknown attribute ${shown(attribute)} is ignored; <${element}> ${right}`);
    }
  }
  for (const child of at.xml.children) {
    const childWord = Object.hasOwn(known.children, child.name) ? known.children[child.name] : undefined;
    const childAt = { xml: child, label: labelOf(at.label, child) };
    if (childWord !== undefined) {
      checkElement(findings, childAt, childWord, told);
    } else if (!child.name.includes(":") && once(told, `${element} > ${child.name}`)) {
      const names = Object.keys(known.children);
      const right = names.length === 0 ? "is empty" : `has ${names.join(", ")}`;
      findings.warning(childAt, `unknown element is ignored; <${element}> ${right}`);
    }
  }
}

function once(told: Set<string>, key: string): boolean {
  if (told.has(key)) return false;
  told.add(key);
  return true;
}

/** `joint "elbow"` at the robot's level, `joint "elbow" > limit` below it. */
export function labelOf(parent: string, xml: XmlElement): string {
  const name = xml.attributes.get("name");
  const own = name === undefined ? shown(xml.name) : `${shown(xml.name)} "${shown(name)}"`;
  return parent === "robot" ? own : `${parent} > ${shown(xml.name)}`;
}
