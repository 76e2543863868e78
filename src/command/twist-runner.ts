import type { RobotModel } from "../robot/model.ts";
import { BaseFollow } from "./base-follow.ts";
import { BaseRoom } from "./base-room.ts";
import { FreshPress } from "./fresh-press.ts";
import type { CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import type { MotionCommand } from "./motion-command.ts";
import { TwistStream } from "./twist-stream.ts";
import { checkTwist, type Objection } from "./validate-motion.ts";

const standing =
  "the base does not move although it is commanded: something holds it, it cannot move that way, or its controller takes no commands";

/** The jog of one base: its stream and its client. */
export class TwistRunner {
  private readonly stream = new TwistStream();
  private ref: CommandRef | null = null;
  /** Whether the base's pose was measured since the jog began. */
  private wasSeen = false;
  private wasEverSeen = false;
  private seenOf: RobotModel | null = null;
  private readonly freshPress = new FreshPress();
  private readonly room = new BaseRoom();
  private readonly following = new BaseFollow();

  constructor(private readonly output: GateOutput) {}

  /** A fresh command, valid until `deadline` (server ms), or why it is refused. */
  start(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "twist" }>,
    now: number,
    deadline: number,
    { can, limits, isBaseSeen = null, model = null }: CommandedRobot,
  ): Objection | null {
    const heldOn = this.freshPress.refusal(isZero(command), now, ref.session);
    if (heldOn !== null) return heldOn;
    if (!can.twist) {
      return { code: "no_controller", message: can.noTwist ?? "this robot has no base that takes twists" };
    }
    const objection = checkTwist(command);
    if (objection !== null) return objection;
    // Of another robot that has taken its place nothing was seen yet.
    if (model !== this.seenOf) this.wasEverSeen = false;
    this.seenOf = model;
    this.wasEverSeen ||= isBaseSeen === true;
    // One that nothing has measured yet is driven all the same: it may have no odometry.
    if (isBaseSeen === false && this.wasEverSeen && !isZero(command) && !this.stream.isActive()) {
      return { code: "stale_state", message: "the base is not measured now: nobody sees where it goes" };
    }
    const { linear, angular } = command;
    const cut = this.stream.command(linear.x, linear.y, angular.z, deadline, limits.twist);
    const goesOn = this.ref?.session === ref.session;
    if (this.ref !== null && !goesOn) {
      const taken = "another session drives the base now";
      this.output.result(this.ref, { stage: "aborted", code: "lease_lost", message: taken });
    }
    this.ref = ref;
    const obstacle = this.room.obstacle();
    const code = cut || obstacle !== null ? "limited" : "ok";
    const message =
      obstacle !== null
        ? `slowed down: ${obstacle}`
        : cut
          ? "a jog of the base, cut to the limits"
          : "a jog of the base";
    if (goesOn) this.output.jogGoesOn(ref, code, message);
    else this.output.result(ref, { stage: "accepted", code, message });
    return null;
  }

  /** Whether nothing is sent and nobody is to be told; the stream then counts as updated at `now`. */
  isOver(now: number): boolean {
    return this.ref === null && this.stream.isResting(now);
  }

  /** One step; `dt` is seconds since the last. */
  update(now: number, dt: number, robot: CommandedRobot): void {
    const { limits, can, isBaseSeen = null, speedScale = 1 } = robot;
    if (this.stream.isActive()) this.watch(now, can.twist, isBaseSeen);
    let scale = speedScale;
    if (this.stream.isActive()) {
      const { current, target } = this.stream.now();
      scale *= this.room.shareOf(current, target, robot, now);
    }
    const twist = this.stream.update(now, dt, limits.twist, scale);
    if (twist !== null) this.output.sendTwist(twist);
    if (!this.stream.isActive()) {
      this.wasSeen = false;
      this.room.forget();
      this.following.forget();
    } else if (this.following.stands(this.stream.now().current, now, dt, robot)) {
      this.fail("not_following", standing, now);
      this.following.forget();
    }
    if (this.ref === null || this.stream.isActive()) return;
    this.output.result(this.ref, { stage: "done", code: "ok", message: "the base was sent a zero" });
    this.ref = null;
  }

  /**
   * A base that is gone, or is not measured any more, ends its jog: one that comes back must not be driven on at full
   * speed because a control is still held.
   */
  private watch(now: number, takesTwists: boolean, isSeen: boolean | null): void {
    this.wasSeen ||= isSeen === true;
    this.wasEverSeen ||= this.wasSeen;
    if (!takesTwists) this.fail("controller_gone", "nothing takes the base's twists any more", now);
    else if (this.wasSeen && isSeen === false)
      this.fail("stale_state", "the robot is not measured any more", now);
  }

  private fail(code: string, message: string, now: number): void {
    this.freshPress.demand(code, message, now, this.ref?.session ?? null);
    this.end(code, message, true);
  }

  /** What is under way must not be taken up again by a control that is still held. */
  block(code: string, message: string, now: number): void {
    if (this.ref !== null) this.freshPress.demand(code, message, now, this.ref.session);
  }

  /** A controlled stop: the base ramps down as hard as a stop does. False where it does not move by a jog of ours. */
  brake(code: string, message: string): boolean {
    const moves = this.stream.brake();
    if (this.ref !== null) this.output.result(this.ref, { stage: "aborted", code, message });
    this.ref = null;
    return moves;
  }

  /** Whether the base moves or ramps down by a jog of ours. */
  isMoving(): boolean {
    return this.stream.isActive();
  }

  /** No more commands: the base ramps down. */
  release(): void {
    this.stream.release();
  }

  /** Ends at once; `withZero`: with a zero twist even where nothing was under way. */
  end(code: string, message: string, withZero: boolean): void {
    const turning = this.stream.halt();
    this.wasSeen = false;
    if (turning || withZero) this.output.sendTwist({ x: 0, y: 0, yaw: 0 });
    if (this.ref !== null) this.output.result(this.ref, { stage: "aborted", code, message });
    this.ref = null;
  }
}

/** Whether a twist asks for rest. */
export function isZero({ linear, angular }: Extract<MotionCommand, { kind: "twist" }>): boolean {
  return [linear, angular].every(({ x, y, z }) => x === 0 && y === 0 && z === 0);
}
