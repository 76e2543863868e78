import type { CommandLink } from "../../client/command-link.ts";
import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import { requestStop } from "../../client/stop-request.ts";

/** `unheard`: neither way gave an answer, and a person must know that now. */
export type StopPhase = "idle" | "sending" | "confirmed" | "unheard";

/** Presses stop for all robots. Success is said only when the server said so. */
export class StopButton {
  readonly phase = new Signal<StopPhase>("idle");
  private presses = 0;

  constructor(
    private readonly link: CommandLink,
    private readonly address: ServerAddress,
    private readonly platform: Platform,
    private readonly holderName: () => string,
  ) {
    link.stopped.add(() => this.phase.get() !== "idle" && this.phase.set("confirmed"));
  }

  press(): void {
    this.phase.set("sending");
    const press = ++this.presses;
    const order = { robot: "*", holder: this.holderName() };
    requestStop(this.link, this.address, this.platform, order, (outcome) => {
      if (press !== this.presses || this.phase.get() !== "sending") return;
      this.phase.set(outcome === null ? "confirmed" : "unheard");
    });
  }

  /** The banner was read, or the latch is off again. */
  clear(): void {
    this.phase.set("idle");
  }
}
