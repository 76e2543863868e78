import type { JointDescription, RobotDescription } from "../description.ts";
import type {
  CollisionPair,
  EndEffector,
  GroupDescription,
  GroupState,
  SemanticDescription,
  VirtualJoint,
} from "./srdf-description.ts";
import { chainJoints, jointsAbove, type ResolvedGroup, resolveGroups } from "./srdf-groups.ts";
import { readPositions } from "./srdf-positions.ts";
import { childrenNamed, type Labelled, type UrdfFinding, UrdfFindings } from "./urdf-findings.ts";
import { requireText, shown } from "./urdf-values.ts";
import { labelOf } from "./urdf-vocabulary.ts";
import { faultPlace, readXml, type XmlElement } from "./xml-tree.ts";

/** `semantics` is null exactly when a finding is an error. */
export type SrdfReading = { semantics: SemanticDescription | null; findings: UrdfFinding[] };

/**
 * Reads an SRDF (https://wiki.ros.org/srdf) for a robot. Never throws. What names a link, joint or group that is not
 * there is left out with a warning, as srdfdom does: of the SRDFs in use, half name something of a sister robot.
 */
export function parseSrdf(text: string, description: RobotDescription): SrdfReading {
  const xml = readXml(text);
  if (xml.fault === null) {
    const findings = new UrdfFindings();
    for (const warning of xml.warnings) findings.warning(faultPlace(warning, null), warning.message);
    return readSrdf(xml.root, findings, description);
  }
  const { line, message } = xml.fault;
  return { semantics: null, findings: [{ severity: "error", element: "document", line, message }] };
}

/** As `parseSrdf`, of a tree that was read already; adds to `findings`. */
export function readSrdf(
  root: XmlElement,
  findings: UrdfFindings,
  description: RobotDescription,
): SrdfReading {
  const at: Labelled = { xml: root, label: "robot" };
  if (root.name === "robot") {
    const semantics = new SrdfReader(findings, description).read(at);
    return { semantics: findings.hasError ? null : semantics, findings: findings.sorted() };
  }
  findings.error(
    { xml: root, label: shown(root.name) },
    "the outermost element of an SRDF should be <robot>",
  );
  return { semantics: null, findings: findings.sorted() };
}

/** Elements of SRDF; those without a place here are MoveIt's or pinocchio's own and of no use to us. */
const known: ReadonlySet<string> = new Set(
  (
    "group group_state end_effector virtual_joint passive_joint disable_collisions enable_collisions " +
    "disable_default_collisions joint_property link_sphere_approximation rotor_params"
  ).split(" "),
);

const virtualTypes = ["fixed", "planar", "floating"] as const;

class SrdfReader {
  readonly #findings: UrdfFindings;
  readonly #description: RobotDescription;
  readonly #links: ReadonlySet<string>;
  readonly #joints: ReadonlyMap<string, JointDescription>;

  constructor(findings: UrdfFindings, description: RobotDescription) {
    this.#findings = findings;
    this.#description = description;
    this.#links = new Set(description.links.map((link) => link.name));
    this.#joints = new Map(description.joints.map((joint) => [joint.name, joint]));
  }

  read(robot: Labelled): SemanticDescription {
    const name = requireText(this.#findings, robot, "name") ?? "";
    if (name !== "" && name !== this.#description.name) {
      const message = `the SRDF is for "${shown(name)}", the robot is "${shown(this.#description.name)}"; one name is right`;
      this.#findings.warning(robot, message);
    }
    for (const child of robot.xml.children) {
      if (known.has(child.name) || child.name.includes(":")) continue;
      this.#findings.warning(
        { xml: child, label: shown(child.name) },
        "unknown element is ignored; mend its name",
      );
    }
    const virtualJoints = this.#each(robot, "virtual_joint", (at) => this.#virtualJoint(at));
    const virtualNames = new Map(virtualJoints.map((joint) => [joint.name, joint]));
    const groups = this.#groups(robot, virtualNames);
    const names = new Set(groups.map((group) => group.name));
    const isCircular = this.#refuseCircles(robot, groups);
    const resolved = isCircular ? new Map() : resolveGroups(this.#description, groups);
    return {
      name,
      groups,
      states: this.#each(robot, "group_state", (at) => this.#state(at, resolved, virtualNames, names)),
      endEffectors: this.#each(robot, "end_effector", (at) => this.#endEffector(at, names)),
      virtualJoints,
      passiveJoints: this.#each(robot, "passive_joint", (at) => this.#passive(at, virtualNames)),
      disabledCollisions: this.#each(robot, "disable_collisions", (at) => this.#pair(at)),
      enabledCollisions: this.#each(robot, "enable_collisions", (at) => this.#pair(at)),
      disableDefaultCollisions: this.#each(robot, "disable_default_collisions", (at) =>
        this.#knownLink(at, "link"),
      ),
    };
  }

  #each<T>(robot: Labelled, name: string, read: (at: Labelled) => T | null): T[] {
    return childrenNamed(robot.xml, name).flatMap((xml) => {
      const found = read({ xml, label: labelOf("robot", xml) });
      return found === null ? [] : [found];
    });
  }

  #knownLink(at: Labelled, attribute: string): string | null {
    const link = requireText(this.#findings, at, attribute);
    if (link === null || this.#links.has(link)) return link;
    this.#findings.warning(
      at,
      `the robot has no link "${shown(link)}", so this is left out; mend ${attribute}`,
    );
    return null;
  }

  #knownJoint(at: Labelled, virtual: ReadonlyMap<string, VirtualJoint>): string | null {
    const joint = requireText(this.#findings, at, "name");
    if (joint === null || this.#joints.has(joint) || virtual.has(joint)) return joint;
    this.#findings.warning(
      at,
      `the robot has no joint "${shown(joint)}", so this is left out; mend the name`,
    );
    return null;
  }

  #groups(robot: Labelled, virtual: ReadonlyMap<string, VirtualJoint>): GroupDescription[] {
    const names = new Set<string>();
    const defined = new Set(childrenNamed(robot.xml, "group").map((xml) => xml.attributes.get("name")));
    return this.#each(robot, "group", (at) => {
      const name = requireText(this.#findings, at, "name");
      if (name === null) return null;
      if (names.has(name))
        this.#findings.error(at, "a group of this name is defined above; names must differ");
      names.add(name);
      return this.#group(at, name, virtual, defined);
    });
  }

  #group(
    at: Labelled,
    name: string,
    virtual: ReadonlyMap<string, VirtualJoint>,
    defined: ReadonlySet<string | undefined>,
  ): GroupDescription {
    const inside = <T>(element: string, read: (inner: Labelled) => T | null): T[] =>
      childrenNamed(at.xml, element).flatMap((xml) => {
        const found = read({ xml, label: `${at.label} > ${element}` });
        return found === null ? [] : [found];
      });
    const group = {
      name,
      links: inside("link", (inner) => this.#knownLink(inner, "name")),
      joints: inside("joint", (inner) => this.#knownJoint(inner, virtual)),
      chains: inside("chain", (inner) => this.#chain(inner)),
      subgroups: inside("group", (inner) => this.#knownGroup(inner, "name", defined)),
    };
    if (at.xml.children.length === 0) {
      this.#findings.warning(at, "the group is empty; put links, joints, chains or groups in it");
    }
    return group;
  }

  #knownGroup(at: Labelled, attribute: string, names: ReadonlySet<string | undefined>): string | null {
    const group = requireText(this.#findings, at, attribute);
    if (group === null || names.has(group)) return group;
    this.#findings.warning(
      at,
      `there is no group "${shown(group)}", so this is left out; define it or mend ${attribute}`,
    );
    return null;
  }

  #chain(at: Labelled): { base: string; tip: string } | null {
    const base = this.#knownLink(at, "base_link");
    const tip = this.#knownLink(at, "tip_link");
    if (base === null || tip === null) return null;
    if (chainJoints(jointsAbove(this.#description), base, tip) !== null) return { base, tip };
    const message = `link "${shown(tip)}" does not hang on "${shown(base)}", so this is left out; swap or mend the two`;
    this.#findings.warning(at, message);
    return null;
  }

  /** True, with an error, when groups contain one another. */
  #refuseCircles(robot: Labelled, groups: readonly GroupDescription[]): boolean {
    const named = new Map(groups.map((group) => [group.name, group]));
    const done = new Set<string>();
    const open = new Set<string>();
    let circular: string | null = null;
    const visit = (name: string): void => {
      if (done.has(name) || circular !== null) return;
      if (open.has(name)) {
        circular = name;
        return;
      }
      open.add(name);
      for (const inner of named.get(name)?.subgroups ?? []) visit(inner);
      open.delete(name);
      done.add(name);
    };
    for (const group of groups) visit(group.name);
    if (circular === null) return false;
    const xml =
      childrenNamed(robot.xml, "group").find((one) => one.attributes.get("name") === circular) ?? robot.xml;
    const at = { xml, label: labelOf("robot", xml) };
    this.#findings.error(at, "the group contains itself through its subgroups; take one out");
    return true;
  }

  #state(
    at: Labelled,
    groups: ReadonlyMap<string, ResolvedGroup>,
    virtual: ReadonlyMap<string, VirtualJoint>,
    names: ReadonlySet<string>,
  ): GroupState | null {
    const name = requireText(this.#findings, at, "name");
    const isForAll = !at.xml.attributes.has("group");
    if (isForAll)
      this.#findings.warning(at, "group is missing, so this counts for the whole robot; name the group");
    const group = isForAll ? null : this.#knownGroup(at, "group", names);
    if (name === null || (group === null && !isForAll)) return null;
    const members = groups.get(group ?? "");
    const positions = new Map<string, number[]>();
    for (const xml of childrenNamed(at.xml, "joint")) {
      const inner = { xml, label: `${at.label} > joint` };
      const joint = this.#knownJoint(inner, virtual);
      if (joint === null) continue;
      const values = readPositions(this.#findings, inner, this.#joints.get(joint) ?? virtual.get(joint));
      if (values !== null) positions.set(joint, values);
      if (members !== undefined && !members.joints.includes(joint) && !virtual.has(joint)) {
        this.#findings.warning(inner, `joint "${shown(joint)}" is not in group "${shown(group ?? "")}"`);
      }
    }
    return { name, group, positions };
  }

  #endEffector(at: Labelled, names: ReadonlySet<string>): EndEffector | null {
    const name = requireText(this.#findings, at, "name");
    const group = this.#knownGroup(at, "group", names);
    const parentLink = this.#knownLink(at, "parent_link");
    const said = (at.xml.attributes.get("parent_group") ?? "") !== "";
    const parentGroup = said ? this.#knownGroup(at, "parent_group", names) : null;
    if (name === null || group === null || parentLink === null) return null;
    return { name, group, parentLink, parentGroup };
  }

  #virtualJoint(at: Labelled): VirtualJoint | null {
    const name = requireText(this.#findings, at, "name");
    const said = requireText(this.#findings, at, "type");
    const parentFrame = requireText(this.#findings, at, "parent_frame");
    const childLink = this.#knownLink(at, "child_link");
    const type = virtualTypes.find((one) => one === said);
    if (said !== null && type === undefined) {
      this.#findings.error(at, `type="${shown(said)}" should be ${virtualTypes.join(", ")}`);
    }
    if (name === null || type === undefined || parentFrame === null || childLink === null) return null;
    return { name, type, parentFrame, childLink };
  }

  #passive(at: Labelled, virtual: ReadonlyMap<string, VirtualJoint>): string | null {
    return this.#knownJoint(at, virtual);
  }

  #pair(at: Labelled): CollisionPair | null {
    const link1 = this.#knownLink(at, "link1");
    const link2 = this.#knownLink(at, "link2");
    if (link1 === null || link2 === null) return null;
    if (link1 === link2)
      this.#findings.warning(at, `link "${shown(link1)}" is paired with itself; name another`);
    return { link1, link2, reason: at.xml.attributes.get("reason") ?? "" };
  }
}
