import type { ConnectOptions, Twin } from "./api.ts";
import { askServer } from "./ask-server.ts";
import type { Platform } from "./platform.ts";
import { RemoteTwin } from "./remote-twin.ts";
import type { ServerAddress } from "./server-address.ts";
import { TwinError } from "./twin-error.ts";

const defaultTimeoutMs = 10_000;
const checkEveryMs = 10;

/**
 * Opens both WebSockets and waits for the first snapshot. The first attempt counts: where it fails, nothing
 * is left open and the error has the reason.
 */
export function openTwin(address: ServerAddress, options: ConnectOptions, platform: Platform): Promise<Twin> {
  const twin = new RemoteTwin(address, platform, options);
  return new Promise((resolve, reject) => {
    let isOpen = true;
    /** False when the outcome is known already. */
    const settle = (): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      for (const end of endings) end();
      return true;
    };
    const fail = (error: TwinError): void => {
      if (!settle()) return;
      twin.close();
      reject(error);
    };
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const late = `no twin answered at ${address.base} within ${timeoutMs / 1000} s`;
    const endings = [
      platform.after(timeoutMs, () => fail(new TwinError("not_connected", late))),
      platform.every(checkEveryMs, () => {
        if (twin.isReady && settle()) resolve(twin);
      }),
      ...[twin.stateLink.socket, twin.commandLink.socket].map((socket) =>
        socket.phase.subscribe(() => {
          if (socket.phase.get() === "closed") void whyRefused(address, platform, socket.problem).then(fail);
        }),
      ),
    ];
  });
}

/** A refused WebSocket has no reason; the answer to a plain request has. */
async function whyRefused(address: ServerAddress, platform: Platform, problem: string): Promise<TwinError> {
  const reply = await askServer(address, platform, "api/access", { method: "POST" });
  if (!reply.ok && (reply.status === 401 || reply.status === 403)) {
    return new TwinError(reply.code, `the twin at ${address.base} refused: ${reply.message}`);
  }
  if (reply.ok) {
    const because = problem === "" ? "" : ` (${problem})`;
    const message = `${address.base} answers, but opens no WebSocket${because}. A reverse proxy must pass WebSockets on.`;
    return new TwinError("not_connected", message);
  }
  const message = `no twin answers at ${address.base}: ${reply.message}. Check the address, or start it with "twin up".`;
  return new TwinError("not_connected", message);
}
