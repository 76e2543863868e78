import type { WayPiece } from "../robot/footprint/base-way.ts";
import type { TwistFor } from "./motion-command.ts";
import type { TwistLimits } from "./robot-limits.ts";
import { TwistStream } from "./twist-stream.ts";

/** One step of the jog that is followed, ms. */
const stepMs = 10;

/**
 * The way of a base under a jog that is held for `seconds` and then released: what `TwistStream` sends, with its limits of speed and
 * acceleration. Steered wheels drive a wider curve where they are asked for a tighter one.
 */
export function twistWay({ linear, angular, seconds }: TwistFor, limits: TwistLimits): WayPiece[] {
  const { turningRadius = 0 } = limits;
  const stream = new TwistStream();
  stream.command(linear.x, linear.y, angular.z, Number.POSITIVE_INFINITY, limits);
  const pieces: WayPiece[] = [];
  const { current } = stream.now();
  let last = { ...current };
  let isSteady = false;
  for (let now = 0; stream.isActive(); now += stepMs) {
    if (now >= 1000 * seconds) stream.release();
    stream.update(now, stepMs / 1000, limits);
    const [x, y, yaw] = [(last.x + current.x) / 2, (last.y + current.y) / 2, (last.yaw + current.yaw) / 2];
    const wasSteady = isSteady;
    isSteady = last.x === current.x && last.y === current.y && last.yaw === current.yaw;
    last = { ...current };
    const most = turningRadius > 0 ? Math.abs(x) / turningRadius : Number.POSITIVE_INFINITY;
    const turn = Math.max(-most, Math.min(most, yaw));
    const step = stepMs / 1000;
    const before = pieces.at(-1);
    if (wasSteady && isSteady && before !== undefined) {
      before.forward += step * x;
      before.left += step * y;
      before.turn += step * turn;
      before.duration += step;
    } else {
      pieces.push({
        forward: step * x,
        left: step * y,
        turn: step * turn,
        duration: step,
        speed0: 1,
        speed1: 1,
      });
    }
  }
  return pieces;
}
