import { wrapped } from "../core/circle.ts";
import { yawOf } from "../core/yaw.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { PlanarTwist } from "./twist-stream.ts";

/** So long, ms, and so far, m or rad, a base is driven before it is judged. */
const standsAfterMs = 2000;
const leastWay = 0.06;
const leastTurn = 0.2;
/** A base that gets less of its way than this share stands: wheels slip, and odometry is late. */
const share = 0.1;

type Begin = {
  at: number;
  x: number;
  y: number;
  yaw: number;
  /** How far it was from there at most, m and rad: a base that came back has moved. */
  far: number;
  turned: number;
  /** What it was sent since, m and rad. */
  way: number;
  turn: number;
};

/** Whether a base goes where it is driven, by its measured pose. Times are server ms. */
export class BaseFollow {
  private begin: Begin | null = null;

  /** Nobody drives it. */
  forget(): void {
    this.begin = null;
  }

  /** True: for a while it was sent `twist` and the like, and stands. `dt` is seconds since the last call. */
  stands(
    twist: Readonly<PlanarTwist>,
    now: number,
    dt: number,
    { basePose = null, isTimeStanding = false }: CommandedRobot,
  ): boolean {
    if (basePose === null || isTimeStanding) {
      this.forget();
      return false;
    }
    const [x = 0, y = 0, , qx = 0, qy = 0, qz = 0, qw = 1] = basePose;
    const yaw = yawOf(qx, qy, qz, qw);
    const { begin } = this;
    if (begin === null) return this.watchFrom(now, x, y, yaw);
    begin.way += Math.hypot(twist.x, twist.y) * dt;
    begin.turn += Math.abs(twist.yaw) * dt;
    begin.far = Math.max(begin.far, Math.hypot(x - begin.x, y - begin.y));
    begin.turned = Math.max(begin.turned, Math.abs(wrapped(yaw - begin.yaw)));
    const isJudged = begin.way > leastWay || begin.turn > leastTurn;
    if (!isJudged || now - begin.at < standsAfterMs) return false;
    const went = begin.far >= share * begin.way && begin.way > leastWay;
    // Whole turns show no more than half a turn.
    const turned = begin.turned >= Math.min(1, share * begin.turn) && begin.turn > leastTurn;
    return went || turned ? this.watchFrom(now, x, y, yaw) : true;
  }

  private watchFrom(at: number, x: number, y: number, yaw: number): false {
    this.begin = { at, x, y, yaw, far: 0, turned: 0, way: 0, turn: 0 };
    return false;
  }
}
