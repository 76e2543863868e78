import type { Facet, Quality } from "../core/quality.ts";
import type { Pose, Twist } from "../core/transform.ts";
import type { NamedPose } from "../protocol/library-json.ts";
import type { SourceStatus, TwinEvent, TwinJson } from "../protocol/state-messages.ts";
import type {
  AcquireOptions,
  LinkJog,
  NavigationGoal,
  Plan,
  PlanOptions,
  PoseTarget,
  RequestOptions,
  TwistHeld,
  WayPlan,
  Waypoint,
} from "./command-api.ts";
import type { EventsQuery, HistoryQuery, HistorySeries, Past, PastEvent, Time } from "./history-api.ts";
import type { MoveProgress } from "./move-progress.ts";
import type { TwinError } from "./twin-error.ts";

/*
 * What a program that uses the library sees; its past is in history-api.ts. Units are SI (rad, m, s, N·m), except where a name ends in `Ms`.
 * Everything that returns a promise rejects with a `TwinError`. `on` returns a function that ends the subscription.
 */

export type ConnectOptions = {
  /** The server's token, where it asks for one. A token in the address works, too. */
  token?: string | undefined;
  /** The name under which other people see this client. */
  holder?: string | undefined;
  /** How long to wait for the first connection; 10 000. */
  timeoutMs?: number | undefined;
  /** State frames a second, 0.1 to 1000; 60. */
  rateHz?: number | undefined;
};

/** A value with its age by the server's clock at the moment of reading. `reason`: why `quality` is not good. */
export type Reading<T = number> = { value: T; ageMs: number; quality: Quality; reason: string | null };

/** rad or m, rad/s or m/s, N·m or N. Null: never had a value. */
export type JointReadings = {
  position: Reading | null;
  velocity: Reading | null;
  effort: Reading | null;
};

/** `pose` in the odometry's or the map's frame, `twist` in the base's own axes. */
export type BaseReadings = { pose: Reading<Pose> | null; twist: Reading<Twist> | null };

/** A latched stop. `at` is server time in ms. */
export type Stop = { by: string; at: number; reason: string };

/** Who may move a robot now, and what it can be asked to do. */
export type Control = {
  /** The lease holder's name; null when nobody holds the lease. */
  holder: string | null;
  stopped: Stop | null;
  can: { jointPosition: boolean; jointVelocity: boolean; twist: boolean };
};

/** Both WebSockets are open, at least one is being opened again, or `close()` was called. */
export type ConnectionState = "open" | "connecting" | "closed";

export type TwinEvents = {
  connection: (state: ConnectionState) => void;
  /** A robot came or went. */
  robots: (ids: readonly string[]) => void;
  /** One line of the audit trail. */
  event: (event: TwinEvent) => void;
  /** The past is seen from now on, another moment of it, or the present again (null). */
  past: (past: Past | null) => void;
  /** Somebody pressed the stop. `robot` is `*` where every robot was stopped. */
  stopped: (stop: { robot: string; by: string }) => void;
  /** The server sent an invalid message (`bad_message`), or refused one of the client's. Nothing was thrown. */
  error: (error: TwinError) => void;
};

export type RobotEvents = {
  /** A new state arrived: `joint` and `base` read it. */
  state: (robot: Robot) => void;
  event: (event: TwinEvent) => void;
  stopped: (stop: { by: string }) => void;
  reset: () => void;
};

export interface Twin {
  readonly connection: ConnectionState;
  /** Server time in ms since 1970, by the best estimate; null before the first connection. */
  serverTime(): number | null;
  /** Ids of the robots that are known now. */
  robots(): string[];
  /** A robot by its id, also one that is not known yet: it then has no values, and commands are refused. */
  robot(id: string): Robot;
  devices(): string[];
  device(id: string): Device;
  /** ROS, the broker, the simulation: whether each is connected, and what to do if not. */
  sources(): readonly SourceStatus[];
  on<E extends keyof TwinEvents>(event: E, listener: TwinEvents[E]): () => void;
  /** Stops every robot. As `Robot.stop`. */
  stop(reason?: string): Promise<void>;
  history(query: HistoryQuery): Promise<HistorySeries[]>;
  /** The newest part of the audit trail of this run of the server, oldest first. */
  events(): Promise<TwinEvent[]>;
  /** The audit trail as it is stored, of all runs, oldest first. */
  events(query: EventsQuery): Promise<PastEvent[]>;
  /** The whole graph as it was at `time`. */
  at(time: Time): Promise<TwinJson>;
  /** Where this client stands in the past; null: it sees the present. */
  readonly past: Past | null;
  /**
   * From now on every value that is read is the one of `time`, with its age and quality at that moment. A lease of this
   * client ends, and none can be acquired. Resolves when the values are there; of several calls the newest counts.
   */
  seek(time: Time): Promise<void>;
  /** Plays the past on from where this client stands, `speed` (0.1 to 100; 1) times as fast as it happened. */
  play(speed?: number): void;
  pause(): void;
  /** Returns to the present. Resolves when its values are there. */
  live(): Promise<void>;
  /** Ends the connection. A jog ends, what is pending rejects with `closed`, and the server ends the leases. */
  close(): void;
}

export interface Robot {
  readonly id: string;
  joints(): string[];
  /** The measured state, or another facet of it. The fields of a joint that is not known are null. */
  joint(name: string, facet?: Facet): JointReadings;
  base(facet?: Facet): BaseReadings;
  /** Any property by its path in the graph, as `battery/percentage`; null when it never had a value. */
  property(path: string, facet?: Facet): Reading<unknown> | null;
  /** Null until the server reports this robot. */
  readonly control: Control | null;
  on<E extends keyof RobotEvents>(event: E, listener: RobotEvents[E]): () => void;
  /**
   * Takes the lease, which is needed to move the robot, and renews it. Rejects with `lease_held` where somebody else
   * holds it. `yields`: the lease gives way to anybody who asks for it without `yields`. `force`: takes it from whoever
   * holds it, by the token of an admin; others get `forbidden`.
   */
  acquire(options?: AcquireOptions): Promise<Lease>;
  /**
   * Asks the holder for the lease, and resolves when it is handed over; at once where nobody holds it. Rejects with
   * `not_handed_over` after `withinMs` (60 s).
   */
  request(options?: RequestOptions): Promise<Lease>;
  /** What a command would be, in whole. Needs no lease; `Lease.commit` sends it. `avoid`: a way around is looked for. */
  plan(
    command: { kind: string; [field: string]: unknown },
    avoid?: boolean,
    options?: PlanOptions,
  ): Promise<Plan>;
  /**
   * The way of the base to a goal, or under a jog that is held, with what stands near it. Needs no lease, and nothing is sent.
   * Rejects with `collision`, `keep_out` or another code where the way is not free.
   */
  planWay(command: NavigationGoal | TwistHeld): Promise<WayPlan>;
  /** How fast everything goes, 0 to 100 %, motions under way included. To raise it needs the lease. */
  override(percent: number): Promise<void>;
  /** The named poses, by name: those of its SRDF and saved ones. */
  poses(): Promise<Record<string, NamedPose>>;
  /** Saves a pose under a name; without `positions` where the robot is measured now. */
  savePose(name: string, positions?: Positions): Promise<NamedPose>;
  deletePose(name: string): Promise<void>;
  /**
   * Stops the robot and latches the stop. Needs no lease. Resolves when the server confirmed the stop, by HTTP where
   * the WebSocket is down or silent; rejects after 2 s without that: nobody knows then whether the robot stops.
   */
  stop(reason?: string): Promise<void>;
  /** Releases a latched stop. Moves nothing. */
  reset(): Promise<void>;
  /** What a move would come to. Needs no lease and sends nothing to the robot. */
  rehearse(positions: Positions): Promise<Rehearsal>;
}

/** A microcontroller or another device. */
export interface Device {
  readonly id: string;
  signals(): string[];
  /** Null when it never had a value. */
  signal(name: string, facet?: Facet): Reading<unknown> | null;
}

/** By joint, in rad or m. */
export type Positions = Readonly<Record<string, number>>;

/** By joint, in rad/s or m/s. */
export type Velocities = Readonly<Record<string, number>>;

/** m/s and rad/s along the base's axes: x forward, y left, z up. What is left out is 0. */
export type BaseTwist = {
  linear?: { x?: number; y?: number; z?: number };
  angular?: { x?: number; y?: number; z?: number };
};

/** `time` in s from the start. */
export type TrajectoryPoint = { time: number; positions: Positions; velocities?: Velocities };

/** `code` is `ok`, or that of the refusal; `duration` in s, null where no motion was planned. */
export type Rehearsal = { code: string; message: string; duration: number | null };

export type CommandOptions = { onProgress?: ((progress: MoveProgress) => void) | undefined };

/** `speed`: share of the velocity limits, above 0 and at most 1; 0.5. */
export type MoveOptions = CommandOptions & { speed?: number | undefined };

export type CommandResult = { code: string; message: string };

export type LeaseEvents = {
  /** Once, when the lease ends by anything but `release()`. */
  lost: (end: { code: string; message: string }) => void;
  /** Somebody asks for the lease: `handOver(session)` gives it to them. */
  requested: (request: { by: string; session: string }) => void;
};

/** The right to move one robot. It is renewed until it ends; it never comes back by itself. */
export interface Lease {
  readonly robot: string;
  /** False once it was released or lost: every command then rejects with the code of that. */
  readonly held: boolean;
  /** The stop that was latched when the lease was granted: the robot refuses commands until it is reset. */
  readonly stopped: Stop | null;
  on<E extends keyof LeaseEvents>(event: E, listener: LeaseEvents[E]): () => void;
  /** One jerk-limited move to rest. Resolves when it is done and the joints are measured at the goal. */
  move(positions: Positions, options?: MoveOptions): Promise<CommandResult>;
  /** Moves to a named pose. Rejects with `unknown_pose` where there is none. */
  goTo(pose: string, options?: MoveOptions): Promise<CommandResult>;
  trajectory(points: readonly TrajectoryPoint[], options?: CommandOptions): Promise<CommandResult>;
  /** Moves a link to a pose. */
  pose(target: PoseTarget, options?: CommandOptions): Promise<CommandResult>;
  /** One motion through points without times; `blend`: how far from a point it may leave the straight way, rad or m. */
  waypoints(
    points: readonly Waypoint[],
    options?: MoveOptions & { blend?: number | undefined },
  ): Promise<CommandResult>;
  /** Sends a plan, if it is young and the robot where it was; else rejects with `stale_plan`. */
  commit(plan: { planId: string; stateHash: string }, options?: CommandOptions): Promise<CommandResult>;
  /** Moves a gripper: rad or m, and its greatest effort. */
  gripper(
    position: number,
    options?: CommandOptions & { controller?: string | undefined; maxEffort?: number | undefined },
  ): Promise<CommandResult>;
  navigate(goal: NavigationGoal, options?: CommandOptions): Promise<CommandResult>;
  /** Runs a saved sequence; resolves when its last step is done. */
  sequence(name: string, options?: CommandOptions): Promise<CommandResult>;
  /** Gives the lease to a session that asked for it, as the event `requested` named it. This lease then ends. */
  handOver(session: string): Promise<void>;
  /** Writes a device's signal. Resolves when the device acknowledged it. */
  device(device: string, signal: string, value: number | boolean | string): Promise<CommandResult>;
  /** Any other command of docs/commands.md, as `{ kind: "pose", … }`. The server decides whether it knows it. */
  command(
    command: { kind: string; [field: string]: unknown },
    options?: CommandOptions,
  ): Promise<CommandResult>;
  /**
   * Moves joints for as long as the jog is held. A joint jog that is under way is replaced. Throws a `TwinError` when
   * the lease is not held.
   */
  jog(velocities: Velocities): Jog<Velocities>;
  /** Drives the base for as long as the jog is held, beside a joint jog. */
  twist(twist: BaseTwist): Jog<BaseTwist>;
  /** Moves a link for as long as the jog is held, in place of a joint jog. */
  jogLink(motion: LinkJog): Jog<LinkJog>;
  /** Gives the lease back. Resolves when the server took it; a robot that still moves brakes. */
  release(): Promise<void>;
}

/** A motion that is sent again every 40 ms until it ends. When this program dies, the robot brakes after 115 ms at most. */
export interface Jog<Motion> {
  readonly active: boolean;
  /** Changes the motion. False when the jog has ended. */
  update(motion: Motion): boolean;
  /** Sends one zero. Resolves as `ended` does. */
  end(): Promise<CommandResult>;
  /**
   * Resolves when the jog is over, and never rejects. `ok`: it was ended here and the robot rests; any other code
   * names what ended it.
   */
  readonly ended: Promise<CommandResult>;
}
