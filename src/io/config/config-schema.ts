import { z } from "zod";
import { isTopicFilter } from "../../protocol/mqtt-mapping.ts";

const robotId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    "1 to 64 of A-Z a-z 0-9 _ . -, starting with a letter or digit",
  );
const rosName = z.string().regex(/^[A-Za-z0-9_/~{}]*$/, "a ROS name has A-Z a-z 0-9 _ and / only");
const positive = z.number().gt(0);

const limits = z
  .strictObject({
    linear: positive,
    angular: positive,
    linearAcceleration: positive,
    angularAcceleration: positive,
    jointVelocity: positive,
    jointAcceleration: positive,
    pathTolerance: positive,
    goalTolerance: positive,
  })
  .partial();

const commands = z.strictObject({
  trajectory: z.union([z.enum(["auto", "off"]), z.array(rosName).min(1)]).default("auto"),
  twist: z.union([z.enum(["auto", "off"]), rosName]).default("auto"),
});

const robot = z.strictObject({
  id: robotId.default("robot"),
  namespace: rosName.default(""),
  description: z.string().min(1).default("topic"),
  base: z.enum(["auto", "fixed", "diff_drive", "omni", "mecanum", "ackermann"]).default("auto"),
  commands: commands.prefault({}),
  limits: limits.default({}),
});

const jsonPointer = z.string().regex(/^(\/.*)?$/s, "a JSON pointer starts with /");

const mapping = z.strictObject({
  topic: z.string().refine(isTopicFilter, "an MQTT topic filter: + is one whole level, # the last ones"),
  payload: jsonPointer.default(""),
  robot: robotId.optional(),
  property: z.string().regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/, "as battery/voltage"),
  unit: z.string().max(32).default(""),
  scale: z.number().default(1),
  offset: z.number().default(0),
  stamp: z
    .strictObject({ payload: jsonPointer, unit: z.enum(["s", "ms", "us", "ns"]).default("s") })
    .optional(),
  sequence: jsonPointer.optional(),
});

const mqtt = z.strictObject({
  url: z
    .string()
    .regex(/^(mqtts?|wss?):\/\//, "an address as mqtt://host:1883")
    .optional(),
  embedded: z.boolean().default(false),
  username: z.string().optional(),
  password: z.string().optional(),
  devices: z.boolean().default(true),
  mappings: z.array(mapping).default([]),
});

const server = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  port: z.number().int().min(0).max(65535).default(8080),
  token: z.string().min(8, "at least 8 characters").optional(),
  origins: z.array(z.string()).default([]),
});

/** `twin.yaml`. Every key has a line in docs/configuration.md. */
export const configSchema = z.strictObject({
  robots: z
    .array(robot)
    .min(1)
    .refine((robots) => new Set(robots.map((r) => r.id)).size === robots.length, "two robots share an id")
    .prefault([{}]),
  mqtt: mqtt.optional(),
  server: server.prefault({}),
  ros: z
    .strictObject({
      useSimTime: z.boolean().default(false),
      packages: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  stateDir: z.string().min(1).optional(),
  cycleHz: z.number().min(10).max(1000).default(100),
});

export type Config = z.infer<typeof configSchema>;
export type RobotConfig = Config["robots"][number];
