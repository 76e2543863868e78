import type { RobotDescription, TransmissionDescription } from "../../robot/description.ts";
import { createModel, type ModelJoint, type RobotModel } from "../../robot/model.ts";
import type { SemanticDescription } from "../../robot/reading/srdf-description.ts";
import { resolveGroups } from "../../robot/reading/srdf-groups.ts";
import type { CheckedModel, PlacedFinding } from "./model-check.ts";
import { collisionLines } from "./model-collisions.ts";

/** As compilers put it, so that editors find the place: `robot.urdf:12: error: joint "a": …`. */
export function findingLine(finding: PlacedFinding): string {
  return `${finding.file}:${finding.line}: ${finding.severity}: ${finding.element}: ${finding.message}`;
}

/** What `twin model check` prints about a robot that could be read. */
export function reportText(
  { semantics, meshes, selfCollisions }: CheckedModel,
  description: RobotDescription,
): string {
  const model = createModel(description);
  const mass = description.links.reduce((sum, link) => sum + (link.inertial?.mass ?? 0), 0);
  const movable = model.joints.filter((joint) => joint.type !== "fixed");
  const sections = [
    [
      `${model.name}: ${model.links.length} links, ${model.joints.length} joints, nq ${model.nq}, nv ${model.nv}, ${short(mass)} kg`,
    ],
    treeLines(model),
    movable.length > 0 ? limitLines(movable) : [],
    transmissionLines(description.transmissions),
    semantics === null ? [] : semanticLines(description, semantics),
    meshLines(meshes),
    selfCollisions === null ? [] : collisionLines(selfCollisions),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The same for programs: `--json`. Ends that are not bounded are absent. */
export function reportJson({
  description,
  semantics,
  meshes,
  selfCollisions,
  findings,
}: CheckedModel): string {
  const ok = !findings.some((finding) => finding.severity === "error");
  if (description === null) return JSON.stringify({ ok, findings });
  const model = createModel(description);
  const bound = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
  const joints = model.joints.map((joint) => ({
    name: joint.name,
    type: joint.type,
    parent: joint.parentLink,
    child: joint.childLink,
    axis: joint.axis,
    lower: bound(joint.lower),
    upper: bound(joint.upper),
    velocity: bound(joint.velocity),
    effort: bound(joint.effort),
    acceleration: bound(joint.acceleration),
    jerk: bound(joint.jerk),
    mimic: joint.mimic ?? undefined,
  }));
  const { name, rootLink, links, nq, nv } = model;
  const { transmissions } = description;
  const report = { ok, name, rootLink, nq, nv, links, joints, transmissions, meshes, selfCollisions };
  return JSON.stringify({ ...report, semantics: semanticJson(description, semantics), findings });
}

/** Groups with what they come to; states as joint and positions. */
function semanticJson(
  description: RobotDescription,
  semantics: SemanticDescription | null,
): object | undefined {
  if (semantics === null) return undefined;
  const resolved = resolveGroups(description, semantics.groups);
  return {
    ...semantics,
    groups: semantics.groups.map((group) => ({ ...group, comesTo: resolved.get(group.name) })),
    states: semantics.states.map((state) => ({ ...state, positions: Object.fromEntries(state.positions) })),
  };
}

/** Deeper branches are drawn at this depth: a chain of ten thousand links is no picture anyway. */
const deepestIndent = 32;

function treeLines(model: RobotModel): string[] {
  const lastChild = new Map<number, number>();
  for (let link = 1; link < model.links.length; link += 1) lastChild.set(model.parent[link] ?? 0, link);
  const lines = [model.rootLink];
  const indents = [""];
  for (const [index, joint] of model.joints.entries()) {
    const parent = model.parent[index + 1] ?? 0;
    const indent = indents[parent] ?? "";
    const last = lastChild.get(parent) === index + 1;
    const deeper = indent + (last ? "   " : "│  ");
    indents[index + 1] = deeper.length > 3 * deepestIndent ? indent : deeper;
    lines.push(`${indent}${last ? "└─ " : "├─ "}${joint.childLink}  (${joint.name}, ${joint.type})`);
  }
  return lines;
}

type Column = { title: string; cell: (joint: ModelJoint) => string; isNumber: boolean };

function limitLines(joints: readonly ModelJoint[]): string[] {
  const number = (title: string, value: (joint: ModelJoint) => number): Column => ({
    title,
    cell: (joint) => short(value(joint)),
    isNumber: true,
  });
  const text = (title: string, cell: Column["cell"]): Column => ({ title, cell, isNumber: false });
  const isTimed = joints.some((joint) => Number.isFinite(joint.acceleration) || Number.isFinite(joint.jerk));
  const columns = [
    text("joint", (joint) => joint.name),
    text("type", (joint) => joint.type),
    number("lower", (joint) => joint.lower),
    number("upper", (joint) => joint.upper),
    number("velocity", (joint) => joint.velocity),
    number("effort", (joint) => joint.effort),
    ...(isTimed
      ? [number("accel.", (joint) => joint.acceleration), number("jerk", (joint) => joint.jerk)]
      : []),
    text("follows", ({ mimic }) =>
      mimic === null ? "" : `${short(mimic.multiplier)} × ${mimic.joint} + ${short(mimic.offset)}`,
    ),
  ];
  const rows = [
    columns.map(({ title }) => title),
    ...joints.map((joint) => columns.map(({ cell }) => cell(joint))),
  ];
  const widths = columns.map((_, i) => rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 0));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (columns[i]?.isNumber ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [...rows.map(line), "rad or m, per second (accel. s², jerk s³), N·m or N; – is not bounded"];
}

function transmissionLines(transmissions: readonly TransmissionDescription[]): string[] {
  if (transmissions.length === 0) return [];
  const ends = (all: TransmissionDescription["joints"]): string =>
    all
      .map((end) =>
        end.mechanicalReduction === null ? end.name : `${end.name} × ${short(end.mechanicalReduction)}`,
      )
      .join(", ");
  const rows = transmissions.map(
    ({ name, type, joints, actuators }) =>
      `  ${name}  ${ends(actuators)} → ${ends(joints)}  (${type || "no type"})`,
  );
  return [`${transmissions.length} transmissions`, ...rows];
}

function semanticLines(description: RobotDescription, semantics: SemanticDescription): string[] {
  const resolved = resolveGroups(description, semantics.groups);
  const groups = semantics.groups.map((group) => {
    const states = semantics.states.filter((state) => state.group === group.name).map((state) => state.name);
    const named = states.length === 0 ? "" : `  [${states.join(", ")}]`;
    return `  ${group.name}  ${resolved.get(group.name)?.joints.join(", ") ?? ""}${named}`;
  });
  const { endEffectors, virtualJoints, passiveJoints, disabledCollisions } = semantics;
  return [
    `${groups.length} groups`,
    ...groups,
    ...endEffectors.map((end) => `end effector ${end.name}: ${end.group} on ${end.parentLink}`),
    ...virtualJoints.map(
      (joint) => `virtual joint ${joint.name}: ${joint.type}, ${joint.parentFrame} → ${joint.childLink}`,
    ),
    ...(passiveJoints.length === 0 ? [] : [`passive: ${passiveJoints.join(", ")}`]),
    `${disabledCollisions.length} collision pairs disabled`,
  ];
}

function meshLines(meshes: CheckedModel["meshes"]): string[] {
  if (meshes.length === 0) return [];
  const absent = meshes.filter((mesh) => mesh.status !== "found").length;
  return [
    `${meshes.length} meshes${absent === 0 ? ", all found" : `, ${absent} not found`}`,
    ...meshes.map(({ uri, status, reason, bytes }) =>
      status === "found" ? `  ${uri}  ${bytes} bytes` : `  ${uri}  ${status}: ${reason}`,
    ),
  ];
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : "–";
}
