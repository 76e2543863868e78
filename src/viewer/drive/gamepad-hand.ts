import type { JogCommand } from "../../client/jog.ts";
import { holdsDeadMan, type PadAim, type PadReading, padMotion } from "./gamepad-motion.ts";

/** `armed`: the button was seen released, so that a press counts. `held`: the sticks act. */
export type HandPhase = "absent" | "pressed" | "armed" | "held";

/** What a jog needs to be told. */
type Held = { hold(command: JogCommand): void; release(): void };

/**
 * The dead-man's side of a gamepad. Nothing moves unless the button is pressed after it was seen released since the page
 * got the focus, the lease and this pad; sticks at rest send nothing; whatever ends the holding sends one zero.
 */
export class GamepadHand {
  phase: HandPhase = "absent";
  private index = -1;
  /** Whether the sticks ask for a motion now. */
  isMoving = false;

  constructor(private readonly jog: Held) {}

  /** One look at the pad. `mayMove`: the page is seen, and drives. `aim` null: the sticks move nothing. */
  look(pad: PadReading | null, mayMove: boolean, aim: PadAim | null): void {
    if (pad === null || !pad.connected) {
      this.letGo("absent");
      return;
    }
    // Another pad's button was not seen released.
    if (pad.index !== this.index) this.letGo("absent");
    this.index = pad.index;
    if (!holdsDeadMan(pad)) {
      this.letGo("armed");
      return;
    }
    if (!mayMove || this.phase === "absent" || this.phase === "pressed") {
      this.letGo("pressed");
      return;
    }
    this.phase = "held";
    const motion = aim === null ? null : padMotion(pad, aim);
    if (motion === null) {
      this.rest();
      return;
    }
    this.isMoving = true;
    this.jog.hold(motion);
  }

  /** The page lost the focus, or is hidden: the button must be released and pressed again. */
  interrupt(): void {
    if (this.phase !== "absent") this.letGo("pressed");
  }

  private letGo(phase: HandPhase): void {
    this.rest();
    this.phase = phase;
  }

  private rest(): void {
    if (this.isMoving) this.jog.release();
    this.isMoving = false;
  }
}
