import type { CommandLink } from "../../client/command-link.ts";
import type { Platform } from "../../client/platform.ts";
import { Signal } from "../../client/signal.ts";
import type { Driver } from "./driver.ts";

/** While a slider is dragged, a new share goes out this often at most. */
const pauseMs = 80;

/** How fast everything goes, 0 to 100 %: this page's slider, sent at a bearable rate; the newest value always arrives. */
export class SpeedOverride {
  /** The share that the slider shows until the server's status has it, by robot. */
  readonly wanted = new Signal<Readonly<Record<string, number>>>({});
  /** The server's newest answers, by robot: nearer than its status. */
  readonly told = new Signal<Readonly<Record<string, number>>>({});
  private readonly waiting = new Map<string, number>();
  private isResting = false;

  constructor(
    private readonly link: CommandLink,
    private readonly platform: Platform,
    private readonly driver: Driver,
  ) {
    link.overridden.add((robot, percent) => {
      this.told.update((all) => ({ ...all, [robot]: percent }));
      if (this.wanted.get()[robot] === percent) this.settle(robot);
    });
    link.lost.add(() => {
      this.waiting.clear();
      this.wanted.set({});
      this.told.set({});
    });
  }

  set(robot: string, percent: number): void {
    const share = Math.min(100, Math.max(0, Math.round(percent)));
    this.wanted.update((all) => ({ ...all, [robot]: share }));
    this.waiting.set(robot, share);
    this.send();
  }

  private send(): void {
    if (this.isResting || this.waiting.size === 0) return;
    for (const [robot, percent] of this.waiting) {
      const sent = this.link.request({ op: "override", robot, percent }, (answer) => {
        if (answer.op !== "error") return;
        this.settle(robot);
        this.driver.notice.set(`The speed was not changed: ${answer.message}`);
      });
      if (sent === null) {
        this.settle(robot);
        this.driver.notice.set("Not connected: the speed was not changed.");
      }
    }
    this.waiting.clear();
    this.isResting = true;
    this.platform.after(pauseMs, () => {
      this.isResting = false;
      this.send();
    });
  }

  private settle(robot: string): void {
    this.wanted.update(({ [robot]: _, ...others }) => others);
  }
}
