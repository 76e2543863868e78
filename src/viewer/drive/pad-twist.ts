import type { JogCommand } from "../../client/jog.ts";

/** Fastest of the pad: m/s forward and sideways, rad/s turning. */
export type PadSpeed = { linear: number; angular: number };

const deadZone = 0.12;

/**
 * The pad's deflection as a twist in the base frame (REP-103). `right` and `up` are −1 … 1 on the screen,
 * `left` −1 … 1 is sideways. The middle 12 % is rest; beyond it the answer is quadratic: fine near the middle.
 */
export function padTwist(right: number, up: number, left: number, speed: PadSpeed): JogCommand {
  const radius = Math.hypot(right, up);
  const scale = radius <= deadZone ? 0 : Math.min(1, (radius - deadZone) / (1 - deadZone)) ** 2 / radius;
  return {
    kind: "twist",
    linear: { x: up * scale * speed.linear, y: left * speed.linear, z: 0 },
    angular: { x: 0, y: 0, z: -right * scale * speed.angular },
  };
}

/** What the pressed keys (by place on the keyboard) ask for; null when none of them drives. */
export function keysTwist(pressed: ReadonlySet<string>, speed: PadSpeed): JogCommand | null {
  const on = (...codes: string[]) => Number(codes.some((code) => pressed.has(code)));
  const up = on("KeyW", "ArrowUp") - on("KeyS", "ArrowDown");
  const right = on("KeyD", "ArrowRight") - on("KeyA", "ArrowLeft");
  const left = on("KeyQ") - on("KeyE");
  if (![...pressed].some((code) => driveKeys.has(code))) return null;
  return {
    kind: "twist",
    linear: { x: up * speed.linear, y: left * speed.linear, z: 0 },
    angular: { x: 0, y: 0, z: -right * speed.angular },
  };
}

export const driveKeys: ReadonlySet<string> = new Set([
  ..."WASDQE".split("").map((letter) => `Key${letter}`),
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
]);
