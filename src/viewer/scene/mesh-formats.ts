import { type BufferGeometry, Group, type Material, Mesh, type Object3D } from "three";
import { creasedNormals } from "./creased-normals.ts";

/** A mesh file read. `bare` shapes carry no materials of their own and take the URDF's. */
export type MeshShape = { object: Object3D; bare: boolean };

/** A mesh bigger than this keeps its facets: rounding it would hold the page up. */
const roundUpToTriangles = 120_000;

/**
 * Reads a mesh file by its name's ending. Readers of rare formats are fetched only when needed.
 * `folderUrl` is where a file looks for its textures. Throws with a sentence when it cannot be read.
 */
export async function readMesh(name: string, bytes: ArrayBuffer, folderUrl: string): Promise<MeshShape> {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  switch (ending) {
    case "stl": {
      const { STLLoader } = await import("three/examples/jsm/loaders/STLLoader.js");
      return { object: bareMesh(new STLLoader().parse(bytes)), bare: true };
    }
    case "dae": {
      const { ColladaLoader } = await import("three/examples/jsm/loaders/ColladaLoader.js");
      const collada = new ColladaLoader().parse(new TextDecoder().decode(bytes), folderUrl);
      if (!collada) throw new Error("is no Collada file");
      // The link's frame says what is up, as in RViz: three would lay a Z-up file on its side.
      collada.scene.rotation.set(0, 0, 0);
      // urdf-loader sets the outer scale: the file's unit needs a group of its own.
      return { object: new Group().add(collada.scene), bare: false };
    }
    case "obj": {
      const { OBJLoader } = await import("three/examples/jsm/loaders/OBJLoader.js");
      return { object: new OBJLoader().parse(new TextDecoder().decode(bytes)), bare: true };
    }
    case "glb":
    case "gltf": {
      const { GLTFLoader } = await import("three/examples/jsm/loaders/GLTFLoader.js");
      const gltf = await new GLTFLoader().parseAsync(bytes, folderUrl);
      return { object: new Group().add(gltf.scene), bare: false };
    }
    case "ply": {
      const { PLYLoader } = await import("three/examples/jsm/loaders/PLYLoader.js");
      return { object: bareMesh(new PLYLoader().parse(bytes)), bare: true };
    }
    default:
      throw new Error(`has a format this page cannot read (.${ending}); STL, DAE, OBJ, glTF and PLY work`);
  }
}

/** STL and PLY carry a normal a facet: without rounding every cylinder looks cut from cardboard. */
function bareMesh(geometry: BufferGeometry): Object3D {
  const triangles = (geometry.index ?? geometry.attributes.position)?.count ?? 0;
  if (triangles === 0) throw new Error("holds no triangles");
  return new Mesh(triangles / 3 <= roundUpToTriangles ? creasedNormals(geometry) : geometry);
}

export function isMesh(object: Object3D): object is Mesh<BufferGeometry, Material | Material[]> {
  return object instanceof Mesh;
}
