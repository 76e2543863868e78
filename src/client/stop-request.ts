import { askServer } from "./ask-server.ts";
import type { CommandLink } from "./command-link.ts";
import type { Platform } from "./platform.ts";
import type { ServerAddress } from "./server-address.ts";

/** What to stop; `*`: every robot. `holder` and `reason` are shown to people. */
export type StopOrder = { robot: string; holder?: string; reason?: string };

/** Null: the server confirmed the stop. Else why nobody knows whether the robot stopped. */
export type StopOutcome = { code: string; message: string } | null;

const answerWithinMs = 500;

/**
 * Presses the stop: over the command socket, and by HTTP as well when that is down or gives no answer in half a second.
 * Needs no lease. `done` is called once.
 */
export function requestStop(
  link: CommandLink,
  address: ServerAddress,
  platform: Platform,
  order: StopOrder,
  done: (outcome: StopOutcome) => void,
): void {
  let isOpen = true;
  let cancel = () => {};
  const finish = (outcome: StopOutcome): void => {
    if (!isOpen) return;
    isOpen = false;
    cancel();
    unsubscribe();
    if (id !== null) link.forget(id);
    done(outcome);
  };
  const unsubscribe = link.stopped.add((robot) => {
    if (robot === "*" || robot === order.robot) finish(null);
  });
  const byHttp = () => void stopByHttp(address, platform, order.robot).then(finish);
  const id = link.request({ op: "stop", ...order }, (answer) => {
    // A stop is confirmed to everybody; only a refusal comes to the one who asked.
    if (answer.op === "error") finish({ code: answer.code, message: answer.message });
    else if (answer.op === "lost" && isOpen) {
      cancel();
      byHttp();
    }
  });
  if (id === null) byHttp();
  else cancel = platform.after(answerWithinMs, byHttp);
}

async function stopByHttp(address: ServerAddress, platform: Platform, robot: string): Promise<StopOutcome> {
  const answer = await askServer(address, platform, "api/stop", {
    method: "POST",
    body: JSON.stringify({ robot }),
    keepalive: true,
  });
  if (answer.ok) return null;
  const { code, message } = answer;
  if (code === "no_server") {
    return { code: "not_connected", message: `the stop reached nobody, by WebSocket or by HTTP: ${message}` };
  }
  return { code, message: `the stop was refused: ${message}` };
}
