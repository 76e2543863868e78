import { z } from "zod";
import type { Stage } from "../command/gate-output.ts";
import type { MotionCommand } from "../command/motion-command.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { LimitBreach, LinkCollision } from "../command/validate-motion.ts";

/*
 * What clients say on /ws/state and /ws/command, and what the server answers on /ws/command.
 * Everything from a socket is parsed with these schemas before anything else sees it. zod refuses
 * NaN and infinities; unknown keys are refused so that a misspelt field is never ignored.
 */

const id = z.union([z.string().min(1).max(128), z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)]);
const name = z.string().min(1).max(256);
const seconds = z.number().min(0).max(3600);
/** A record drops this key without a word, and a command would move fewer joints than it names. */
const hasProto = (value: unknown) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__");
const byJoint = z
  .unknown()
  .refine((value) => !hasProto(value), 'a joint cannot be named "__proto__" here')
  .pipe(z.record(name, z.number()))
  .refine((r) => Object.keys(r).length > 0, "names no joint")
  .refine((r) => Object.keys(r).length <= 512, "names more than 512 joints");
const vector = z.strictObject({
  x: z.number().default(0),
  y: z.number().default(0),
  z: z.number().default(0),
});

const jointPosition = z.strictObject({
  kind: z.literal("jointPosition"),
  positions: byJoint,
  /** 0 < scale ≤ 1: share of the velocity limits to use. */
  speed: z.number().gt(0).max(1).optional(),
});
const jointTrajectory = z.strictObject({
  kind: z.literal("jointTrajectory"),
  points: z
    .array(z.strictObject({ time: seconds, positions: byJoint, velocities: byJoint.optional() }))
    .min(1)
    .max(10_000),
});

const motionCommand: z.ZodType<MotionCommand> = z.discriminatedUnion("kind", [
  jointPosition,
  jointTrajectory,
  z.strictObject({ kind: z.literal("jointVelocity"), velocities: byJoint }),
  z.strictObject({
    kind: z.literal("twist"),
    linear: vector.default({ x: 0, y: 0, z: 0 }),
    angular: vector.default({ x: 0, y: 0, z: 0 }),
  }),
  z.strictObject({
    kind: z.literal("device"),
    device: name,
    signal: name,
    value: z.union([z.number(), z.boolean(), z.string().max(1024)]),
  }),
  z.strictObject({
    kind: z.literal("pose"),
    frame: name,
    position: z.array(z.number()).length(3),
    quaternion: z.array(z.number()).length(4),
  }),
  z.strictObject({ kind: z.literal("plan"), planId: name, stateHash: name }),
]);

export const clientCommandMessage = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("acquire"),
    id,
    robot: name,
    /** How people see who drives. */
    holder: z.string().max(64).optional(),
    /** The lease gives way to anyone else who asks. */
    yields: z.boolean().optional(),
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
      /** On a refusal as `outside_limits`: what was asked and what is allowed, in `unit`. */
      breach?: LimitBreach;
      /** On `self_collision`: the links, and when, s from the motion's start. */
      collision?: LinkCollision;
    }
  | { op: "error"; id?: string | number; code: string; message: string; holder?: string }
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
  | { op: "stopped"; robot: string; by: string }
  | { op: "reset"; id?: string | number; robot: string }
  | { op: "pong"; t: number; serverTime: number };
