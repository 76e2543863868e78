import type { JointDescription, LinkDescription, RobotDescription } from "../description.ts";
import { orderTree, type TreeNode } from "../kinematic-tree.ts";
import { type ResolvedMimic, resolveMimic } from "../mimic.ts";
import { inertiaFault } from "./principal-moments.ts";
import { childrenNamed, type Labelled, type UrdfFindings } from "./urdf-findings.ts";
import { checkMeasure, shown } from "./urdf-values.ts";

/** A read element beside what it says, so that a finding about the whole can name the place. */
export type Read<T> = { said: T; at: Labelled };

/** What can only be judged over the whole robot: names, the tree, mimic chains, masses. */
export function checkRobot(
  findings: UrdfFindings,
  robot: Labelled,
  links: readonly Read<LinkDescription>[],
  joints: readonly Read<JointDescription>[],
): void {
  if (childrenNamed(robot.xml, "link").length === 0) {
    findings.error(robot, 'there is no link; a robot has at least <link name="base_link"/>');
  }
  checkUnique(findings, links, "link");
  checkUnique(findings, joints, "joint");
  checkMimics(findings, joints);
  for (const link of links) checkInertial(findings, link);
  const linkNames = new Set(links.map((link) => link.said.name));
  for (const { said, at } of joints) {
    if (said.parent === said.child) {
      findings.error(at, `link "${shown(said.parent)}" cannot be its own parent; mend one of the two names`);
    }
    for (const name of [said.parent, said.child]) {
      if (!linkNames.has(name))
        findings.error(at, `there is no link "${shown(name)}"; define it or mend the name`);
    }
  }
  if (findings.hasError) return;
  const description = { links: links.map((link) => link.said), joints: joints.map((joint) => joint.said) };
  const tree = orderTree(description.links, description.joints);
  if (tree.fault !== null) {
    const places = tree.fault.kind === "twoParents" ? joints : links;
    const at = places[tree.fault.offenders[0] ?? 0]?.at ?? robot;
    findings.error(at, tree.fault.message);
    return;
  }
  checkMovingMasses(findings, tree.nodes, description, joints);
}

function checkUnique(
  findings: UrdfFindings,
  all: readonly Read<{ name: string }>[],
  kind: "link" | "joint",
): void {
  const firstAt = new Map<string, number>();
  for (const { said, at } of all) {
    const line = firstAt.get(said.name);
    if (line === undefined) firstAt.set(said.name, at.xml.line);
    else findings.error(at, `line ${line} has a ${kind} of this name; names of ${kind}s must differ`);
  }
}

/**
 * A master that is nowhere is common in robots put together from parts and stops no other program, so
 * that joint counts as independent, with a warning. (Mimics are changed only here, after reading.)
 */
function checkMimics(findings: UrdfFindings, joints: readonly Read<JointDescription>[]): void {
  const jointNamed = new Map(joints.map((joint) => [joint.said.name, joint.said]));
  for (const { said, at } of joints) {
    if (said.mimic === null || jointNamed.has(said.mimic.joint)) continue;
    const message = `there is no joint "${shown(said.mimic.joint)}" to follow, so it counts as independent; mend the name`;
    findings.warning({ ...at, label: `${at.label} > mimic` }, message);
    said.mimic = null;
  }
  for (const { said, at } of joints) {
    if (said.mimic === null) continue;
    const { mimic, fault } = resolveMimic(said, jointNamed);
    const mimicAt = { ...at, label: `${at.label} > mimic` };
    if (fault !== null) {
      findings.error(mimicAt, fault.message);
      continue;
    }
    checkMeasure(findings, mimicAt, "multiplier or offset, over the chain,", [
      mimic.multiplier,
      mimic.offset,
    ]);
    const beyond = beyondOwnLimits(said, mimic, jointNamed.get(mimic.joint));
    if (beyond !== null) findings.warning(mimicAt, beyond);
  }
}

/** Differences of limits below this are rounding, rad or m. */
const rounding = 1e-3;

/** Where a master takes its follower out of the follower's own limits, as a sentence; null: nowhere. */
function beyondOwnLimits(
  { limit, type }: JointDescription,
  { joint, multiplier, offset }: ResolvedMimic,
  master: JointDescription | undefined,
): string | null {
  if (limit === null || type === "continuous" || master?.limit == null || master.type === "continuous") {
    return null;
  }
  const ends = [master.limit.lower ?? 0, master.limit.upper ?? 0].map((end) => multiplier * end + offset);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const [lower, upper] = [limit.lower ?? 0, limit.upper ?? 0];
  if (least >= lower - rounding && most <= upper + rounding) return null;
  const shown = [least, most, lower, upper].map((value) => Number(value.toFixed(4)));
  return `"${joint}" takes it from ${shown[0]} to ${shown[1]}, beyond its own limits of ${shown[2]} to ${shown[3]}; widen these or narrow those of "${joint}"`;
}

function checkInertial(findings: UrdfFindings, link: Read<LinkDescription>): void {
  const inertial = link.said.inertial;
  if (inertial === null) return;
  const at = { ...link.at, label: `${link.at.label} > inertial` };
  if (inertial.mass < 0) findings.error(at, `the mass ${inertial.mass} kg is negative`);
  if (inertial.mass === 0)
    findings.warning(at, "the mass is zero; give the body's own or leave <inertial> out");
  const said = at.xml.children.some((child) => child.name === "inertial" && child.children.some(isInertia));
  const fault = said ? inertiaFault(inertial.inertia) : null;
  if (fault !== null && inertial.mass !== 0) findings.warning(at, fault);
}

function isInertia(xml: { name: string }): boolean {
  return xml.name === "inertia";
}

/** A joint that moves nothing heavy makes forward dynamics singular; frames on fixed joints may be massless. */
function checkMovingMasses(
  findings: UrdfFindings,
  nodes: readonly TreeNode[],
  robot: Pick<RobotDescription, "links" | "joints">,
  places: readonly Read<JointDescription>[],
): void {
  const massBelow = new Map<string, number>();
  for (let i = nodes.length - 1; i > 0; i -= 1) {
    const node = nodes[i];
    const joint = robot.joints[node?.joint ?? -1];
    const link = robot.links[node?.link ?? -1];
    const at = places[node?.joint ?? -1]?.at;
    if (joint === undefined || link === undefined || at === undefined) continue;
    const mass = (massBelow.get(link.name) ?? 0) + (link.inertial?.mass ?? 0);
    massBelow.set(joint.parent, (massBelow.get(joint.parent) ?? 0) + mass);
    if (mass === 0 && joint.type !== "fixed") {
      findings.warning(
        at,
        "nothing it moves has a mass, so its dynamics are undefined; give its link an <inertial>",
      );
    }
  }
}
