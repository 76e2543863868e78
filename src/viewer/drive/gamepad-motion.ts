import type { JogCommand } from "../../client/jog.ts";
import type { PadSpeed } from "./pad-twist.ts";

/** The part of a `Gamepad` that is read, in the standard mapping of the W3C's specification. */
export type PadReading = {
  readonly connected: boolean;
  /** Tells the pads of a page apart. */
  readonly index: number;
  readonly axes: readonly number[];
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[];
};

/** What the sticks move. */
export type PadAim =
  | { kind: "base"; speed: PadSpeed }
  /** m/s and rad/s at full deflection; `frame` as in `cartesianVelocity`. */
  | { kind: "tool"; link: string; frame: string; linear: number; angular: number }
  /** rad/s or m/s at full deflection. */
  | { kind: "joint"; joint: string; velocity: number };

/** Either shoulder button (L1, R1): held, the sticks act. */
const deadManButtons = [4, 5] as const;
const triggers = { left: 6, right: 7 } as const;
/** Sticks at rest are seldom at 0. */
const deadZone = 0.15;

export function holdsDeadMan(pad: PadReading): boolean {
  return pad.connected && deadManButtons.some((button) => pad.buttons[button]?.pressed === true);
}

/** A deflection −1 … 1 with its middle cut out, and quadratic beyond: fine near the middle. Not a number: rest. */
export function shaped(deflection: number): number {
  if (!Number.isFinite(deflection)) return 0;
  const size = Math.min(1, Math.abs(deflection));
  if (size <= deadZone) return 0;
  return Math.sign(deflection) * ((size - deadZone) / (1 - deadZone)) ** 2;
}

/**
 * What the sticks ask for; null while they are at rest. Left stick: forward and turning (base), or x and y (tool);
 * right stick: sideways (base), or z and yaw (tool); triggers: roll. A joint follows the left stick, up is more.
 */
export function padMotion(pad: PadReading, aim: PadAim): JogCommand | null {
  // Sticks count to the right and down.
  const axis = (at: number): number => shaped(-(pad.axes[at] ?? 0));
  const [left, up, side, lift] = [axis(0), axis(1), axis(2), axis(3)];
  const roll =
    shaped(pad.buttons[triggers.right]?.value ?? 0) - shaped(pad.buttons[triggers.left]?.value ?? 0);
  switch (aim.kind) {
    case "base": {
      if (left === 0 && up === 0 && side === 0) return null;
      const { linear, angular } = aim.speed;
      return {
        kind: "twist",
        linear: { x: up * linear, y: side * linear, z: 0 },
        angular: { x: 0, y: 0, z: left * angular },
      };
    }
    case "tool": {
      if (left === 0 && up === 0 && side === 0 && lift === 0 && roll === 0) return null;
      const { link, frame, linear, angular } = aim;
      return {
        kind: "cartesianVelocity",
        link,
        frame,
        linear: { x: up * linear, y: left * linear, z: lift * linear },
        angular: { x: roll * angular, y: 0, z: side * angular },
      };
    }
    case "joint":
      return up === 0 ? null : { kind: "jointVelocity", velocities: { [aim.joint]: up * aim.velocity } };
  }
}
