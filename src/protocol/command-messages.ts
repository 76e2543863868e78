import { z } from "zod";
import type { Stage } from "../command/gate-output.ts";
import type { Navigation } from "../command/robot-task.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { LimitBreach, LinkCollision } from "../command/validate-motion.ts";
import { jointPosition, jointTrajectory, motionCommand, planQuestion } from "./motion-commands.ts";
import type { PlannedMessage, PlannedWayMessage } from "./planned-message.ts";
import { topicRequests } from "./topics/topic-requests.ts";

/*
 * What clients say on /ws/state and /ws/command, and what the server answers on /ws/command.
 * Everything from a socket is parsed with these schemas before anything else sees it. zod refuses
 * NaN and infinities; unknown keys are refused so that a misspelt field is never ignored.
 */

const id = z.union([z.string().min(1).max(128), z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)]);
const name = z.string().min(1).max(256);
export const clientCommandMessage = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("acquire"),
    id,
    robot: name,
    /** How people see who drives. */
    holder: z.string().max(64).optional(),
    /** The lease gives way to anyone else who asks. */
    yields: z.boolean().optional(),
    /** Takes the lease from whoever holds it; for admins. */
    force: z.boolean().optional(),
  }),
  z.strictObject({ op: z.literal("renew"), id, robot: name, epoch: z.number().int().min(0) }),
  z.strictObject({ op: z.literal("release"), id, robot: name, epoch: z.number().int().min(0) }),
  z.strictObject({
    op: z.literal("command"),
    id,
    robot: name,
    epoch: z.number().int().min(0),
    seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    issued: z.number(),
    ttlMs: z.number().gt(0).max(10_000),
    command: motionCommand,
  }),
  z.strictObject({
    op: z.literal("stop"),
    robot: name.default("*"),
    id: id.optional(),
    reason: z.string().max(256).optional(),
    /** How people see who pressed. */
    holder: z.string().max(64).optional(),
    /** No controlled stop, whatever is configured. */
    immediate: z.boolean().optional(),
  }),
  z.strictObject({
    op: z.literal("reset"),
    robot: name,
    id: id.optional(),
    holder: z.string().max(64).optional(),
  }),
  /** What a motion would come to, without a lease and without sending it. A session's newest question is answered. */
  z.strictObject({
    op: z.literal("rehearse"),
    id,
    robot: name,
    command: z.discriminatedUnion("kind", [jointPosition, jointTrajectory]),
  }),
  /** What a motion would be, in whole, without a lease and without sending it; `avoid`: a way around is looked for. */
  z.strictObject({
    op: z.literal("plan"),
    id,
    robot: name,
    ...planQuestion,
  }),
  /** How fast everything goes, 0 to 100 %, from now on, motions under way included. Needs the lease; lowering does not. */
  z.strictObject({
    op: z.literal("override"),
    id: id.optional(),
    robot: name,
    /** 0 pauses. */
    percent: z
      .number()
      .min(0)
      .max(100)
      .refine((percent) => percent === 0 || percent >= 1, "0, or at least 1"),
  }),
  /** Asks the holder for the lease. */
  z.strictObject({
    op: z.literal("request"),
    id: id.optional(),
    robot: name,
    holder: z.string().max(64).optional(),
  }),
  /** The holder gives the lease to a session that asked for it. */
  z.strictObject({ op: z.literal("handOver"), id: id.optional(), robot: name, session: name }),
  /** Whether the page is in front of a person: one that is hidden or blurred ends its jogs, a hidden one begins none. */
  z.strictObject({ op: z.literal("presence"), state: z.enum(["visible", "blurred", "hidden"]) }),
  z.strictObject({ op: z.literal("ping"), t: z.number() }),
]);
export type ClientCommandMessage = z.infer<typeof clientCommandMessage>;

/** The greatest time that a Date can hold. */
const maxTimeMs = 8.64e15;

/** How fast the past can be played, as a multiple of real time. */
export const playSpeeds = { least: 0.1, most: 100 } as const;

export const clientStateMessage = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("subscribe"),
    encoding: z.enum(["binary", "json"]).default("json"),
    /** State frames a second. */
    rate: z.number().min(0.1).max(1000).default(60),
    /** Things that come, change and go are told one by one, by `things`, and not by a snapshot of all. */
    changes: z.boolean().default(false),
  }),
  z.strictObject({ op: z.literal("ping"), t: z.number() }),
  /** From now on this session sees the past: the twin as it was at `time`, server ms; `live` returns to the present. */
  z.strictObject({
    op: z.literal("seek"),
    time: z.union([z.number().min(0).max(maxTimeMs), z.literal("live")]),
  }),
  /** Plays on from where the session stands, at `speed` times real time. */
  z.strictObject({
    op: z.literal("play"),
    speed: z.number().min(playSpeeds.least).max(playSpeeds.most).default(1),
  }),
  z.strictObject({ op: z.literal("pause") }),
  ...topicRequests,
]);
export type ClientStateMessage = z.infer<typeof clientStateMessage>;
/** What moves a session through time. */
export type TravelMessage = Extract<ClientStateMessage, { op: "seek" | "play" | "pause" }>;

/** What a viewer asks for: `rate` in frames a second; `changes`: things one by one. */
export type Subscription = { encoding: "binary" | "json"; rate: number; changes: boolean };

/** As the gate gives them. */
export type CommandStage = Stage;
export type { LimitBreach };

export type ServerCommandMessage =
  | { op: "hello"; session: string; serverTime: number; version: string }
  | {
      op: "lease";
      id: string | number;
      robot: string;
      epoch: number;
      ttlMs: number;
      /** When it was granted or renewed, in server ms: a state of an earlier time does not know of it. */
      serverTime: number;
      /** The lease is yours, but the robot is stopped and refuses every command until it is reset. */
      stopped?: StopState;
    }
  | { op: "released"; id: string | number; robot: string }
  | {
      op: "result";
      id: string | number;
      stage: CommandStage;
      code: string;
      message: string;
      /** On `executing`: how far along, 0 … 1, and the worst tracking error in rad or m. */
      progress?: number;
      error?: number;
      /** On `executing` of a goal of the base: what its navigator tells. */
      navigation?: Navigation;
      /** On a refusal as `outside_limits`: what was asked and what is allowed, in `unit`. */
      breach?: LimitBreach;
      /** On `self_collision`: the links, and when, s from the motion's start. */
      collision?: LinkCollision;
    }
  /** `robot`: on `lease_lost`, which answers nothing: an admin took the lease of it from this session. */
  | { op: "error"; id?: string | number; code: string; message: string; holder?: string; robot?: string }
  | {
      op: "rehearsed";
      id: string | number;
      robot: string;
      /** `ok`, or the code with which the command would be refused. */
      code: string;
      message: string;
      /** s; absent where no motion was planned. */
      duration?: number;
      breach?: LimitBreach;
      collision?: LinkCollision;
    }
  | PlannedMessage
  | PlannedWayMessage
  /** To the holder: somebody asks for the lease; `session` is what `handOver` names. */
  | { op: "requested"; robot: string; by: string; session: string }
  | { op: "override"; id?: string | number; robot: string; percent: number }
  | { op: "stopped"; robot: string; by: string }
  | { op: "reset"; id?: string | number; robot: string }
  | { op: "pong"; t: number; serverTime: number };
