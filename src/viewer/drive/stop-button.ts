import { ask, type ServerAddress } from "../net/address.ts";
import { Signal } from "../store/signal.ts";

/** `unheard`: neither way gave an answer, and a person must know that now. */
export type StopPhase = "idle" | "sending" | "confirmed" | "unheard";

const answerWithinMs = 500;

/**
 * Presses stop for all robots: over the command socket, and by HTTP as well when that is down or gives no
 * answer in half a second. Needs no lease. Success is said only when the server said so.
 */
export class StopButton {
  readonly phase = new Signal<StopPhase>("idle");
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly address: ServerAddress,
    private readonly send: (message: object) => boolean,
    private readonly holderName: () => string,
  ) {}

  press(): void {
    this.phase.set("sending");
    clearTimeout(this.timer);
    const sent = this.send({ op: "stop", robot: "*", holder: this.holderName() });
    if (sent) this.timer = setTimeout(() => void this.pressByHttp(), answerWithinMs);
    else void this.pressByHttp();
  }

  confirm(): void {
    clearTimeout(this.timer);
    if (this.phase.get() !== "idle") this.phase.set("confirmed");
  }

  /** The banner was read, or the latch is off again. */
  clear(): void {
    clearTimeout(this.timer);
    this.phase.set("idle");
  }

  private async pressByHttp(): Promise<void> {
    const headers = { "Content-Type": "application/json" };
    const request = { method: "POST", keepalive: true, headers, body: "{}" };
    const answer = await ask(this.address, "api/stop", request).catch(() => null);
    if (this.phase.get() === "sending") this.phase.set(answer?.ok ? "confirmed" : "unheard");
  }
}
