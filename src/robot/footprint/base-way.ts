import type { GroundPose } from "./occupied-cells.ts";

/**
 * A part of a way: the base goes by one twist (forward and left in m, turn in rad, in its own axes: together a line, an arc or a
 * turn on the spot), while its speed changes evenly.
 */
export type WayPiece = {
  forward: number;
  left: number;
  turn: number;
  /** s */
  duration: number;
  /** Speeds at both ends, in any unit that they share; not both 0. */
  speed0: number;
  speed1: number;
};

/** A place on a way, and when the base is there, s from its start. */
export type WayPlace = GroundPose & { time: number };

const straight = 1e-9;

/**
 * The way of a base on the ground, from rest to rest. A place on it is told by `travel`, m: no point of the base within `reach` m of
 * its origin moves farther between two places than their travels differ.
 *
 * The origin's way in a piece is an arc of the length |(forward, left)|, passed at an even curvature, and a point at the distance
 * r ≤ reach moves by at most r |turn| more.
 */
export class BaseWay {
  /** s */
  readonly duration: number;
  /** m */
  readonly travel: number;
  private readonly starts: WayPlace[] = [];
  private readonly travels: number[] = [];

  constructor(
    start: GroundPose,
    private readonly pieces: readonly WayPiece[],
    reach: number,
  ) {
    let at: WayPlace = { ...start, time: 0 };
    let travel = 0;
    for (const piece of pieces) {
      this.starts.push(at);
      this.travels.push(travel);
      at = { ...moved(at, piece, 1), time: at.time + piece.duration };
      travel += Math.hypot(piece.forward, piece.left) + reach * Math.abs(piece.turn);
    }
    this.starts.push(at);
    this.travels.push(travel);
    this.duration = at.time;
    this.travel = travel;
  }

  end(): WayPlace {
    return this.starts.at(-1) as WayPlace;
  }

  /** Where the base is when every point of it has moved by at most `travel` m. */
  at(travel: number): WayPlace {
    const i = lastNotAbove(this.travels, travel);
    const [piece, begin] = [this.pieces[i], this.starts[i] as WayPlace];
    if (piece === undefined) return begin;
    const whole = (this.travels[i + 1] as number) - (this.travels[i] as number);
    const share = whole > 0 ? Math.min(1, (travel - (this.travels[i] as number)) / whole) : 0;
    return { ...moved(begin, piece, share), time: begin.time + piece.duration * timeShare(piece, share) };
  }

  /** Places evenly in time, at most `count`: with the first and the last. */
  places(count: number): WayPlace[] {
    const most = Math.max(2, count);
    return Array.from({ length: most }, (_, k) => this.atTime((this.duration * k) / (most - 1)));
  }

  /** Where the base is at `time`, s. */
  atTime(time: number): WayPlace {
    const i = lastNotAbove(
      this.starts.map((place) => place.time),
      time,
    );
    const [piece, begin] = [this.pieces[i], this.starts[i] as WayPlace];
    if (piece === undefined) return begin;
    const { duration, speed0, speed1 } = piece;
    const t = Math.min(1, (time - begin.time) / duration);
    const share = (2 * speed0 * t + (speed1 - speed0) * t * t) / (speed0 + speed1);
    return { ...moved(begin, piece, share), time };
  }
}

/** The share of the time after which a share of a piece is behind the base. */
function timeShare({ speed0, speed1 }: WayPiece, share: number): number {
  // share · (v0 + v1) = 2 v0 t + (v1 − v0) t²; the root that does not lose digits where v1 ≈ v0.
  const sum = speed0 + speed1;
  const root = Math.sqrt(Math.max(0, speed0 * speed0 + (speed1 - speed0) * sum * share));
  return share === 0 ? 0 : Math.min(1, (sum * share) / (speed0 + root));
}

/** By a share of a piece from where it begins. */
function moved({ x, y, yaw }: GroundPose, { forward, left, turn }: WayPiece, share: number): GroundPose {
  const angle = share * turn;
  // ∫ of the rotation along the arc, divided by its angle.
  const sine = Math.abs(angle) < straight ? 1 : Math.sin(angle) / angle;
  const versine = Math.abs(angle) < straight ? angle / 2 : (1 - Math.cos(angle)) / angle;
  const dx = share * (sine * forward - versine * left);
  const dy = share * (versine * forward + sine * left);
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  return { x: x + c * dx - s * dy, y: y + s * dx + c * dy, yaw: yaw + angle };
}

function lastNotAbove(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((values[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
