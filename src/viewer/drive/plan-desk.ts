import type { Answer } from "../../client/command-link.ts";
import type { MotionCommand } from "../../client/command-sequence.ts";
import { Signal } from "../../client/signal.ts";
import type { PlannedMessage } from "../../protocol/planned-message.ts";
import type { JointTargets, Targets } from "../store/targets.ts";
import type { Driver } from "./driver.ts";
import { PlanClock } from "./plan-clock.ts";
import { samplePlan } from "./plan-sample.ts";

/** What is planned: the command, in words, and the link whose way is drawn. */
export type PlanOrder = { robot: string; command: MotionCommand; label: string; link: string | null };

/**
 * `unsupported`: the server does not plan, and Go sends the command as it is. `planned` with `stale`: why this plan is
 * not sent any more, in the server's words.
 */
export type PlanState =
  | { phase: "none" }
  | { phase: "asking"; order: PlanOrder }
  | { phase: "planned"; order: PlanOrder; plan: PlannedMessage; stale: string | null }
  | { phase: "refused"; order: PlanOrder; code: string; message: string }
  | { phase: "unsupported"; order: PlanOrder; message: string }
  | { phase: "sent"; order: PlanOrder; plan: PlannedMessage | null; move: number; ghost: JointTargets };

const none: PlanState = { phase: "none" };

/** Plan, see, commit: one motion that the server planned, played as the blue ghost until it is sent or dropped. */
export class PlanDesk {
  readonly state = new Signal<PlanState>(none);
  readonly clock = new PlanClock();
  /** Who looks for the way, where there is a choice. */
  readonly planner = new Signal<"twin" | "moveit">("twin");
  private asked: string | null = null;

  constructor(
    private readonly driver: Driver,
    private readonly targets: Targets,
    /** Whether a plan may play by itself when it comes. */
    private readonly mayPlay: () => boolean,
    /** Whether MoveIt can be asked for a plan of `robot`. */
    private readonly hasMoveit: (robot: string) => boolean = () => false,
  ) {
    driver.log.moves.subscribe(() => this.follow());
    driver.link.lost.add(() => this.drop());
    let before = targets.changed.get();
    targets.changed.subscribe(() => {
      const robot = this.robot;
      const moved = robot !== null && before[robot] !== targets.changed.get()[robot];
      before = targets.changed.get();
      // The plan is to where the ghost was.
      if (moved && this.state.get().phase !== "sent") this.drop();
    });
  }

  ask(order: PlanOrder): void {
    const { robot, command } = order;
    if (this.asked !== null) this.driver.link.forget(this.asked);
    const isMoveit = this.planner.get() === "moveit" && this.hasMoveit(robot) && hasOneGoal(command);
    const planner = isMoveit ? { planner: "moveit" } : {};
    this.asked = this.driver.link.request({ op: "plan", robot, command, avoid: true, ...planner }, (answer) =>
      this.take(order, answer),
    );
    if (this.asked === null) {
      this.drop();
      this.driver.notice.set("Not connected: no plan was asked for.");
    } else this.state.set({ phase: "asking", order });
  }

  /** Asks for the same motion from where the robot is now. */
  again(): void {
    const state = this.state.get();
    if (state.phase !== "none") this.ask(state.order);
  }

  /** Sends the plan that is seen; where the server does not plan, the command itself. */
  go(): void {
    const state = this.state.get();
    if (state.phase === "planned" && state.stale === null) {
      const { planId, stateHash } = state.plan;
      this.send(state.order, { kind: "plan", planId, stateHash }, state.plan);
    } else if (state.phase === "unsupported") this.send(state.order, state.order.command, null);
  }

  drop(): void {
    if (this.asked !== null) this.driver.link.forget(this.asked);
    this.asked = null;
    if (this.state.get().phase !== "none") this.state.set(none);
  }

  /** Where the plan has a joint of `robot` at the moment that is shown; null where no plan is shown. */
  shown(robot: string, joint: string): number | null {
    const state = this.state.get();
    if (state.phase !== "planned" || state.order.robot !== robot) return null;
    return samplePlan(state.plan.points, this.clock.time, joint);
  }

  private get robot(): string | null {
    const state = this.state.get();
    return state.phase === "none" ? null : state.order.robot;
  }

  private send(order: PlanOrder, command: MotionCommand, plan: PlannedMessage | null): void {
    const move = this.driver.move(command, order.label);
    const ghost = this.targets.of(order.robot);
    if (move !== null) this.state.set({ phase: "sent", order, plan, move: move.id, ghost });
  }

  private take(order: PlanOrder, answer: Answer): void {
    this.asked = null;
    switch (answer.op) {
      case "planned":
        if (!("points" in answer)) {
          this.drop();
          return;
        }
        this.clock.begin(answer.points.at(-1)?.time ?? answer.duration, this.mayPlay());
        this.state.set({ phase: "planned", order, plan: answer, stale: null });
        return;
      case "result":
      case "error": {
        const { code, message } = answer;
        // A version from before plans refuses the message as a whole.
        const unsupported = code === "unsupported" || code === "bad_message";
        this.state.set(
          unsupported ? { phase: "unsupported", order, message } : { phase: "refused", order, code, message },
        );
        return;
      }
      default:
        this.drop();
    }
  }

  /** What becomes of the plan that was sent. */
  private follow(): void {
    const state = this.state.get();
    if (state.phase !== "sent") return;
    const move = this.driver.log.moves.get().find(({ id }) => id === state.move);
    const { order, plan, ghost } = state;
    if (move?.stage === "refused") {
      this.state.set(
        plan === null
          ? { phase: "refused", order, code: "refused", message: move.message }
          : { phase: "planned", order, plan, stale: move.message },
      );
    } else if (move === undefined || move.stage === "done" || move.stage === "aborted") {
      this.state.set(none);
      this.targets.drop(order.robot, ghost);
    }
  }
}

/** What MoveIt can be asked: a way to one goal. */
function hasOneGoal(command: MotionCommand): boolean {
  return command.kind === "jointPosition" || (command.kind === "pose" && command.path !== "line");
}
