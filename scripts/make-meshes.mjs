// Writes urdf/*.urdf and urdf/meshes/*.stl: the robots to try twinbridge with. The same input gives the
// same bytes. Run it after a change in scripts/robots/: node scripts/make-meshes.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { armMeshes, armParts } from "./robots/arm.mjs";
import { baseMeshes, baseParts, deckHeight } from "./robots/base.mjs";
import { binaryStl } from "./robots/stl.mjs";
import { urdfText } from "./robots/urdf-text.mjs";

const folder = new URL("../urdf/", import.meta.url);
mkdirSync(new URL("meshes/", folder), { recursive: true });

let bytes = 0;
const files = new Map();
for (const [link, solids] of Object.entries({ ...armMeshes(), ...baseMeshes() })) {
  const named = {};
  for (const [material, solid] of Object.entries(solids)) {
    const file = `${link}_${material}`;
    const stl = binaryStl(solid);
    writeFileSync(new URL(`meshes/${file}.stl`, folder), stl);
    bytes += stl.length;
    named[material] = file;
  }
  files.set(link, named);
}
const meshesOf = (link) => files.get(link) ?? {};

const arm = armParts(meshesOf);
const base = baseParts(meshesOf);
const mount = (parent, xyz) => ({ name: "arm_joint", type: "fixed", parent, child: "arm_base_link", xyz });
const write = (name, about, links, joints) =>
  writeFileSync(new URL(`${name}.urdf`, folder), urdfText(`twin_${name}`, about, links, joints));

write(
  "arm",
  "A six-axis arm with a two-finger gripper.",
  [{ name: "base_link" }, ...arm.links],
  [mount("base_link", [0, 0, 0]), ...arm.joints],
);
write("base", "A differential-drive base.", base.links, base.joints);
write(
  "rover",
  "The arm on the base: the demo robot.",
  [...base.links, ...arm.links],
  [...base.joints, mount("base_link", [-0.02, 0, deckHeight]), ...arm.joints],
);
process.stdout.write(
  `${[...files.values()].flatMap(Object.keys).length} meshes, ${(bytes / 1024).toFixed(0)} KiB\n`,
);
