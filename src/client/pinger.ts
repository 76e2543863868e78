import type { ClockOffset } from "./clock-offset.ts";
import type { Platform } from "./platform.ts";

const firstPings = 5;
const firstEveryMs = 150;
const laterEveryMs = 2000;

/**
 * Asks the server for its time over one connection: five times quickly, then every 2 s. The answers go to `take`. It
 * also keeps a quiet connection alive and shows a dead one.
 */
export class Pinger {
  private cancel = () => {};

  constructor(
    private readonly platform: Platform,
    readonly clock: ClockOffset,
    private readonly send: (message: object) => boolean,
  ) {}

  /** A connection was opened. */
  start(): void {
    this.ping(firstPings);
  }

  /**
   * The server's first message, with its time. It may be another server, or one that was started anew: what was learnt
   * on the last connection holds until now and no longer.
   */
  hello(serverMs: number): void {
    this.clock.clear();
    this.clock.guess(serverMs, this.platform.now());
  }

  /** False when the answer is impossible. */
  take(sentMs: number, serverMs: number): boolean {
    return this.clock.addPong(sentMs, serverMs, this.platform.now());
  }

  stop(): void {
    this.cancel();
  }

  private ping(left: number): void {
    this.cancel();
    this.send({ op: "ping", t: this.platform.now() });
    const waitMs = left > 1 ? firstEveryMs : laterEveryMs;
    this.cancel = this.platform.after(waitMs, () => this.ping(Math.max(0, left - 1)));
  }
}
