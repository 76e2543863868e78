import { Signal } from "../../client/signal.ts";
import type { Driver } from "./driver.ts";
import { GamepadHand, type HandPhase } from "./gamepad-hand.ts";
import type { PadAim, PadReading } from "./gamepad-motion.ts";

/** Between two looks, ms: under the jog's own 40. */
const lookMs = 30;

export type GamepadState = { name: string; phase: HandPhase; isMoving: boolean };

/** Looks at the gamepads of the browser while there are any; the first one that is connected counts. */
export class GamepadWatch {
  /** Null while no gamepad is there. A browser shows one only after a button of it was pressed on the page. */
  readonly state = new Signal<GamepadState | null>(null);
  private readonly hand: GamepadHand;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly driver: Driver,
    /** What the sticks move now; null: nothing. */
    private readonly aim: () => PadAim | null,
  ) {
    this.hand = new GamepadHand(driver.jog);
    addEventListener("gamepadconnected", () => this.begin());
    addEventListener("gamepaddisconnected", () => this.look());
    const interrupt = (): void => this.hand.interrupt();
    addEventListener("blur", interrupt);
    addEventListener("pagehide", interrupt);
    document.addEventListener("visibilitychange", interrupt);
    if (firstPad() !== null) this.begin();
  }

  /** What is held moves nothing more until it is pressed anew. */
  interrupt(): void {
    this.hand.interrupt();
  }

  private begin(): void {
    this.timer ??= setInterval(() => this.look(), lookMs);
    this.look();
  }

  private look(): void {
    const pad = firstPad();
    const mayMove =
      document.visibilityState === "visible" &&
      document.hasFocus() &&
      this.driver.driving.get().phase === "held";
    this.hand.look(pad, mayMove, this.aim());
    const { phase, isMoving } = this.hand;
    const known = this.state.get();
    if (pad === null) {
      if (known !== null) this.state.set(null);
      if (this.timer !== null) clearInterval(this.timer);
      this.timer = null;
    } else if (known?.phase !== phase || known.isMoving !== isMoving || known.name !== pad.id) {
      this.state.set({ name: pad.id, phase, isMoving });
    }
  }
}

function firstPad(): (PadReading & { id: string }) | null {
  return navigator.getGamepads?.().find((pad) => pad?.connected === true) ?? null;
}
