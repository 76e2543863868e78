import type { Facet } from "../core/quality.ts";
import type { NamedPose } from "../protocol/library-json.ts";
import type {
  BaseReadings,
  Control,
  JointReadings,
  Lease,
  Positions,
  Reading,
  Rehearsal,
  Robot,
  RobotEvents,
} from "./api.ts";
import type {
  AcquireOptions,
  NavigationGoal,
  Plan,
  PlanOptions,
  RequestOptions,
  TwistHeld,
  WayPlan,
} from "./command-api.ts";
import type { Answer, CommandLink } from "./command-link.ts";
import type { AnyCommand } from "./command-sequence.ts";
import { LeaseKeeper, type LeaseQuestion } from "./lease-keeper.ts";
import { Listeners } from "./listeners.ts";
import type { LiveState } from "./live-state.ts";
import type { Platform } from "./platform.ts";
import type { PoseBook } from "./pose-book.ts";
import { errorOf, RemoteLease } from "./remote-lease.ts";
import { TwinError } from "./twin-error.ts";

/** How long the holder of a lease may take to hand it over. */
const requestWithinMs = 60_000;
/** How long the server may take to answer a request. */
const answerWithinMs = 5000;
/** A plan is computed for; the server gives it up after 15 s. */
const planWithinMs = 20_000;

/** What the robots of one connection share. `stop` presses the stop in the connection's name. */
export type RobotContext = {
  state: LiveState;
  link: CommandLink;
  platform: Platform;
  poses: PoseBook;
  holder: string | undefined;
  isInPast(): boolean;
  stop(robot: string, reason: string | undefined): Promise<void>;
};

/** One robot of the server: its values, and the way to its lease. */
export class RemoteRobot implements Robot {
  private readonly listeners: { [E in keyof RobotEvents]: Listeners<Parameters<RobotEvents[E]>> } = {
    state: new Listeners(),
    event: new Listeners(),
    stopped: new Listeners(),
    reset: new Listeners(),
  };
  private keeper: LeaseKeeper | null = null;
  private lease: RemoteLease | null = null;

  constructor(
    readonly id: string,
    private readonly context: RobotContext,
  ) {
    const { state, link } = context;
    state.changed.add(() => this.listeners.state.emit(this));
    state.events.add((event) => event.robot === id && this.listeners.event.emit(event));
    state.stopped.add((robot, by) => (robot === "*" || robot === id) && this.listeners.stopped.emit({ by }));
    link.reset.add((robot) => robot === id && this.listeners.reset.emit());
    state.statusChanged.add(({ time }) => {
      // A robot that has gone is driven by nobody.
      const { lease = null, stopped = null } = state.control(id) ?? {};
      this.keeper?.judge(lease?.epoch ?? null, stopped !== null, time);
    });
  }

  joints(): string[] {
    return this.context.state.joints(this.id);
  }

  joint(name: string, facet: Facet = "reported"): JointReadings {
    return this.context.state.joint(this.id, name, facet);
  }

  base(facet: Facet = "reported"): BaseReadings {
    return this.context.state.base(this.id, facet);
  }

  property(path: string, facet: Facet = "reported"): Reading<unknown> | null {
    return this.context.state.property(this.id, path, facet);
  }

  get control(): Control | null {
    const control = this.context.state.control(this.id);
    if (control === undefined) return null;
    const { jointPosition, jointVelocity, twist } = control.can;
    return {
      holder: control.lease?.holder ?? null,
      stopped: control.stopped,
      can: { jointPosition, jointVelocity, twist },
    };
  }

  on<E extends keyof RobotEvents>(event: E, listener: RobotEvents[E]): () => void {
    return this.listeners[event].add(listener as (...args: Parameters<RobotEvents[E]>) => void);
  }

  acquire({ holder, ...question }: AcquireOptions = {}): Promise<Lease> {
    return this.askForLease(holder, question, answerWithinMs, noResponse(answerWithinMs));
  }

  request({ holder, withinMs = requestWithinMs }: RequestOptions = {}): Promise<Lease> {
    return this.askForLease(holder, { op: "request" }, withinMs, notHandedOver);
  }

  private askForLease(
    by: string | undefined,
    question: LeaseQuestion,
    withinMs: number,
    late: { code: string; message: string },
  ): Promise<Lease> {
    const { link, platform, holder } = this.context;
    return new Promise((resolve, reject) => {
      if (this.context.isInPast()) throw errorOf(inPast);
      // A second lease of this client would take the first one's place under a new epoch.
      if (this.keeper !== null) {
        throw new TwinError(
          "lease_held",
          `this client holds the lease of ${this.id} already, or asks for it`,
        );
      }
      let lease: RemoteLease | null = null;
      const keeper = new LeaseKeeper(this.id, link, platform, {
        held: (_, answer) => {
          cancel();
          const { stopped = null } = answer;
          lease = new RemoteLease(keeper, link, platform, stopped, () => this.poses());
          this.lease = lease;
          resolve(lease);
        },
        ended: (end) => {
          cancel();
          this.keeper = null;
          this.lease = null;
          if (lease !== null) lease.takeEnd(end);
          else reject(errorOf(end));
        },
      });
      const cancel = platform.after(withinMs, () => keeper.end(late));
      if (!keeper.acquire(by ?? holder, question)) {
        cancel();
        throw notConnected("the lease was not asked for");
      }
      this.keeper = keeper;
    });
  }

  stop(reason?: string): Promise<void> {
    this.dropJogs();
    return this.context.stop(this.id, reason);
  }

  /** This client sees the past from now on: it commands nothing meanwhile. */
  leavePresent(): void {
    this.keeper?.release(() => {}, inPast);
  }

  /** Sends no further jog command: a stop is on its way. */
  dropJogs(): void {
    this.lease?.dropJogs({ code: "stopped", message: "this client pressed the stop" });
  }

  async reset(): Promise<void> {
    const { holder } = this.context;
    await this.ask({ op: "reset", ...(holder === undefined ? {} : { holder }) }, "nothing was reset");
  }

  async rehearse(positions: Positions): Promise<Rehearsal> {
    const command = { kind: "jointPosition", positions };
    const answer = await this.ask({ op: "rehearse", command }, "nothing was rehearsed");
    if (answer.op !== "rehearsed") throw noRehearsal;
    const { code, message, duration = null } = answer;
    return { code, message, duration };
  }

  async plan(command: AnyCommand, avoid = true, options: PlanOptions = {}): Promise<Plan> {
    const question = { op: "plan", command, avoid, ...options };
    const answer = await this.ask(question, "nothing was planned", planWithinMs);
    if (answer.op === "result") throw errorOf(answer);
    if (answer.op !== "planned" || !("points" in answer)) throw noPlan;
    const { op: _, id: __, ...plan } = answer;
    return plan;
  }

  async planWay(command: NavigationGoal | TwistHeld): Promise<WayPlan> {
    const kind = "frame" in command ? "navigate" : "twist";
    const question = { op: "plan", command: { kind, ...command } };
    const answer = await this.ask(question, "nothing was planned", planWithinMs);
    if (answer.op === "result") throw errorOf(answer);
    if (answer.op !== "planned" || !("poses" in answer)) throw noPlan;
    const { op: _, id: __, ...way } = answer;
    return way;
  }

  async override(percent: number): Promise<void> {
    await this.ask({ op: "override", percent }, "the speed was not changed");
  }

  poses(): Promise<Record<string, NamedPose>> {
    return this.context.poses.all(this.id);
  }

  savePose(name: string, positions?: Positions): Promise<NamedPose> {
    return this.context.poses.save(this.id, name, positions ?? null);
  }

  deletePose(name: string): Promise<void> {
    return this.context.poses.delete(this.id, name);
  }

  private ask(
    message: { op: string; [field: string]: unknown },
    otherwise: string,
    withinMs = answerWithinMs,
  ): Promise<Answer> {
    const { link, platform } = this.context;
    return new Promise((resolve, reject) => {
      const id = link.request({ ...message, robot: this.id }, (answer) => {
        cancel();
        if (answer.op === "error" || answer.op === "lost") reject(errorOf(answer));
        else resolve(answer);
      });
      const cancel = platform.after(withinMs, () => {
        if (id !== null) link.forget(id);
        reject(errorOf(noResponse(withinMs)));
      });
      if (id !== null) return;
      cancel();
      throw notConnected(otherwise);
    });
  }
}

const inPast = {
  code: "in_the_past",
  message: "this client sees the past: return to the present by live() and acquire the lease again",
};

function noResponse(withinMs: number): { code: string; message: string } {
  return { code: "no_response", message: `the server did not answer within ${withinMs / 1000} s` };
}

const notHandedOver = {
  code: "not_handed_over",
  message: "the holder did not hand the lease over in time",
};

const noPlan = new TwinError("bad_message", "the server answered a plan with another message");
const noRehearsal = new TwinError("bad_message", "the server answered a rehearsal with another message");

function notConnected(otherwise: string): TwinError {
  return new TwinError("not_connected", `not connected to the twin: ${otherwise}`);
}
