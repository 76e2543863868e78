import type {
  CollisionDescription,
  Geometry,
  Inertial,
  LinkDescription,
  MaterialDescription,
  VisualDescription,
} from "../description.ts";
import { childrenNamed, type Labelled, onlyChild, type UrdfFindings } from "./urdf-findings.ts";
import {
  checkMeasure,
  readNumber,
  readNumbers,
  readOrigin,
  readVector,
  requireNumber,
  requireText,
  shown,
} from "./urdf-values.ts";

/** Null (and an error) when the link has no name. */
export function readLink(
  findings: UrdfFindings,
  at: Labelled,
  materials: ReadonlyMap<string, MaterialDescription>,
): LinkDescription | null {
  const name = requireText(findings, at, "name");
  const inertial = readInertial(findings, at);
  const visuals: VisualDescription[] = [];
  for (const xml of childrenNamed(at.xml, "visual")) {
    const visual = { xml, label: `${at.label} > visual` };
    const shape = readShape(findings, visual);
    if (shape !== null) visuals.push({ ...shape, material: readVisualMaterial(findings, visual, materials) });
  }
  const collisions: CollisionDescription[] = [];
  for (const xml of childrenNamed(at.xml, "collision")) {
    const shape = readShape(findings, { xml, label: `${at.label} > collision` });
    if (shape !== null) collisions.push(shape);
  }
  return name === null ? null : { name, inertial, visuals, collisions };
}

function readInertial(findings: UrdfFindings, link: Labelled): Inertial | null {
  const at = onlyChild(findings, link, "inertial");
  if (at === null) return null;
  const origin = readOrigin(findings, at);
  const massAt = onlyChild(findings, at, "mass");
  if (massAt === null) findings.error(at, '<mass> is missing; give <mass value="1.5"/> in kg');
  const mass = massAt === null ? 0 : requireNumber(findings, massAt, "value");
  if (massAt !== null) checkMeasure(findings, massAt, "value", [mass]);
  const inertiaAt = onlyChild(findings, at, "inertia");
  if (inertiaAt === null) {
    findings.warning(at, "<inertia> is missing and taken as zero: the link has the dynamics of a point");
  }
  const entry = (name: string): number =>
    inertiaAt === null ? 0 : (readNumber(findings, inertiaAt, name) ?? 0);
  const inertia = {
    ixx: entry("ixx"),
    ixy: entry("ixy"),
    ixz: entry("ixz"),
    iyy: entry("iyy"),
    iyz: entry("iyz"),
    izz: entry("izz"),
  };
  if (inertiaAt !== null) checkMeasure(findings, inertiaAt, "inertia", Object.values(inertia));
  return { origin, mass, inertia };
}

/** A visual or collision that shows nothing is left out with a warning: the robot moves without it. */
function readShape(findings: UrdfFindings, at: Labelled): CollisionDescription | null {
  const origin = readOrigin(findings, at);
  const geometryAt = onlyChild(findings, at, "geometry");
  if (geometryAt === null) {
    findings.warning(at, "<geometry> is missing, so this is left out; give it a shape");
    return null;
  }
  const geometry = readGeometry(findings, geometryAt);
  return geometry === null ? null : { name: at.xml.attributes.get("name") ?? "", origin, geometry };
}

function readGeometry(findings: UrdfFindings, at: Labelled): Geometry | null {
  const xml = at.xml.children[0];
  if (xml === undefined) {
    findings.warning(
      at,
      "no shape in it, so this is left out; give a box, cylinder, capsule, sphere or mesh",
    );
    return null;
  }
  const shape = { xml, label: `${at.label} > ${shown(xml.name)}` };
  switch (xml.name) {
    case "box":
      return positive(findings, shape, { kind: "box", size: readVector(findings, shape, "size", [0, 0, 0]) });
    case "sphere":
      return positive(findings, shape, { kind: "sphere", radius: requireNumber(findings, shape, "radius") });
    case "cylinder":
    case "capsule": {
      const radius = requireNumber(findings, shape, "radius");
      return positive(findings, shape, {
        kind: xml.name,
        radius,
        length: requireNumber(findings, shape, "length"),
      });
    }
    case "mesh": {
      const filename = (xml.attributes.get("filename") ?? "").trim();
      const scale = readVector(findings, shape, "scale", [1, 1, 1]);
      if (filename !== "") return { kind: "mesh", filename, scale };
      findings.warning(shape, 'filename is missing, so this is left out; give filename="package://…"');
      return null;
    }
    default:
      findings.warning(shape, "unknown shape is left out; URDF has box, cylinder, capsule, sphere and mesh");
      return null;
  }
}

function positive(
  findings: UrdfFindings,
  at: Labelled,
  geometry: Exclude<Geometry, { kind: "mesh" }>,
): Geometry {
  const sizes = geometry.kind === "box" ? geometry.size : [geometry.radius];
  const length = geometry.kind === "cylinder" || geometry.kind === "capsule" ? geometry.length : 1;
  if (sizes.some((size) => size <= 0) || length <= 0) {
    findings.warning(at, `every size of a ${geometry.kind} should be above 0`);
  }
  return geometry;
}

function readVisualMaterial(
  findings: UrdfFindings,
  visual: Labelled,
  materials: ReadonlyMap<string, MaterialDescription>,
): MaterialDescription | null {
  const at = onlyChild(findings, visual, "material");
  if (at === null) return null;
  const own = readMaterial(findings, at);
  if (own.color !== null || own.texture !== null) return own;
  const named = materials.get(own.name);
  if (named === undefined) {
    findings.warning(at, `material "${shown(own.name)}" is defined nowhere; give it a <color rgba="…"/>`);
  }
  return named ?? null;
}

export function readMaterial(findings: UrdfFindings, at: Labelled): MaterialDescription {
  const colorAt = onlyChild(findings, at, "color");
  const [r, g, b, a] = (colorAt === null ? null : readNumbers(findings, colorAt, "rgba", 4)) ?? [];
  const textureAt = onlyChild(findings, at, "texture");
  if (colorAt !== null && [r, g, b, a].some((part) => part !== undefined && (part < 0 || part > 1))) {
    findings.warning(colorAt, "rgba should be four numbers from 0 to 1");
  }
  const whole = r !== undefined && g !== undefined && b !== undefined && a !== undefined;
  return {
    name: at.xml.attributes.get("name") ?? "",
    color: whole ? [r, g, b, a] : null,
    texture: textureAt?.xml.attributes.get("filename") ?? null,
  };
}
