import {
  type BufferGeometry,
  DoubleSide,
  Group,
  Material,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
} from "three";
import { creasedNormals } from "./creased-normals.ts";
import type { MeshCompanions } from "./mesh-companions.ts";
import { readObj } from "./obj-format.ts";

/**
 * A mesh file read. Whether a file has materials is no question of its format: each mesh says in `userData.bare`, an
 * entry for each of its materials, which of them are the reader's own and to be replaced by the URDF's.
 */
export type MeshShape = { object: Object3D };

/** A mesh bigger than this keeps its facets: rounding it would hold the page up. */
const roundUpToTriangles = 120_000;

/**
 * Reads a mesh file by its name's ending. Readers of rare formats are fetched only when needed.
 * `companions` fetches the files that it names. Throws with a sentence when it cannot be read.
 */
export async function readMesh(
  name: string,
  bytes: ArrayBuffer,
  companions: MeshCompanions,
): Promise<MeshShape> {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  switch (ending) {
    case "stl": {
      const { STLLoader } = await import("three/examples/jsm/loaders/STLLoader.js");
      return { object: markBare(bareMesh(new STLLoader().parse(bytes)), noMaterials) };
    }
    case "dae": {
      const { ColladaLoader } = await import("three/examples/jsm/loaders/ColladaLoader.js");
      const collada = new ColladaLoader(companions.manager).parse(new TextDecoder().decode(bytes), "");
      if (!collada) throw new Error("is not a Collada file");
      // The link's frame says what is up, as in RViz: three would lay a Z-up file on its side.
      collada.scene.rotation.set(0, 0, 0);
      // urdf-loader sets the outer scale: the file's unit needs its own group.
      const own = new Set(Object.values(collada.library?.materials ?? {}).map(builtOf));
      for (const material of own) unhide(material);
      return { object: markBare(new Group().add(collada.scene), own) };
    }
    case "obj": {
      const { object, own } = await readObj(new TextDecoder().decode(bytes), companions);
      return { object: markBare(object, own) };
    }
    case "glb":
    case "gltf": {
      const { GLTFLoader } = await import("three/examples/jsm/loaders/GLTFLoader.js");
      const gltf = await new GLTFLoader(companions.manager).parseAsync(bytes, "").catch(async (error) => {
        // Without its buffers there is nothing to draw; a texture is only missed.
        const problems = await companions.settle();
        const problem = problems.find((one) => /\.bin /.test(one)) ?? problems[0];
        throw problem === undefined ? error : new Error(`needs a file: ${problem}`);
      });
      const own = {
        has: (material: unknown) => gltf.parser.associations.get(material as Material) !== undefined,
      };
      return { object: markBare(new Group().add(gltf.scene), own) };
    }
    case "ply": {
      const { PLYLoader } = await import("three/examples/jsm/loaders/PLYLoader.js");
      const geometry = new PLYLoader().parse(bytes);
      if (geometry.hasAttribute("color")) return { object: colouredMesh(geometry) };
      return { object: markBare(bareMesh(geometry), noMaterials) };
    }
    default:
      throw new Error(
        `has a format that this page cannot read (.${ending}); STL, DAE, OBJ, glTF and PLY work`,
      );
  }
}

const noMaterials: ReadonlySet<unknown> = new Set();

/** Many exporters write a transparency of 0 where they mean opaque; by the letter nothing would be seen. */
function unhide(material: unknown): void {
  if (!(material instanceof Material) || material.opacity > 0) return;
  material.opacity = 1;
  material.transparent = false;
}

/** A Collada material as three made it; undefined for one that nothing uses. */
function builtOf(material: unknown): unknown {
  return typeof material === "object" && material !== null && "build" in material
    ? material.build
    : undefined;
}

/** Marks the materials that are not among the file's `own`. Colours at the corners are the file's, too. */
function markBare(object: Object3D, own: { has(material: unknown): boolean }): Object3D {
  object.traverse((child) => {
    if (!isMesh(child)) return;
    const materials = Array.isArray(child.material) ? child.material : [child.material];
    const isColoured = own !== noMaterials && child.geometry.hasAttribute("color");
    child.userData.bare = materials.map((material) => !isColoured && !own.has(material));
  });
  return object;
}

/** STL and PLY carry a normal a facet: without rounding every cylinder looks cut from cardboard. */
function bareMesh(geometry: BufferGeometry): Object3D {
  const triangles = (geometry.index ?? geometry.attributes.position)?.count ?? 0;
  if (triangles === 0) throw new Error("contains no triangles");
  return new Mesh(triangles / 3 <= roundUpToTriangles ? creasedNormals(geometry) : geometry);
}

/** A scan has a colour at each corner, and as a rule no sharp edges. */
function colouredMesh(geometry: BufferGeometry): Object3D {
  if (!geometry.hasAttribute("normal")) geometry.computeVertexNormals();
  return new Mesh(
    geometry,
    new MeshStandardMaterial({ vertexColors: true, roughness: 0.8, side: DoubleSide }),
  );
}

export function isMesh(object: Object3D): object is Mesh<BufferGeometry, Material | Material[]> {
  return object instanceof Mesh;
}
