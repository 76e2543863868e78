import type { Platform } from "./platform.ts";
import type { TimeTravel } from "./time-travel.ts";
import { TwinError } from "./twin-error.ts";

/** How long the server may take to show a moment. */
const arriveWithinMs = 10_000;

/** The promises of those who wait for a moment of the past, or for the present: all end when the newest is there. */
export class Journey {
  private waiting: { resolve: () => void; reject: (error: TwinError) => void }[] = [];

  constructor(
    private readonly travel: TimeTravel,
    private readonly platform: Platform,
  ) {
    travel.arrived.add(() => this.take((one) => one.resolve()));
    travel.refused.add((code, message) => this.fail(code, message));
  }

  begin(move: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.platform.after(arriveWithinMs, () =>
        reject(new TwinError("no_response", "the server did not show that moment in time")),
      );
      const ended =
        <T>(end: (value: T) => void) =>
        (value: T) => {
          cancel();
          end(value);
        };
      this.waiting.push({ resolve: ended(resolve), reject: ended(reject) });
      move();
    });
  }

  seek(time: number | string | Date): Promise<void> {
    const timeMs = new Date(time).getTime();
    if (Number.isFinite(timeMs)) return this.begin(() => this.travel.seek(timeMs));
    return Promise.reject(new TwinError("bad_request", `"${String(time)}" is no time`));
  }

  live(): Promise<void> {
    return this.travel.momentMs === null ? Promise.resolve() : this.begin(() => this.travel.live());
  }

  fail(code: string, message: string): void {
    this.take((one) => one.reject(new TwinError(code, message)));
  }

  private take(end: (one: (typeof this.waiting)[number]) => void): void {
    const all = this.waiting;
    this.waiting = [];
    for (const one of all) end(one);
  }
}
