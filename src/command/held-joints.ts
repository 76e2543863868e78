import type { MeasuredJoints } from "./validate-motion.ts";

/** Joints that stay where they were when they were asked for first: held anew at each goal, a sagging arm would creep. */
export class HeldJoints {
  private readonly positions = new Map<string, number>();

  /** As measured, but for the positions that are held. */
  among(measured: MeasuredJoints): MeasuredJoints {
    return {
      receivedAt: (joint) => measured.receivedAt(joint),
      position: (joint) => {
        const position = this.positions.get(joint) ?? measured.position(joint);
        if (position !== undefined) this.positions.set(joint, position);
        return position;
      },
      velocity: (joint) => measured.velocity(joint),
      isFresh: (joint) => measured.isFresh(joint),
    };
  }

  isEmpty(): boolean {
    return this.positions.size === 0;
  }

  clear(): void {
    this.positions.clear();
  }
}
