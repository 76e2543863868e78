import { isObject, isText } from "../../client/message-checks.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import type { Signal } from "../../client/signal.ts";
import { ask } from "./address.ts";

/**
 * Why the server does not let this page in, as a sentence; null when it does or does not answer. A refused WebSocket does
 * not say why; a plain request does.
 */
export async function accessFault(address: ServerAddress): Promise<string | null> {
  const answer = await ask(address, "api/access", { method: "POST" }).catch(() => null);
  if (answer?.status !== 401 && answer?.status !== 403) return null;
  const body: unknown = await answer.json().catch(() => null);
  const reason = isObject(body) && isText(body.error) ? body.error : `HTTP ${answer.status}`;
  if (answer.status === 403)
    return `This page may not connect. ${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
  return address.token !== null
    ? "The token is wrong. It changes at each start unless server.token is set: open the address that the server printed at its last start."
    : "This server asks for a token. Open the address that it printed at its start, with #token=… at the end.";
}

/** Keeps `problem` at why the server does not let this page in, while there is no connection. */
export function followAccess(
  address: ServerAddress,
  phase: Signal<"open" | "connecting" | "closed">,
  problem: Signal<string | null>,
): void {
  phase.subscribe(() => {
    if (phase.get() === "open") problem.set(null);
    if (phase.get() === "closed") void accessFault(address).then((fault) => problem.set(fault));
  });
}
