import { isObject, isText } from "../../client/message-checks.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { ask, assetUrl } from "../net/address.ts";
import type { MeshTally } from "../store/robot-catalog.ts";
import { disposeTree } from "./dispose.ts";
import { type MeshShape, readMesh } from "./mesh-formats.ts";

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
    return { found: this.shapes.size - missing, missing, problems };
  }

  dispose(): void {
    for (const shape of this.shapes.values()) shape.then(disposeShape, () => undefined);
  }

  private async load(uri: string): Promise<MeshShape> {
    const answer = await ask(this.address, `api/assets?uri=${encodeURIComponent(uri)}`).catch(() => null);
    if (!answer) throw new Error("could not be fetched: no answer from the server");
    if (!answer.ok) throw new Error(await refusalOf(answer));
    const folder = assetUrl(this.address, uri.slice(0, uri.lastIndexOf("/") + 1));
    return readMesh(uri, await answer.arrayBuffer(), folder);
  }
}

/** Why the server gives no file: its own words, which name the remedy, or the bare status. */
async function refusalOf(answer: Response): Promise<string> {
  const kind = answer.status === 404 ? "is missing" : answer.status === 403 ? "is refused" : "failed";
  const body: unknown = await answer.json().catch(() => null);
  const reason = isObject(body) && isText(body.error) ? body.error : `HTTP ${answer.status}`;
  return `${kind}: ${reason}`;
}

function disposeShape(shape: MeshShape): void {
  disposeTree(shape.object);
}
