import type { Material, Object3D } from "three";
import type { MeshCompanions } from "./mesh-companions.ts";

const mostLibraries = 16;

/** Reads an OBJ file with the material libraries that it names; `own`: the materials that these define. */
export async function readObj(
  text: string,
  companions: MeshCompanions,
): Promise<{ object: Object3D; own: ReadonlySet<unknown> }> {
  const { OBJLoader } = await import("three/examples/jsm/loaders/OBJLoader.js");
  const reader = new OBJLoader();
  const named = new Set([...text.matchAll(/^\s*mtllib\s+(\S.*?)\s*$/gm)].map(([, name = ""]) => name));
  if (named.size === 0) return { object: reader.parse(text), own: new Set() };
  const { MTLLoader } = await import("three/examples/jsm/loaders/MTLLoader.js");
  const libraries = await Promise.all(
    [...named].slice(0, mostLibraries).map((name) => companions.text(name)),
  );
  const library = libraries.join("\n");
  if (/\.tga\s*$/im.test(library)) {
    const { TGALoader } = await import("three/examples/jsm/loaders/TGALoader.js");
    companions.manager.addHandler(/\.tga$/i, new TGALoader(companions.manager));
  }
  const creator = new MTLLoader(companions.manager).parse(library, "");
  const object = reader.setMaterials(creator).parse(text);
  const own = new Set<Material>();
  // The reader also makes materials that no library defines.
  for (const [name, material] of Object.entries(creator.materials)) {
    if (Object.hasOwn(creator.materialsInfo, name)) own.add(material);
  }
  return { object, own };
}
