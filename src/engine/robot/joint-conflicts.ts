import type { JointStateMessage } from "../../protocol/ros-decode.ts";
import type { RobotModel } from "../../robot/model.ts";
import type { TellEvent } from "../ports/event-log.ts";
import { type Motion, Turns } from "./turns.ts";

const revolving: Motion = { noise: 0.02, acceleration: 50 };
const sliding: Motion = { noise: 0.005, acceleration: 10 };
/** A contradiction that was not there for this long is told again. ms */
const quietMs = 60_000;
/** More joints than this are not followed: a sender makes names up. */
const mostJoints = 2048;

type Followed = { turns: Turns; doubtfulAt: number };

/** Notices where several publishers of joint states contradict each other, as a GUI left running beside the driver. */
export class JointConflicts {
  private readonly joints = new Map<string, Followed>();
  private lastAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly tell: TellEvent) {}

  forget(): void {
    this.joints.clear();
  }

  /** Notes the positions of a message that one of `publishers` sent; `now` is its arrival in ms. */
  note(
    { name, position }: JointStateMessage,
    now: number,
    model: RobotModel | null,
    publishers: readonly string[],
  ): void {
    if (position.length === 0) return;
    const doubtful: string[] = [];
    for (let i = 0; i < name.length; i++) {
      const joint = name[i] as string;
      const value = position[i] as number;
      const followed = this.joints.get(joint) ?? this.follow(joint);
      if (followed === null || !Number.isFinite(value)) continue;
      const type = model?.joints[model.jointIndex.get(joint) ?? -1]?.type;
      const motion = type === "prismatic" ? sliding : revolving;
      if (!followed.turns.note(0, value, now, motion, type === "continuous")) continue;
      followed.doubtfulAt = now;
      doubtful.push(joint);
    }
    if (doubtful.length === 0) return;
    if (now - this.lastAt > quietMs) this.report(doubtful, publishers);
    this.lastAt = now;
  }

  isDoubtful(joint: string, now: number): boolean {
    return this.joints.get(joint)?.doubtfulAt === now;
  }

  private follow(joint: string): Followed | null {
    if (this.joints.size >= mostJoints) return null;
    const followed = { turns: new Turns(1), doubtfulAt: Number.NEGATIVE_INFINITY };
    this.joints.set(joint, followed);
    return followed;
  }

  private report(joints: readonly string[], publishers: readonly string[]): void {
    const [first = ""] = joints;
    const [a, b] = this.joints.get(first)?.turns.pair(0) ?? [0, 0];
    const others = joints.length === 1 ? "" : ` and ${joints.length - 1} other joints`;
    const text =
      `${publishers.join(" and ")} publish joint states that contradict each other: ${first} is ` +
      `${a.toFixed(3)} and ${b.toFixed(3)} in turns${others}. Stop all but one.`;
    this.tell("warning", "robot.contradiction", text);
  }
}
