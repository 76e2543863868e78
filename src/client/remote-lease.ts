import type { NamedPose } from "../protocol/library-json.ts";
import type {
  BaseTwist,
  CommandOptions,
  CommandResult,
  Jog,
  Lease,
  LeaseEvents,
  MoveOptions,
  Positions,
  Stop,
  TrajectoryPoint,
  Velocities,
} from "./api.ts";
import type { LinkJog, NavigationGoal, Plan, PoseTarget, Waypoint } from "./command-api.ts";
import type { Answer, CommandLink } from "./command-link.ts";
import type { AnyCommand } from "./command-sequence.ts";
import { HeldJog } from "./held-jog.ts";
import type { JogCommand } from "./jog.ts";
import type { LeaseEnd, LeaseKeeper } from "./lease-keeper.ts";
import { guarded, Listeners } from "./listeners.ts";
import type { Platform } from "./platform.ts";
import { TwinError } from "./twin-error.ts";

/** Kinds of command that move no joint of the arm: a joint jog goes on beside them. */
const besideJointJogs: ReadonlySet<string> = new Set(["twist", "navigate", "device", "gripper"]);

/** A lease that was granted, with the commands under it. */
export class RemoteLease implements Lease {
  readonly robot: string;
  private readonly lost = new Listeners<[end: { code: string; message: string }]>();
  private readonly requested = new Listeners<[request: { by: string; session: string }]>();
  private readonly endRequests: () => void;
  private why: LeaseEnd = { code: "no_lease", message: "the lease is not held" };
  private isHandingOver = false;
  /** Of joints, or of a link, which moves joints as well. */
  private jointJog: { drop: HeldJog<unknown>["drop"] } | null = null;
  private baseJog: HeldJog<BaseTwist> | null = null;

  constructor(
    private readonly keeper: LeaseKeeper,
    private readonly link: CommandLink,
    private readonly platform: Platform,
    readonly stopped: Stop | null,
    private readonly poses: () => Promise<Record<string, NamedPose>>,
  ) {
    this.robot = keeper.robot;
    this.endRequests = link.requested.add(({ robot, by, session }) => {
      if (robot === this.robot && this.held) this.requested.emit({ by, session });
    });
  }

  get held(): boolean {
    return this.keeper.grant !== null;
  }

  on<E extends keyof LeaseEvents>(event: E, listener: LeaseEvents[E]): () => void {
    if (event === "lost") return this.lost.add(listener as LeaseEvents["lost"]);
    return this.requested.add(listener as LeaseEvents["requested"]);
  }

  move(positions: Positions, options: MoveOptions = {}): Promise<CommandResult> {
    const { speed } = options;
    const command = { kind: "jointPosition", positions, ...(speed === undefined ? {} : { speed }) };
    return this.command(command, options);
  }

  async goTo(pose: string, options?: MoveOptions): Promise<CommandResult> {
    if (!this.held) throw errorOf(this.why);
    const poses = await this.poses();
    const found = Object.hasOwn(poses, pose) ? poses[pose] : undefined;
    if (found !== undefined) return this.move(found.joints, options);
    const there = Object.keys(poses).join(", ") || "none yet";
    throw new TwinError("unknown_pose", `${this.robot} has no pose "${pose}"; there are: ${there}`);
  }

  trajectory(points: readonly TrajectoryPoint[], options?: CommandOptions): Promise<CommandResult> {
    return this.command({ kind: "jointTrajectory", points }, options);
  }

  pose(target: PoseTarget, options?: CommandOptions): Promise<CommandResult> {
    return this.command({ kind: "pose", ...target }, options);
  }

  waypoints(
    points: readonly Waypoint[],
    { blend, speed, ...options }: MoveOptions & { blend?: number | undefined } = {},
  ): Promise<CommandResult> {
    return this.command({ kind: "waypoints", points, ...given({ blend, speed }) }, options);
  }

  commit({ planId, stateHash }: Pick<Plan, "planId" | "stateHash">, options?: CommandOptions) {
    return this.command({ kind: "plan", planId, stateHash }, options);
  }

  gripper(
    position: number,
    {
      controller,
      maxEffort,
      ...options
    }: CommandOptions & { controller?: string | undefined; maxEffort?: number | undefined } = {},
  ): Promise<CommandResult> {
    return this.command({ kind: "gripper", position, ...given({ controller, maxEffort }) }, options);
  }

  navigate(goal: NavigationGoal, options?: CommandOptions): Promise<CommandResult> {
    return this.command({ kind: "navigate", ...goal }, options);
  }

  sequence(name: string, options?: CommandOptions): Promise<CommandResult> {
    return this.command({ kind: "sequence", name }, options);
  }

  handOver(session: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.held) throw errorOf(this.why);
      const message = { op: "handOver", robot: this.robot, session };
      this.isHandingOver = true;
      const id = this.link.request(message, (answer) => {
        this.isHandingOver = false;
        if (answer.op !== "released") {
          reject(errorOf(answer as Extract<Answer, { op: "error" | "lost" }>));
          return;
        }
        this.keeper.end(handedOver);
        resolve();
      });
      if (id !== null) return;
      this.isHandingOver = false;
      reject(new TwinError("not_connected", "not connected: the lease was not handed over"));
    });
  }

  device(device: string, signal: string, value: number | boolean | string): Promise<CommandResult> {
    return this.command({ kind: "device", device, signal, value });
  }

  command(command: AnyCommand, options: CommandOptions = {}): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const grant = this.keeper.grant;
      if (grant === null) throw errorOf(this.why);
      if (!besideJointJogs.has(command.kind)) {
        this.jointJog?.drop({ code: "replaced", message: "replaced by a newer command" });
      }
      const id = this.link.command(grant, command, (answer) => {
        tell(options, answer);
        settle(answer, resolve, reject);
      });
      if (id === null) throw new TwinError("not_connected", "not connected: the command was not sent");
    });
  }

  jog(velocities: Velocities): Jog<Velocities> {
    const jog = this.begin(
      (motion: Velocities): JogCommand => ({ kind: "jointVelocity", velocities: { ...motion } }),
    );
    return this.holdJoints(jog, velocities);
  }

  jogLink(motion: LinkJog): Jog<LinkJog> {
    const jog = this.begin(
      ({ link, frame, linear, angular }: LinkJog): JogCommand => ({
        kind: "cartesianVelocity",
        ...given({ link, frame }),
        linear: { x: 0, y: 0, z: 0, ...linear },
        angular: { x: 0, y: 0, z: 0, ...angular },
      }),
    );
    return this.holdJoints(jog, motion);
  }

  twist(twist: BaseTwist): Jog<BaseTwist> {
    const jog = this.begin((motion: BaseTwist): JogCommand => {
      const { linear, angular } = motion;
      return {
        kind: "twist",
        linear: { x: 0, y: 0, z: 0, ...linear },
        angular: { x: 0, y: 0, z: 0, ...angular },
      };
    });
    this.baseJog?.drop({ code: "replaced", message: "replaced by a newer jog" });
    this.baseJog = jog;
    jog.update(twist);
    return jog;
  }

  release(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.held) {
        if (this.why.code === "released") return resolve();
        throw errorOf(this.why);
      }
      const sent = this.keeper.release((answer) => {
        if (answer.op === "released") resolve();
        else reject(errorOf(answer as Extract<Answer, { op: "error" | "lost" }>));
      });
      if (!sent) reject(new TwinError("connection_lost", "the connection is down: the lease ends by itself"));
    });
  }

  /** Ends the jogs without a zero, as a stop does. */
  dropJogs(result: CommandResult): void {
    this.jointJog?.drop(result);
    this.baseJog?.drop(result);
  }

  /** Called by the keeper when the lease ended. */
  takeEnd(why: LeaseEnd): void {
    // The status comes over the other socket, and may tell of the new holder before the answer is here.
    const end = this.isHandingOver && why.code === "lease_lost" ? handedOver : why;
    this.why = end;
    this.endRequests();
    this.dropJogs({ code: end.code, message: end.message });
    if (end.code !== "released") this.lost.emit({ code: end.code, message: end.message });
  }

  private holdJoints<Motion extends Velocities | LinkJog>(jog: HeldJog<Motion>, motion: Motion): Jog<Motion> {
    this.jointJog?.drop({ code: "replaced", message: "replaced by a newer jog" });
    this.jointJog = jog;
    jog.update(motion);
    return jog;
  }

  private begin<Motion>(commandOf: (motion: Motion) => JogCommand): HeldJog<Motion> {
    if (!this.held) throw errorOf(this.why);
    const lease = { grant: () => this.keeper.grant, end: () => this.why };
    return new HeldJog<Motion>(this.link, this.platform, lease, commandOf);
  }
}

const handedOver: LeaseEnd = { code: "released", message: "the lease was handed over" };

/** The fields that have a value. */
function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function tell({ onProgress }: CommandOptions, answer: Answer): void {
  if (onProgress === undefined || answer.op !== "result") return;
  const { stage, progress = null, error = null, navigation = null } = answer;
  guarded(() => onProgress({ stage, progress, error, navigation }));
}

/** A final answer settles the command; `accepted` and `sent` do not. */
function settle(
  answer: Answer,
  resolve: (result: CommandResult) => void,
  reject: (error: TwinError) => void,
): void {
  if (answer.op === "lost") {
    const message = `${answer.message} before the command ended: its outcome is not known, and it is not sent again`;
    reject(new TwinError(answer.code, message));
  } else if (answer.op === "error") reject(errorOf(answer));
  else if (answer.op === "result") {
    const { stage, code, message } = answer;
    if (stage === "done" && code === "ok") resolve({ code, message });
    else if (stage === "done" || stage === "refused" || stage === "aborted") reject(errorOf(answer));
  }
}

/** An error with the server's code and message; the other fields of the answer are its `details`. */
export function errorOf(answer: { code: string; message: string }): TwinError {
  const { code, message, ...rest } = answer;
  const details = Object.entries(rest).filter(([key]) => key !== "op" && key !== "id");
  return new TwinError(code, message, Object.fromEntries(details));
}
