import { relative } from "node:path";
import type { Result } from "../../core/result.ts";
import { readRobotText } from "../../io/files/description-file.ts";
import { findMesh, type MeshReport } from "../../io/files/mesh-files.ts";
import { findPackage, rootsOf } from "../../io/files/mesh-roots.ts";
import { readTextFile, xacroFilesOf } from "../../io/files/xacro-files.ts";
import { parseYaml } from "../../io/files/yaml-value.ts";
import type { RobotDescription } from "../../robot/description.ts";
import { applyJointLimits } from "../../robot/reading/joint-limits.ts";
import { readSrdf } from "../../robot/reading/srdf.ts";
import type { SemanticDescription } from "../../robot/reading/srdf-description.ts";
import type { UrdfFinding } from "../../robot/reading/urdf-findings.ts";
import { evaluateNumber, expandXacro } from "../../robot/reading/xacro/parse-xacro.ts";
import { findSelfCollisions, type SelfCollisions } from "./model-collisions.ts";

/** The files of one robot; `args` are for xacro. */
export type ModelFiles = {
  file: string;
  args: ReadonlyMap<string, string>;
  srdf: string | null;
  limits: string | null;
};

/** A finding whose file is named, as a person would type it. */
export type PlacedFinding = UrdfFinding & { file: string };

/** `description` has the limits of both files; null when the URDF has an error. */
export type CheckedModel = {
  description: RobotDescription | null;
  semantics: SemanticDescription | null;
  meshes: MeshReport[];
  /** Null for a robot without collision geometry, where the URDF has an error, and where nobody asked. */
  selfCollisions: SelfCollisions | null;
  findings: PlacedFinding[];
};

/** Reads and checks the files of a robot. Refuses only what cannot be read at all; the rest is in the findings. Self-collision is looked for on request: large meshes take seconds. */
export async function checkFiles(
  files: ModelFiles,
  { lookForCollisions = false } = {},
): Promise<Result<CheckedModel>> {
  const { file, args, srdf, limits } = files;
  const text = readTextFile(file);
  if (!text.ok) return text;
  const roots = rootsOf(file);
  const reading = readRobotText(file, text.value, roots, args);
  const findings = reading.findings.map((finding) => placed(finding, file));
  let { description } = reading;
  let semantics: SemanticDescription | null = null;
  if (description !== null && limits !== null) {
    const yaml = readTextFile(limits);
    if (!yaml.ok) return yaml;
    const tightened = readLimits(yaml.value, description);
    findings.push(...tightened.findings.map((finding) => placed(finding, limits)));
    description = tightened.description ?? description;
  }
  if (description !== null && srdf !== null) {
    const semantic = readTextFile(srdf);
    if (!semantic.ok) return semantic;
    const xacroFiles = xacroFilesOf(srdf, (name) => findPackage(roots, name));
    const { root, findings: found } = expandXacro(semantic.value, xacroFiles, args, "quiet");
    const read =
      root === null ? { semantics: null, findings: found.sorted() } : readSrdf(root, found, description);
    semantics = read.semantics;
    findings.push(...read.findings.map((finding) => placed(finding, srdf)));
  }
  const addresses = description === null ? [] : meshAddresses(description);
  const meshes = await Promise.all(addresses.map((address) => findMesh(address, roots)));
  return {
    ok: true,
    value: {
      description,
      semantics,
      meshes: meshes.map(({ uri, status, reason, bytes }) => ({ uri, status, reason, bytes })),
      selfCollisions:
        description === null || !lookForCollisions
          ? null
          : await findSelfCollisions(description, semantics, roots),
      findings,
    },
  };
}

function readLimits(text: string, description: RobotDescription): ReturnType<typeof applyJointLimits> {
  const parsed = parseYaml(text, {
    intAsBigInt: false,
    tagged: (_, expression) => evaluateNumber(expression),
  });
  if (parsed.ok) return applyJointLimits(parsed.value.value, description, parsed.value.lineOf);
  const line = Number(/^line (\d+)$/.exec(parsed.path)?.[1] ?? 1);
  const finding: UrdfFinding = { severity: "error", element: "document", line, message: parsed.reason };
  return { description: null, scaling: { velocity: 1, acceleration: 1 }, findings: [finding] };
}

/** The mesh addresses of a description, each once, in the order of the file. */
function meshAddresses(description: RobotDescription): string[] {
  const shapes = description.links.flatMap((link) => [...link.visuals, ...link.collisions]);
  const addresses = shapes.flatMap(({ geometry }) => (geometry.kind === "mesh" ? [geometry.filename] : []));
  return [...new Set(addresses)];
}

function placed(finding: UrdfFinding, file: string): PlacedFinding {
  if (finding.file === undefined) return { ...finding, file };
  const short = relative(process.cwd(), finding.file);
  return { ...finding, file: short.startsWith("..") ? finding.file : short };
}
