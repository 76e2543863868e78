import type { Facet, Quality } from "../core/quality.ts";
import type { Pose, Twist } from "../core/transform.ts";
import type { PropertyView, RegisterView, ThingView } from "../twin/graph-json.ts";

/*
 * What the server says on /ws/state (subprotocol `twin.v1`). `docs/stream.md` describes it for
 * people who write a client of their own.
 */

/** One facet of one property as JSON. `received` is by the server's clock, in ms. */
export type RegisterJson = RegisterView;

export type PropertyJson = PropertyView;

export type ThingJson = ThingView;

/** The whole graph at one revision, as `GET /api/twin` and a snapshot give it. `time` is server time in ms. */
export type TwinJson = { revision: number; time: number; things: Record<string, ThingJson> };

/** One joint in a JSON state frame: rad or m, rad/s or m/s, N·m or N. */
export type JointStateJson = {
  position?: number;
  velocity?: number;
  effort?: number;
  ageMs: number;
  quality: Quality;
};

export type FacetStateJson = {
  joint: Record<string, JointStateJson>;
  base?: { pose?: Pose; twist?: Twist; ageMs: number; quality: Quality };
};

/*
 * `past: true` on a message: it tells of a moment of the past, for a session that asked for one by `seek`. `time` is
 * then that moment, and ages and qualities are those of that moment.
 */

export type StateFrame = {
  op: "state";
  past?: true;
  revision: number;
  time: number;
  robots: Record<string, { [F in Facet]?: FacetStateJson }>;
};

/** Names the columns of the binary frames that carry the same `layout` number. */
export type LayoutMessage = { op: "layout"; layout: number; columns: LayoutColumn[] };

/**
 * A column of a binary frame. `path` is `joint/<name>/position|velocity|effort` (one number),
 * `base/pose` (7 columns: x y z qx qy qz qw) or `base/twist` (6: linear x y z, angular x y z);
 * `component` counts them from 0.
 */
export type LayoutColumn = { robot: string; facet: Facet; path: string; component: number };

/** What changed beside joint and base motion (device signals, battery, life cycles), newest value only. */
export type PropertiesMessage = {
  op: "properties";
  past?: true;
  revision: number;
  time: number;
  things: Record<string, Record<string, PropertyJson>>;
};

export type EventSeverity = "info" | "warning" | "error";

/** One line of the audit trail: a command's stage, a stop, a source coming or going, a refused input. */
export type TwinEvent = {
  id: number;
  /** Server time in ms. */
  time: number;
  revision: number;
  severity: EventSeverity;
  /** Dotted kind, as `command.accepted`, `stop.latched`, `source.lost`, `robot.reloaded`. */
  kind: string;
  robot?: string;
  message: string;
  data?: Record<string, unknown>;
};

/** How far one outside world is: ROS, the broker, the simulated robot. */
export type SourceStatus = {
  name: string;
  state: "off" | "connecting" | "ok" | "lost" | "error";
  detail: string;
  /** What is wrong or missing, as one sentence. */
  reason?: string;
  /** What to do about it, in the imperative. */
  remedy?: string;
  /** The program does its work without it. */
  optional?: true;
};

/** Who may move a robot now, and whether it may be moved at all. */
export type ControlStatus = {
  robot: string;
  lease: {
    holder: string;
    epoch: number;
    /** It gives way to anyone who asks for the lease. */
    yields?: true;
  } | null;
  stopped: { by: string; at: number; reason: string } | null;
  /** How fast everything goes, 0 to 100 % of what was planned or commanded. */
  override?: number;
  /** Kinds of command this robot can take now, with the reason when it cannot. */
  can: {
    jointPosition: boolean;
    jointVelocity: boolean;
    twist: boolean;
    /** Joints that a controller drives; absent when a controller does not tell which. */
    joints?: string[];
    reason?: string;
    /** Whether a gripper takes commands, and whether something takes goals of the base. */
    gripper?: boolean;
    navigate?: boolean;
    /** The services that are allowed and there, by their absolute names. */
    services?: string[];
    /** Those of them that are a SetBool and take `data`; the others are a Trigger. */
    dataServices?: string[];
    controllers?: ControllerStatus[];
    /** Links that are not checked for collisions, since their meshes cannot be read; absent: there are none. */
    uncheckedLinks?: string[];
  };
};

/** What takes commands of one kind. One that is `absent` or `inactive` has the reason, with a remedy. */
export type ControllerStatus = {
  name: string;
  /** As `trajectory`, `gripper`, `navigate`, `twist`, `planner` (MoveIt). */
  kind: string;
  /** `active`, `inactive`, `unconfigured`, `absent`. */
  state: string;
  /** Those that it drives, where it tells. */
  joints: string[];
  reason?: string;
};

/** Sent on connection, whenever something in it changes, and at least each second. */
export type StatusMessage = {
  op: "status";
  /** The session sees the past. What the message says is the present all the same. */
  past?: true;
  time: number;
  revision: number;
  clients: number;
  sources: SourceStatus[];
  control: ControlStatus[];
};

export type HelloMessage = { op: "hello"; session: string; serverTime: number; version: string };

export type SnapshotMessage = { op: "snapshot"; past?: true; revision: number; twin: TwinJson };

/**
 * Where a session stands in the past, after each `seek`, `play` and `pause`, and when the playback ends at the newest
 * moment. Times in server ms; `from` and `to` are the ends of what is stored.
 */
export type PastMessage = {
  op: "past";
  time: number;
  playing: boolean;
  speed: number;
  from: number;
  to: number;
};

/** Things that were added or redefined, whole, and things that were removed: for clients that asked for `changes`. */
export type ThingsMessage = {
  op: "things";
  revision: number;
  time: number;
  changed: Record<string, ThingJson>;
  removed: string[];
};

/** The description of a robot changed (or came): fetch `/api/robots/{robot}/description` again. */
export type DescriptionMessage = { op: "description"; robot: string; name: string; hash: string };

/** What a design twin's server found in the description's files; `file` and `line` say where. */
export type DesignFinding = {
  severity: "error" | "warning";
  file: string;
  line: number;
  element: string;
  message: string;
};

export type DesignMesh = { uri: string; status: "found" | "missing" | "refused"; reason: string };

/** `broken`: the newest reading has an error, and what is shown is the last that had none. */
export type DesignReport = {
  file: string;
  revision: number;
  broken: boolean;
  findings: readonly DesignFinding[];
  meshes: readonly DesignMesh[];
};

/** Makes a page a design twin: a description without a robot behind it. Only `twin model show` sends it. */
export type DesignMessage = { op: "design"; robot: string; report: DesignReport };

export type ServerStateMessage =
  | HelloMessage
  | SnapshotMessage
  | PastMessage
  | ThingsMessage
  | LayoutMessage
  | StateFrame
  | PropertiesMessage
  | DescriptionMessage
  | DesignMessage
  | StatusMessage
  | { op: "event"; event: TwinEvent }
  | { op: "stopped"; robot: string; by: string }
  | { op: "pong"; t: number; serverTime: number }
  | { op: "lagging"; dropped: number }
  | { op: "error"; code: string; message: string };
