import type { RobotDescription } from "../robot/description.ts";
import { createModel, type ModelJoint, type RobotModel } from "../robot/model.ts";
import type { UrdfFinding } from "../robot/reading/urdf-findings.ts";

/** The mesh addresses of a description, each once, in the order of the file. */
export function meshAddresses(description: RobotDescription): string[] {
  const shapes = description.links.flatMap((link) => [...link.visuals, ...link.collisions]);
  const addresses = shapes.flatMap(({ geometry }) => (geometry.kind === "mesh" ? [geometry.filename] : []));
  return [...new Set(addresses)];
}

/** As compilers put it, so that editors find the place: `robot.urdf:12: error: joint "a": …`. */
export function findingLine(file: string, finding: UrdfFinding): string {
  return `${file}:${finding.line}: ${finding.severity}: ${finding.element}: ${finding.message}`;
}

/** What `twin model check` prints about a robot that could be read. */
export function reportText(description: RobotDescription): string {
  const model = createModel(description);
  const mass = model.mass.reduce((sum, one) => sum + one, 0);
  const meshes = meshAddresses(description);
  const movable = model.joints.filter((joint) => joint.type !== "fixed");
  return [
    `${model.name}: ${model.links.length} links, ${model.joints.length} joints, nq ${model.nq}, nv ${model.nv}, ${short(mass)} kg`,
    "",
    ...treeLines(model),
    ...(movable.length > 0 ? ["", ...limitLines(movable)] : []),
    ...(meshes.length > 0 ? ["", `${meshes.length} meshes`, ...meshes.map((address) => `  ${address}`)] : []),
  ].join("\n");
}

/** The same for programs: `--json`. Ends that are not bounded are absent. */
export function reportJson(description: RobotDescription | null, findings: readonly UrdfFinding[]): string {
  const ok = description !== null;
  if (!ok) return JSON.stringify({ ok, findings });
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
    mimic: joint.mimic ?? undefined,
  }));
  const { name, rootLink, links, nq, nv } = model;
  const meshes = meshAddresses(description);
  return JSON.stringify({ ok, name, rootLink, nq, nv, links, joints, meshes, findings });
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

function limitLines(joints: readonly ModelJoint[]): string[] {
  const head = ["joint", "type", "lower", "upper", "velocity", "effort", "follows"];
  const rows = joints.map((joint) => [
    joint.name,
    joint.type,
    short(joint.lower),
    short(joint.upper),
    short(joint.velocity),
    short(joint.effort),
    joint.mimic === null
      ? ""
      : `${short(joint.mimic.multiplier)} × ${joint.mimic.joint} + ${short(joint.mimic.offset)}`,
  ]);
  const widths = head.map((title, column) =>
    [head, ...rows].reduce((most, row) => Math.max(most, row[column]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i >= 2 && i < 6 ? cell.padStart(widths[i] ?? 0) : i === 6 ? cell : cell.padEnd(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line), "rad or m, per second, N·m or N; – is not bounded"];
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : "–";
}
