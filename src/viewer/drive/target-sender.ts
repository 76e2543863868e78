import type { JointTargets, Targets } from "../store/targets.ts";
import type { Driver } from "./driver.ts";

/**
 * Sends the ghost as a move and keeps it in sight until the move ended: done or aborted, it goes; refused,
 * it stays to be corrected.
 */
export class TargetSender {
  private readonly sent = new Map<number, { robot: string; targets: JointTargets }>();

  constructor(
    private readonly driver: Driver,
    private readonly targets: Targets,
  ) {
    driver.log.moves.subscribe(() => this.followMoves());
    driver.driving.subscribe(() => {
      if (driver.driving.get().phase === "none") this.forgetAll();
    });
  }

  /** False when nothing is to be sent or it could not be. */
  go(robot: string): boolean {
    const targets = this.targets.of(robot);
    const joints = Object.keys(targets);
    if (joints.length === 0) return false;
    const label = joints.length > 2 ? `Move ${joints.length} joints` : `Move ${joints.join(" and ")}`;
    const move = this.driver.move({ kind: "jointPosition", positions: targets }, label);
    if (move) this.sent.set(move.id, { robot, targets });
    return move !== null;
  }

  private followMoves(): void {
    for (const move of this.driver.log.moves.get()) {
      const sent = this.sent.get(move.id);
      if (!sent) continue;
      if (move.stage === "refused") this.sent.delete(move.id);
      if (move.stage === "done" || move.stage === "aborted") {
        this.sent.delete(move.id);
        this.targets.drop(sent.robot, sent.targets);
      }
    }
  }

  /** Without the lease no answer will come any more. */
  private forgetAll(): void {
    this.sent.clear();
    for (const robot of Object.keys(this.targets.changed.get())) this.targets.drop(robot);
  }
}
