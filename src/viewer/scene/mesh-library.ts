import type { Object3D } from "three";
import type { ServerAddress } from "../../client/server-address.ts";
import { fetchAsset } from "../net/asset.ts";
import type { MeshTally } from "../store/robot-catalog.ts";
import { disposeTree } from "./dispose.ts";
import { MeshCompanions } from "./mesh-companions.ts";
import { type MeshShape, readMesh } from "./mesh-formats.ts";
import { dropMissingTextures } from "./missing-textures.ts";

/** The mesh files of one robot, or of markers: each fetched and read once, however many links and ghosts use it. */
export class MeshLibrary {
  private readonly shapes = new Map<string, Promise<MeshShape>>();
  private readonly problems = new Map<string, string>();
  /** One sentence for each file that a mesh or the description names and that is not there. */
  private readonly bare = new Set<string>();

  /** Mesh files asked for, those of them that are there or failed, and the bytes that came. */
  readonly progress = { total: 0, done: 0, bytes: 0 };

  constructor(private readonly address: ServerAddress) {}

  /** A copy that shares geometry with all others of this address. Rejects when missing or broken. */
  async take(uri: string): Promise<MeshShape> {
    let shape = this.shapes.get(uri);
    if (!shape) {
      shape = this.load(uri);
      this.shapes.set(uri, shape);
      this.progress.total += 1;
      const count = (): void => {
        this.progress.done += 1;
      };
      shape.then(count, count);
      shape.catch((error: unknown) => {
        this.problems.set(uri, error instanceof Error ? error.message : String(error));
      });
    }
    const { object } = await shape;
    return { object: object.clone() };
  }

  /** Waits for all files asked for so far. */
  async settle(): Promise<MeshTally> {
    await Promise.allSettled(this.shapes.values());
    return this.tally();
  }

  tally(): MeshTally {
    const missing = this.problems.size;
    const problems = [...this.problems].map(([uri, problem]) => `${uri} ${problem}`);
    return { found: this.shapes.size - missing, missing, problems: [...problems, ...this.bare] };
  }

  dispose(): void {
    for (const shape of this.shapes.values()) shape.then(disposeShape, () => undefined);
  }

  /** Waits for the textures of a tree; those that do not come are taken out of its materials and reported. */
  async finish(root: Object3D, companions: MeshCompanions): Promise<void> {
    for (const problem of await companions.settle()) this.bare.add(problem);
    dropMissingTextures(root);
  }

  private async load(uri: string): Promise<MeshShape> {
    const companions = new MeshCompanions(this.address, uri);
    const bytes = await fetchAsset(this.address, uri);
    this.progress.bytes += bytes.byteLength;
    const shape = await readMesh(uri, bytes, companions);
    await this.finish(shape.object, companions);
    return shape;
  }
}

function disposeShape(shape: MeshShape): void {
  disposeTree(shape.object);
}
