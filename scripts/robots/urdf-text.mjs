// URDF as text from links and joints as data; inertias from the collision primitives of each link.

const materials = {
  shell: [0.91, 0.9, 0.87, 1],
  graphite: [0.16, 0.17, 0.19, 1],
  accent: [0.0, 0.62, 0.65, 1],
  rubber: [0.07, 0.07, 0.08, 1],
  red: [0.8, 0.1, 0.08, 1],
};

const round = (value) => String(Number(value.toFixed(6)) || 0);
const triple = (values) => values.map(round).join(" ");
const originOf = ({ xyz = [0, 0, 0], rpy = [0, 0, 0] }) =>
  `<origin xyz="${triple(xyz)}" rpy="${triple(rpy)}"/>`;

/**
 * `links`: {name, mass?, shapes: [{kind, size | radius, length, xyz, rpy?}], meshes: {material: file}}.
 * `joints`: {name, type, parent, child, xyz?, rpy?, axis?, limit?, dynamics?, mimic?}.
 */
export function urdfText(name, about, links, joints) {
  const used = new Set(links.flatMap((link) => Object.keys(link.meshes ?? {})));
  const lines = [
    '<?xml version="1.0"?>',
    `<!-- ${about} Made by scripts/make-meshes.mjs. -->`,
    `<robot name="${name}">`,
  ];
  for (const material of Object.keys(materials).filter((key) => used.has(key))) {
    lines.push(`  <material name="${material}"><color rgba="${materials[material].join(" ")}"/></material>`);
  }
  for (const link of links) lines.push(...linkLines(link));
  for (const joint of joints) lines.push(...jointLines(joint));
  return `${lines.join("\n")}\n</robot>\n`;
}

function linkLines({ name, mass, shapes = [], meshes = {} }) {
  if (mass === undefined) return [`  <link name="${name}"/>`];
  const lines = [`  <link name="${name}">`, ...inertialLines(mass, shapes)];
  for (const [material, file] of Object.entries(meshes)) {
    lines.push(
      "    <visual>",
      `      <geometry><mesh filename="package://twinbridge/urdf/meshes/${file}.stl"/></geometry>`,
      `      <material name="${material}"/>`,
      "    </visual>",
    );
  }
  for (const shape of shapes) {
    lines.push(
      "    <collision>",
      `      ${originOf(shape)}`,
      `      <geometry>${geometryOf(shape)}</geometry>`,
      "    </collision>",
    );
  }
  return [...lines, "  </link>"];
}

function geometryOf({ kind, size, radius, length }) {
  if (kind === "box") return `<box size="${triple(size)}"/>`;
  if (kind === "sphere") return `<sphere radius="${round(radius)}"/>`;
  return `<cylinder radius="${round(radius)}" length="${round(length)}"/>`;
}

/** The shapes as one body of even density: mass by volume, then the parallel-axis theorem. */
function inertialLines(mass, shapes) {
  const total = shapes.reduce((sum, shape) => sum + volumeOf(shape), 0);
  const parts = shapes.map((shape) => ({
    shape,
    m: (mass * volumeOf(shape)) / total,
    at: shape.xyz ?? [0, 0, 0],
  }));
  const center = [0, 1, 2].map((k) => parts.reduce((sum, part) => sum + part.m * part.at[k], 0) / mass);
  const inertia = [0, 1, 2].map(() => [0, 0, 0]);
  for (const { shape, m, at } of parts) {
    const d = at.map((value, k) => value - center[k]);
    const own = turned(momentsOf(shape, m), shape.rpy ?? [0, 0, 0]);
    const square = d[0] ** 2 + d[1] ** 2 + d[2] ** 2;
    for (let i = 0; i < 3; i += 1) {
      for (let j = 0; j < 3; j += 1) inertia[i][j] += own[i][j] + m * ((i === j ? square : 0) - d[i] * d[j]);
    }
  }
  const entry = (key, i, j) => `${key}="${Number(inertia[i][j].toPrecision(6)) || 0}"`;
  const entries = [
    entry("ixx", 0, 0),
    entry("ixy", 0, 1),
    entry("ixz", 0, 2),
    entry("iyy", 1, 1),
    entry("iyz", 1, 2),
    entry("izz", 2, 2),
  ];
  return [
    "    <inertial>",
    `      ${originOf({ xyz: center })}`,
    `      <mass value="${mass}"/>`,
    `      <inertia ${entries.join(" ")}/>`,
    "    </inertial>",
  ];
}

function volumeOf({ kind, size, radius, length }) {
  if (kind === "box") return size[0] * size[1] * size[2];
  return kind === "sphere" ? (4 / 3) * Math.PI * radius ** 3 : Math.PI * radius ** 2 * length;
}

/** Principal moments about the shape's own axes. */
function momentsOf({ kind, size, radius, length }, m) {
  if (kind === "sphere") return [0.4, 0.4, 0.4].map((k) => k * m * radius ** 2);
  if (kind === "box") {
    const [x, y, z] = size.map((value) => value ** 2);
    return [y + z, x + z, x + y].map((sum) => (m * sum) / 12);
  }
  const across = (m * (3 * radius ** 2 + length ** 2)) / 12;
  return [across, across, (m * radius ** 2) / 2];
}

/** R diag(moments) Rᵀ for URDF's roll, pitch, yaw. */
function turned(moments, [roll, pitch, yaw]) {
  const [cr, sr, cp, sp, cy, sy] = [roll, pitch, yaw].flatMap((turn) => [Math.cos(turn), Math.sin(turn)]);
  const r = [
    [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
    [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
    [-sp, cp * sr, cp * cr],
  ];
  return r.map((row) =>
    r.map((other) => row.reduce((sum, value, k) => sum + value * moments[k] * other[k], 0)),
  );
}

function jointLines({ name, type, parent, child, xyz, rpy, axis, limit, dynamics, mimic }) {
  const lines = [
    `  <joint name="${name}" type="${type}">`,
    `    <parent link="${parent}"/>`,
    `    <child link="${child}"/>`,
    `    ${originOf({ xyz, rpy })}`,
  ];
  const attributes = (values) =>
    Object.entries(values)
      .map(([key, value]) => `${key}="${value}"`)
      .join(" ");
  if (axis !== undefined) lines.push(`    <axis xyz="${axis.join(" ")}"/>`);
  if (limit !== undefined) lines.push(`    <limit ${attributes(limit)}/>`);
  if (dynamics !== undefined) lines.push(`    <dynamics ${attributes(dynamics)}/>`);
  if (mimic !== undefined) lines.push(`    <mimic ${attributes(mimic)}/>`);
  return [...lines, "  </joint>"];
}
