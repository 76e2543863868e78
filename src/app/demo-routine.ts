import type { MotionCommand } from "../command/motion-command.ts";
import type { Engine } from "../engine/engine.ts";
import type { ClientCommandMessage } from "../protocol/command-messages.ts";

/** A robot that somebody drove or stopped stands this long before the routine goes on. */
const standsForMs = 30_000;
/** How long the robot waits before the first pose, and from the start of one pose to that of the next. */
const pauseMs = 1000;
const poseEveryMs = 4500;
const twistEveryMs = 45;
const renewEveryMs = 1000;
/** Share of the velocity limits. */
const speed = 0.3;
/**
 * About which position (rad or m) each joint of the demo's rover swings, and how far: nothing on it comes near anything else
 * there. A joint that is not named stays where it is.
 */
const swings: ReadonlyMap<string, { about: number; by: number }> = new Map([
  ["shoulder_pan", { about: 0, by: 1 }],
  ["shoulder_lift", { about: -0.6, by: 0.3 }],
  ["elbow", { about: -0.7, by: 0.35 }],
  ["wrist_1", { about: 0.4, by: 0.4 }],
  ["wrist_2", { about: 0, by: 0.5 }],
  ["wrist_3", { about: 0, by: 1.2 }],
  ["left_finger", { about: 0.02, by: 0.018 }],
]);
const cruise = { linear: 0.22, angular: 0.3 };
/** The routine's command session. */
export const demoSession = "demo";

/**
 * What the demo's robot does while nobody drives it, so that a newcomer sees it alive: the arm goes from pose to pose, the
 * base rolls on a circle. It is a client of the gate like any other, with a lease that gives way to everybody's.
 */
export class DemoRoutine {
  /** Server ms at which somebody else had the robot, or the stop was latched, for the last time. */
  private obeyed = Number.NEGATIVE_INFINITY;
  private nextAcquire = 0;
  private nextRenewal = 0;
  private nextPose = 0;
  private nextTwist = 0;
  private pose = 0;
  private count = 0;
  private epoch = -1;

  constructor(
    private readonly engine: Engine,
    private readonly robot: string,
  ) {}

  /** One step at server ms `now`, before the engine's cycle. */
  step(now: number): void {
    const gate = this.engine.control.get(this.robot)?.gate;
    if (gate === undefined) return;
    const lease = gate.lease.current();
    const isMine = lease !== null && lease.session === demoSession;
    if (gate.latch.current() !== null || (lease !== null && !isMine)) this.obeyed = now;
    if (now - this.obeyed < standsForMs) return;
    if (!isMine) {
      this.acquire(now);
      return;
    }
    if (lease.epoch !== this.epoch) this.begin(lease.epoch, now);
    if (now >= this.nextRenewal) {
      this.nextRenewal = now + renewEveryMs;
      this.say(now, { op: "renew", id: demoSession, robot: this.robot, epoch: this.epoch });
    }
    this.move(now);
  }

  private acquire(now: number): void {
    if (now < this.nextAcquire) return;
    this.nextAcquire = now + renewEveryMs;
    this.say(now, { op: "acquire", id: demoSession, robot: this.robot, holder: "the demo", yields: true });
  }

  private begin(epoch: number, now: number): void {
    this.epoch = epoch;
    this.nextRenewal = now + renewEveryMs;
    this.nextPose = now + pauseMs;
    this.nextTwist = now + pauseMs;
  }

  private move(now: number): void {
    const can = this.engine.control.get(this.robot)?.current().can;
    if (can?.twist === true && now >= this.nextTwist) {
      this.nextTwist = now + twistEveryMs;
      const linear = { x: cruise.linear, y: 0, z: 0 };
      this.command(now, { kind: "twist", linear, angular: { x: 0, y: 0, z: cruise.angular } });
    }
    if (now < this.nextPose) return;
    const driven = can?.trajectory.flatMap((controller) => controller.joints ?? []) ?? [];
    const measured = this.engine.robots.get(this.robot);
    const joints = [...swings].filter(
      ([joint]) => driven.includes(joint) && measured?.isFresh(joint) === true,
    );
    if (joints.length === 0) return;
    this.nextPose = now + poseEveryMs;
    this.pose++;
    // The phases differ, so that the joints do not nod in step.
    const positions = Object.fromEntries(
      joints.map(([joint, { about, by }], j) => [joint, about + by * Math.sin(1.9 * this.pose + 2.4 * j)]),
    );
    this.command(now, { kind: "jointPosition", positions, speed });
  }

  private command(now: number, command: MotionCommand): void {
    const seq = ++this.count;
    const message = { op: "command", id: seq, robot: this.robot, epoch: this.epoch, seq } as const;
    this.say(now, { ...message, issued: now, ttlMs: 500, command });
  }

  private say(now: number, message: ClientCommandMessage): void {
    this.engine.inbox.push("client:demo", now, {
      kind: "client",
      session: demoSession,
      name: "the demo",
      message,
    });
  }
}
