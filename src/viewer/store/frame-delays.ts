import { DelayWindow } from "./delay-window.ts";
import type { Motion } from "./motion.ts";

/** A frame that was not drawn within this time never will be, as in a page that is hidden. ms */
const drawnWithinMs = 2000;
const mostWaiting = 600;
/** Ages are single precision: two frames with one sample tell times that differ by less, ms. */
const sameSampleMs = 0.5;

type Waiting = { timeMs: number; arrivedMs: number; fresh: { robot: string; ageMs: number }[] };

/** Of a robot: from the arrival of its joint states at the server to the frame, and to the picture. */
export type RobotDelays = { sent: DelayWindow; whole: DelayWindow; lastMs: number };

/**
 * The delays of state frames: of each robot's joint states from their arrival at the server to the frame that has them, of frames
 * from there to this page, and from their arrival to the picture that shows them. By the server's clock, as this page reckons it.
 */
export class FrameDelays {
  readonly robots = new Map<string, RobotDelays>();
  readonly arrived = new DelayWindow();
  readonly drawn = new DelayWindow();
  private waiting: Waiting[] = [];

  constructor(
    private readonly motion: Motion,
    /** Server ms; null: not known yet. */
    private readonly now: () => number | null,
  ) {}

  /** The motion has a new frame. */
  took(): void {
    const { newest } = this.motion.buffer;
    if (newest === undefined || this.motion.isPast) return;
    const { arrivedMs } = this.motion;
    const fresh: Waiting["fresh"] = [];
    for (const robot of this.motion.robots()) {
      const ageMs = this.motion.freshestAgeMs(robot);
      if (ageMs < 0) continue;
      const known = this.robots.get(robot) ?? newDelays();
      this.robots.set(robot, known);
      const receivedMs = newest.time - ageMs;
      if (receivedMs - known.lastMs < sameSampleMs) continue;
      // The first one may have been there for long.
      if (known.lastMs > Number.NEGATIVE_INFINITY) {
        known.sent.add(arrivedMs, ageMs);
        fresh.push({ robot, ageMs });
      }
      known.lastMs = receivedMs;
    }
    this.arrived.add(arrivedMs, arrivedMs - newest.time);
    this.waiting.push({ timeMs: newest.time, arrivedMs, fresh });
    if (this.waiting.length > mostWaiting) this.waiting.shift();
  }

  /** A picture of the moment `motion.drawnMs` is there. */
  drew(): void {
    const nowMs = this.now();
    if (nowMs === null) return;
    const still: Waiting[] = [];
    for (const one of this.waiting) {
      if (one.timeMs > this.motion.drawnMs) still.push(one);
      else if (nowMs - one.arrivedMs < drawnWithinMs) {
        this.drawn.add(nowMs, nowMs - one.arrivedMs);
        for (const { robot, ageMs } of one.fresh) {
          this.robots.get(robot)?.whole.add(nowMs, ageMs + nowMs - one.timeMs);
        }
      }
    }
    this.waiting = still;
  }
}

function newDelays(): RobotDelays {
  return { sent: new DelayWindow(), whole: new DelayWindow(), lastMs: Number.NEGATIVE_INFINITY };
}
