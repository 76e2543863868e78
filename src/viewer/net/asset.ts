import { isObject, isText } from "../../client/message-checks.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { ask } from "./address.ts";

/** Fetches a file that a description or a mesh names. Rejects with why the server gives none: its words name the remedy. */
export async function fetchAsset(address: ServerAddress, uri: string): Promise<ArrayBuffer> {
  const answer = await ask(address, `api/assets?uri=${encodeURIComponent(uri)}`).catch(() => null);
  if (!answer) throw new Error("could not be fetched: no answer from the server");
  if (!answer.ok) throw new Error(await refusalOf(answer));
  return answer.arrayBuffer();
}

async function refusalOf(answer: Response): Promise<string> {
  const kind = answer.status === 404 ? "is missing" : answer.status === 403 ? "is refused" : "failed";
  const body: unknown = await answer.json().catch(() => null);
  const reason = isObject(body) && isText(body.error) ? body.error : `HTTP ${answer.status}`;
  return `${kind}: ${reason}`;
}

/**
 * The address of a file that a mesh names, as the server takes it; null for one that is never fetched. A file with a path of
 * the machine on which it was exported is looked for beside the mesh, unless the mesh has a path of its own.
 */
export function companionUri(mesh: string, name: string): string | null {
  const written = name.trim().replaceAll("\\", "/");
  if (written === "") return null;
  if (/^(package|model):\/\//.test(written)) return written;
  const isPath = /^(file:|\/|[A-Za-z]:\/)/.test(written);
  if (!isPath && /^[a-z][a-z0-9+.-]*:/i.test(written)) return null;
  if (isPath && /^(file:|\/)/.test(mesh)) return written;
  const inside = isPath ? written.slice(written.lastIndexOf("/") + 1) : written.replace(/^(\.\/)+/, "");
  return mesh.slice(0, mesh.lastIndexOf("/") + 1) + inside;
}
