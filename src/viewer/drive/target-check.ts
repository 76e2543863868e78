import { Signal } from "../../client/signal.ts";
import type { JointTargets, Targets } from "../store/targets.ts";
import type { Driver, RehearsedMessage } from "./driver.ts";

const leastPauseMs = 120;
/** The robot may move, and another way is then another motion. */
const againAfterMs = 1000;

/** Why a robot's ghost could not be moved to as it stands now; null: nothing speaks against it. */
export type TargetFault = Pick<RehearsedMessage, "code" | "message" | "breach" | "collision">;

/** Asks the server what moving to the ghost would come to, while it is set and after: it is red before anybody presses Go. */
export class TargetCheck {
  readonly faults = new Signal<Readonly<Record<string, TargetFault>>>({});
  private asked: { id: string; robot: string; targets: JointTargets } | null = null;
  private due: ReturnType<typeof setTimeout> | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly driver: Driver,
    private readonly targets: Targets,
    private readonly chosen: () => string | null,
  ) {
    targets.changed.subscribe(() => this.follow());
    driver.rehearsed.subscribe(() => this.take(driver.rehearsed.get()));
    setInterval(() => this.follow(), againAfterMs);
  }

  private follow(): void {
    const robot = this.chosen();
    if (robot === null) return;
    if (Object.keys(this.targets.of(robot)).length === 0) {
      this.asked = null;
      this.note(robot, null);
      return;
    }
    if (this.due !== null) return;
    const pause = Math.max(0, this.askedAt + leastPauseMs - performance.now());
    this.due = setTimeout(() => {
      this.due = null;
      this.ask(robot);
    }, pause);
  }

  private ask(robot: string): void {
    const targets = this.targets.of(robot);
    if (Object.keys(targets).length === 0) return;
    this.askedAt = performance.now();
    const id = this.driver.rehearse(robot, targets);
    this.asked = id === null ? null : { id, robot, targets };
  }

  private take(answer: RehearsedMessage | null): void {
    const { asked } = this;
    if (answer === null || asked === null || answer.id !== asked.id) return;
    this.note(asked.robot, answer.code === "ok" ? null : answer);
    if (this.targets.of(asked.robot) !== asked.targets) this.follow();
  }

  private note(robot: string, fault: TargetFault | null): void {
    const { [robot]: before, ...others } = this.faults.get();
    if (fault === null && before === undefined) return;
    if (before !== undefined && fault?.message === before.message) return;
    this.faults.set(fault === null ? others : { ...others, [robot]: fault });
  }
}
