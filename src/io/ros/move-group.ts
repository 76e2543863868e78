import type { Objection } from "../../command/validate-motion.ts";
import type { WayAnswer, WayOutcome, WayQuestion } from "../../command/way-question.ts";
import { getMotionPlan, moveitPlanningTime } from "../../protocol/moveit-plan.ts";
import { linesOf, type PlannerOrder, type PlannerProcess, type PlannerReport } from "./move-group-process.ts";
import type { RclNode } from "./rclnodejs-api.ts";

/** How long MoveIt may take to answer, ms: what it may plan, and its way there and back. */
const answerWithinMs = moveitPlanningTime * 1000 + 3000;
/** How long after it ended the process is started again, ms. */
const againMs = 5000;
/** A process that says nothing for so long when it is asked whether it is there is ended, ms. */
const hangsAfterMs = 2000;
/** Questions that wait for the one before them. */
const mostWaiting = 8;

/** What of the capabilities is about it. */
export type PlannerCapabilities = { planner?: string; noPlanner?: string };

/**
 * MoveIt's move_group beside one robot, as it comes and goes. It is asked by a process of its own, since reading the answer takes
 * longer than a cycle may last; one question at a time.
 */
export class MoveGroup {
  private child: PlannerProcess | null = null;
  private endedAt = Number.NEGATIVE_INFINITY;
  private isReady = false;
  private fault: string | null = null;
  private waiting: WayQuestion[] = [];
  /** Until when the process is to show that it does not hang; null: it is not asked. */
  private probedUntil: number | null = null;
  private asked: { question: WayQuestion; until: number } | null = null;

  constructor(
    private readonly node: Pick<RclNode, "getServiceNamesAndTypes">,
    /** The service's absolute name. */
    private readonly service: string,
    private readonly start: (service: string) => PlannerProcess,
    private readonly answer: (answer: WayAnswer) => void,
    /** Server ms. */
    private readonly now: () => number,
  ) {}

  /** Looks for it in the ROS graph. */
  poll(): void {
    const isThere = this.node
      .getServiceNamesAndTypes()
      .some(({ name, types }) => name === this.service && types.includes(getMotionPlan));
    if (!isThere) {
      this.fault = null;
      if (this.child !== null) this.gone(this.child, `${this.service} is gone`);
      return;
    }
    // What cannot ask it now cannot ask it in a moment either.
    if (this.child === null && this.fault === null && this.now() - this.endedAt > againMs) this.begin();
  }

  /** Gives up what was not answered in time. Called a few times a second. */
  watch(): void {
    const { child } = this;
    if (child !== null && this.probedUntil !== null && this.now() >= this.probedUntil) {
      child.kill("SIGKILL");
      this.gone(child, "what asks MoveIt hangs, and was ended");
    }
    if (this.asked === null || this.now() < this.asked.until) return;
    const message = `MoveIt did not answer within ${answerWithinMs / 1000} s`;
    this.probedUntil ??= this.now() + hangsAfterMs;
    this.tell({ ping: true });
    this.finish({ code: "no_answer", message });
  }

  current(): PlannerCapabilities {
    if (this.fault !== null) return { noPlanner: this.fault };
    return this.isReady ? { planner: this.service } : {};
  }

  find(question: WayQuestion): void {
    if (!this.isReady) this.refuse(question, { code: "planner_gone", message: `${this.service} is gone` });
    else if (this.waiting.length >= mostWaiting) {
      this.refuse(question, { code: "too_many", message: "too many questions wait for MoveIt" });
    } else {
      this.waiting.push(question);
      this.next();
    }
  }

  /** Nobody waits for the answer to that question: it is not asked, or its answer is dropped. */
  drop(id: string): void {
    this.waiting = this.waiting.filter((question) => question.id !== id);
  }

  end(): void {
    const { child } = this;
    this.child = null;
    this.isReady = false;
    this.waiting = [];
    this.asked = null;
    child?.stdin?.end();
  }

  private begin(): void {
    let child: PlannerProcess;
    try {
      child = this.start(this.service);
    } catch (error) {
      this.endedAt = this.now();
      this.fault = `MoveIt cannot be asked: ${error instanceof Error ? error.message : String(error)}`;
      return;
    }
    this.child = child;
    // A pipe that breaks is told by the end of the process.
    child.stdin?.on("error", () => undefined);
    child.on("error", (error) => this.gone(child, `what asks MoveIt has failed: ${error.message}`));
    child.on("exit", (code, signal) => this.gone(child, `what asks MoveIt has ended with ${signal ?? code}`));
    linesOf<PlannerReport>(child.stdout, (report) => this.take(child, report));
  }

  private take(child: PlannerProcess, report: PlannerReport): void {
    if (child !== this.child) return;
    this.probedUntil = null;
    if ("pong" in report) return;
    if ("fault" in report) this.fault = report.fault;
    else if ("ready" in report) {
      this.isReady = report.ready;
      if (!report.ready) this.refuseAll(`${this.service} is gone`);
    } else if (this.asked?.question.id === report.id) this.finish(report.outcome);
  }

  private gone(child: PlannerProcess, reason: string): void {
    if (child !== this.child) return;
    this.child = null;
    this.isReady = false;
    this.probedUntil = null;
    this.endedAt = this.now();
    child.stdin?.end();
    this.refuseAll(reason);
  }

  private refuseAll(message: string): void {
    const all = [...(this.asked === null ? [] : [this.asked.question]), ...this.waiting];
    this.asked = null;
    this.waiting = [];
    for (const question of all) this.refuse(question, { code: "planner_gone", message });
  }

  private next(): void {
    if (this.asked !== null) return;
    const question = this.waiting.shift();
    if (question === undefined) return;
    this.asked = { question, until: this.now() + answerWithinMs };
    this.tell({ plan: question });
  }

  private tell(order: PlannerOrder): void {
    this.child?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  private finish(outcome: WayOutcome | Objection): void {
    const question = this.asked?.question;
    this.asked = null;
    if (question !== undefined) {
      if ("found" in outcome) this.answer({ id: question.id, robot: question.robot, outcome });
      else this.refuse(question, outcome);
    }
    this.next();
  }

  private refuse({ id, robot }: WayQuestion, objection: Objection): void {
    this.answer({ id, robot, outcome: { found: "objection", objection } });
  }
}
