import type { Object3D } from "three";
import { ask, assetUrl, type ServerAddress } from "../net/address.ts";
import { isMesh, type MeshShape, readMesh } from "./mesh-formats.ts";

/** How a robot's meshes fared, by distinct address; `problems` has a sentence for each missing one. */
export type MeshTally = { found: number; missing: number; problems: readonly string[] };

/** The mesh files of one robot: each fetched and read once, however many links and ghosts use it. */
export class MeshLibrary {
  private readonly shapes = new Map<string, Promise<MeshShape>>();
  private readonly problems = new Map<string, string>();

  constructor(private readonly address: ServerAddress) {}

  /** A copy that shares geometry with all others of this address. Rejects when missing or broken. */
  async take(uri: string): Promise<MeshShape> {
    let shape = this.shapes.get(uri);
    if (!shape) {
      shape = this.load(uri);
      this.shapes.set(uri, shape);
      shape.catch((error: unknown) => {
        this.problems.set(uri, error instanceof Error ? error.message : String(error));
      });
    }
    const { object, bare } = await shape;
    return { object: object.clone(), bare };
  }

  /** Waits for all files asked for so far. */
  async settle(): Promise<MeshTally> {
    await Promise.allSettled(this.shapes.values());
    return this.tally();
  }

  tally(): MeshTally {
    const missing = this.problems.size;
    const problems = [...this.problems].map(([uri, problem]) => `${uri} ${problem}`);
    return { found: this.shapes.size - missing, missing, problems };
  }

  dispose(): void {
    for (const shape of this.shapes.values()) shape.then(disposeShape, () => undefined);
  }

  private async load(uri: string): Promise<MeshShape> {
    const answer = await ask(this.address, `api/assets?uri=${encodeURIComponent(uri)}`).catch(() => null);
    if (!answer) throw new Error("could not be fetched: no answer from the server");
    if (answer.status === 404) throw new Error("is missing on the server (404)");
    if (answer.status === 403) throw new Error("was refused by the server (403)");
    if (!answer.ok) throw new Error(`could not be fetched (HTTP ${answer.status})`);
    const folder = assetUrl(this.address, uri.slice(0, uri.lastIndexOf("/") + 1));
    return readMesh(uri, await answer.arrayBuffer(), folder);
  }
}

function disposeShape(shape: MeshShape): void {
  disposeTree(shape.object);
}

/** Frees what the graphics card holds for a tree; the tree must not be drawn again. */
export function disposeTree(root: Object3D): void {
  root.traverse((object) => {
    if (!isMesh(object)) return;
    object.geometry.dispose();
    const materials = Array.isArray(object.material) ? object.material : [object.material];
    for (const material of materials) {
      if ("map" in material && isTexture(material.map)) material.map.dispose();
      material.dispose();
    }
  });
}

function isTexture(value: unknown): value is { dispose(): void } {
  return typeof value === "object" && value !== null && "dispose" in value;
}
