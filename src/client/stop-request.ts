import { askServer } from "./ask-server.ts";
import type { CommandLink } from "./command-link.ts";
import type { Platform } from "./platform.ts";
import type { ServerAddress } from "./server-address.ts";

/** What to stop; `*`: every robot. `holder` and `reason` are shown to people. */
export type StopOrder = { robot: string; holder?: string; reason?: string };

/** Null: the server confirmed the stop. Else why nobody knows whether the robot stopped. */
export type StopOutcome = { code: string; message: string } | null;

const answerWithinMs = 500;
/** After this time without a confirmation the caller must know. */
const givenUpMs = 2000;

/**
 * Presses the stop: over the command socket, and by HTTP as well when that is down or gives no answer in half a second.
 * Needs no lease. `done` is called once, after 2 s at the latest.
 */
export function requestStop(
  link: CommandLink,
  address: ServerAddress,
  platform: Platform,
  order: StopOrder,
  done: (outcome: StopOutcome) => void,
): void {
  let isOpen = true;
  let isSocketOpen = true;
  let isHttpTried = false;
  let failure: StopOutcome = {
    code: "no_response",
    message: `the server did not confirm the stop within ${givenUpMs / 1000} s: nobody knows whether it reached the robot`,
  };
  const finish = (outcome: StopOutcome): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const end of endings) end();
    if (id !== null) link.forget(id);
    done(outcome);
  };
  const byHttp = async (): Promise<void> => {
    if (!isOpen || isHttpTried) return;
    isHttpTried = true;
    const outcome = await stopByHttp(address, platform, order.robot);
    if (outcome !== null) failure = outcome;
    // The socket's answer may still come, only late.
    if (outcome === null || !isSocketOpen) finish(outcome);
  };
  const endings = [
    platform.after(answerWithinMs, () => void byHttp()),
    platform.after(givenUpMs, () => finish(failure)),
    link.stopped.add((robot) => {
      if (robot === "*" || robot === order.robot) finish(null);
    }),
  ];
  const id = link.request({ op: "stop", ...order }, (answer) => {
    // A stop is confirmed to everybody; only a refusal comes to the one who asked.
    if (answer.op === "error") finish({ code: answer.code, message: answer.message });
    else if (answer.op === "lost") {
      isSocketOpen = false;
      void byHttp();
    }
  });
  if (id === null) {
    isSocketOpen = false;
    void byHttp();
  }
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
