import type { KnownGrid } from "../../command/base-request.ts";
import type { Capabilities, GoalReport } from "../../command/gate-output.ts";
import type { PlanAnswer } from "../../command/plan-request.ts";
import type { Objection } from "../../command/validate-motion.ts";
import type { WayAnswer } from "../../command/way-question.ts";
import type { DeviceId, RobotId, SessionId, ViewerId } from "../../core/names.ts";
import type { Stamp } from "../../core/stamp.ts";
import type { ClientCommandMessage, Subscription } from "../../protocol/command-messages.ts";
import type { DeviceMessage } from "../../protocol/device-profile.ts";
import type { JointStateMessage, OdometryMessage, TransformMessage } from "../../protocol/ros-decode.ts";
import type { SensorMessage } from "../../protocol/ros-sensors.ts";
import type { DesignReport, EventSeverity, SourceStatus } from "../../protocol/state-messages.ts";
import type { CollisionGeometry } from "./collision-geometry.ts";
import type { EngineRobot } from "./engine-robot.ts";
import type { SavedLibrary } from "./saved-library.ts";
import type { SceneInput } from "./scene-input.ts";

/** The nodes that publish the topic of a message, where there are several: one of them sent it. */
export type Publishers = readonly string[] | undefined;

/**
 * Everything that can happen to the twin from outside, as plain data: what is not one of these does
 * not change it. A list of them with their arrival times and the list of cycle times replays a run.
 */
export type Input =
  | { kind: "jointState"; robot: RobotId; message: JointStateMessage; publishers?: Publishers }
  | { kind: "odometry"; robot: RobotId; message: OdometryMessage; publishers?: Publishers }
  | {
      kind: "transforms";
      robot: RobotId;
      isStatic: boolean;
      transforms: TransformMessage[];
      publishers?: Publishers;
    }
  | { kind: "sensor"; robot: RobotId; message: SensorMessage }
  | { kind: "description"; robot: RobotId; text: string; publishers?: Publishers }
  /** The SRDF of a robot: which of its links may touch. */
  | { kind: "semantics"; robot: RobotId; text: string }
  /** The poses and sequences that people saved, all of them. */
  | { kind: "library"; saved: SavedLibrary }
  /** The numbers of topics that are recorded from now on, all of them, by their topic and field. */
  | { kind: "topicRecords"; records: readonly { topic: string; field: string }[] }
  /** Those of one message, by the field; NaN: not finite. `isLatched`: they do not age. */
  | {
      kind: "topicNumbers";
      topic: string;
      stamp: Stamp | null;
      isLatched: boolean;
      numbers: readonly (readonly [field: string, value: number])[];
    }
  /** What was made of the collision geometry of the description `hash`. */
  | { kind: "collisionGeometry"; robot: RobotId; hash: string; geometry: CollisionGeometry }
  | SceneInput
  /** A description alone is shown, without a robot behind it: what was found in its files. */
  | { kind: "design"; robot: RobotId; report: DesignReport }
  /** The devices of the demo are gone for good: nothing is known of any device any more. */
  | { kind: "forgetDevices" }
  /** A robot that was not configured has appeared. */
  | { kind: "robotFound"; robot: EngineRobot }
  /** A robot is there no more: all that is known of it is removed. */
  | { kind: "robotGone"; robot: RobotId; reason: string }
  /** Another robot takes this one's place: what is known of it is dropped. */
  | { kind: "forget"; robot: RobotId }
  | { kind: "clock"; stamp: Stamp }
  /** Nothing was read or computed for this time, ms: the program was not scheduled, or was busy. */
  | { kind: "stalled"; ms: number }
  /** The system's clock was set by this much, ms. */
  | { kind: "clockJump"; ms: number }
  /**
   * What a device said. `profile` names its dialect; `retained`: it was kept from before, and is no sign of life.
   * `livesByStatus`: neither are its values, only what its status says; absent: a value shows that the device lives.
   */
  | {
      kind: "device";
      profile: string;
      message: DeviceMessage;
      retained: boolean;
      livesByStatus?: boolean;
    }
  /** A line for people that a device wrote. */
  | { kind: "deviceNote"; device: DeviceId; level: "debug" | "info" | "warn" | "error"; text: string }
  /** The way to the devices whose sources begin with `link` (as `mqtt`) is cut. */
  | { kind: "linkLost"; link: string }
  | {
      kind: "mapped";
      robot: RobotId;
      path: string;
      unit: string;
      value: number | string | boolean;
      stamp: Stamp | null;
      sequence: number;
      retained: boolean;
    }
  /** Something that people should know about a robot's outside world, or the program's; an event of kind `code`. */
  | { kind: "note"; robot?: RobotId; severity: EventSeverity; code: string; text: string }
  /**
   * The border refused a message of this source. `once`: what the sender goes on saying is reported once, and counted. `count`: it
   * stands for so many.
   */
  | { kind: "rejected"; reason: string; once?: boolean; count?: number }
  /** A part of a message of this source that the border did not take; the rest of it is taken. */
  | { kind: "leftOut"; reason: string }
  /** The sender behind this source is known to be gone. */
  | { kind: "sourceLost"; reason: string }
  /** Another sender took over: its stamps and numbers start anew. */
  | { kind: "sourceEpoch" }
  | { kind: "status"; status: SourceStatus }
  | { kind: "capabilities"; robot: RobotId; capabilities: Capabilities }
  | ({ kind: "goal"; robot: RobotId } & GoalReport)
  /** A robot has a new map, which the thread that computes keeps. */
  | { kind: "map"; robot: RobotId; map: KnownGrid }
  /** A motion that was computed, or why it was not. */
  | { kind: "planAnswer"; answer: PlanAnswer }
  /** What MoveIt answered to a question, or why it did not. */
  | { kind: "wayAnswer"; answer: WayAnswer }
  /** A command to a device could not be sent: `id` is the command's own. */
  | { kind: "deviceUnsent"; device: DeviceId; id: string; objection: Objection }
  /** A viewer's socket opened, asked for frames, or closed. `isOwn`: it is the program itself, which is not counted. */
  | { kind: "viewerOpened"; viewer: ViewerId; isOwn?: boolean }
  | { kind: "viewerSubscribed"; viewer: ViewerId; subscription: Subscription }
  /** It looks at the past and gets no live state, or comes back. */
  | { kind: "viewerPast"; viewer: ViewerId; past: boolean }
  | { kind: "viewerClosed"; viewer: ViewerId }
  | { kind: "client"; session: SessionId; name: string; message: ClientCommandMessage }
  | { kind: "clientGone"; session: SessionId };

/** An input with its source (`ros:/joint_states`, `mqtt:gripper`, `client:3`) and arrival in server ms. */
export type Arrival = { source: string; received: number; input: Input };
