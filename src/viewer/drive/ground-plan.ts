import type { Answer } from "../../client/command-link.ts";
import { Signal } from "../../client/signal.ts";
import type { PlannedWayMessage } from "../../protocol/planned-message.ts";
import type { Driver } from "./driver.ts";

/** `refused`: why the straight way is not free; a navigator may know another. */
export type GroundPlanState =
  | { phase: "none" }
  | { phase: "asking" }
  | { phase: "planned"; way: PlannedWayMessage }
  | { phase: "refused"; code: string; message: string };

/** A place of the base: m and rad. */
type Place = { x: number; y: number; yaw: number };

const none: GroundPlanState = { phase: "none" };

/** The straight way of a base to the goal that is being chosen, as the server judges it. */
export class GroundPlan {
  readonly state = new Signal<GroundPlanState>(none);
  private asked: string | null = null;

  constructor(private readonly driver: Pick<Driver, "link">) {
    driver.link.lost.add(() => this.drop());
  }

  /** Asks for the way of `robot` to a place in `frame`; what was asked before is forgotten. */
  ask(robot: string, frame: string, { x, y, yaw }: Place): void {
    this.drop();
    const command = { kind: "navigate", frame, position: [x, y], yaw };
    this.asked = this.driver.link.request({ op: "plan", robot, command }, (answer) => this.take(answer));
    if (this.asked !== null) this.state.set({ phase: "asking" });
  }

  drop(): void {
    if (this.asked !== null) this.driver.link.forget(this.asked);
    this.asked = null;
    if (this.state.get().phase !== "none") this.state.set(none);
  }

  /** x y z after x y z along the way, m; empty where there is none. */
  line(): number[] {
    const state = this.state.get();
    if (state.phase !== "planned") return [];
    return state.way.poses.flatMap(({ position: [x, y] }) => [x, y, above]);
  }

  private take(answer: Answer): void {
    this.asked = null;
    if (answer.op === "planned" && "poses" in answer) this.state.set({ phase: "planned", way: answer });
    else if ((answer.op === "result" || answer.op === "error") && answer.code !== "bad_message") {
      this.state.set({ phase: "refused", code: answer.code, message: answer.message });
    } else this.state.set(none);
  }
}

/** m: the line is drawn above the floor. */
const above = 0.02;
