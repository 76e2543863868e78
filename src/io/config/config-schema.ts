import { z } from "zod";
import { isTopicFilter, mappingFault, mappingInSi } from "../../protocol/mqtt-mapping.ts";
import { sceneItems } from "../../protocol/scene.ts";
import { brokerUrlFault } from "../mqtt/broker-url.ts";
import { commands, rosName } from "./commands-schema.ts";
import { server } from "./server-schema.ts";
import { sinkList } from "./sink-schema.ts";
import { topics } from "./topics-schema.ts";

const robotId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    "1 to 64 of A-Z a-z 0-9 _ . -, starting with a letter or digit",
  );
const positive = z.number().gt(0);

const limits = z
  .strictObject({
    linear: positive,
    angular: positive,
    linearAcceleration: positive,
    angularAcceleration: positive,
    jointVelocity: positive,
    jointAcceleration: positive,
    stopDeceleration: positive,
    linearStopDeceleration: positive,
    angularStopDeceleration: positive,
    pathTolerance: positive,
    goalTolerance: positive,
    effortTolerance: positive,
  })
  .partial();

const metres = z.number().min(-1000).max(1000);
/** What the base covers on the ground: corners in order, or a radius, m in the frame of the root link. */
const footprint = z
  .union([
    z.literal("auto"),
    z.number().gt(0).max(1000),
    z
      .array(z.tuple([metres, metres]))
      .min(3)
      .max(100),
  ])
  .default("auto");
const map = z.strictObject({
  topic: z
    .union([z.enum(["auto", "off"]), rosName], "it must be auto, off, or the name of a topic as /map")
    .default("auto"),
  unknown: z.enum(["occupied", "free"]).default("occupied"),
  threshold: z.number().int().min(1).max(100).default(65),
});

const robot = z.strictObject({
  id: robotId.default("robot"),
  namespace: rosName.default(""),
  description: z.string().min(1).default("topic"),
  arguments: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], "it must be text, a number, true or false"),
    )
    .transform((given) =>
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    )
    .default({}),
  srdf: z.string().min(1).default("auto"),
  selfCollision: z.enum(["check", "off"]).default("check"),
  /** Motions where meshes of links cannot be read: auto refuses them among objects of the scene. */
  uncheckedLinks: z.enum(["auto", "allow", "refuse"]).default("auto"),
  /** m: how near motions may come to objects of the scene. */
  margin: z.number().min(0).max(1).default(0.01),
  footprint,
  map: map.prefault({}),
  /** Whether goals of the base are checked against its map and the scene before they are sent. */
  checkGoals: z.boolean().default(true),
  odometry: z
    .union([z.enum(["auto", "off"]), rosName], "it must be auto, off, or the name of a topic as /odom")
    .default("auto"),
  fixedFrame: z.string().min(1).max(256).default("auto"),
  tfPrefix: z.string().max(256).default("auto"),
  base: z.enum(["auto", "fixed", "diff_drive", "omni", "mecanum", "ackermann"]).default("auto"),
  commands: commands.prefault({}),
  limits: limits.default({}),
  stop: z.enum(["controlled", "immediate"]).default("immediate"),
});

const jsonPointer = z.string().regex(/^(\/.*)?$/s, "a JSON pointer starts with /");

const mapping = z
  .strictObject({
    topic: z.string().refine(isTopicFilter, "an MQTT topic filter: + is one whole level, # the last ones"),
    format: z.enum(["json", "text", "cbor"]).optional(),
    payload: jsonPointer.default(""),
    robot: z
      .string()
      .regex(/^[A-Za-z0-9{][A-Za-z0-9_.{}-]{0,63}$/, "a robot's id, or a level of the topic as {1}")
      .optional(),
    property: z
      .string()
      .regex(
        /^[A-Za-z0-9_.{}-]+(\/[A-Za-z0-9_.{}-]+)*$/,
        "as battery/voltage, or with levels of the topic: bin/{1}/level",
      ),
    words: z.record(z.string(), z.union([z.number(), z.boolean(), z.string().max(1024)])).optional(),
    type: z.enum(["number", "boolean", "string"]).optional(),
    unit: z.string().max(32).default(""),
    scale: z.number().default(1),
    offset: z.number().default(0),
    stamp: z
      .strictObject({ payload: jsonPointer, unit: z.enum(["s", "ms", "us", "ns"]).default("s") })
      .optional(),
    sequence: jsonPointer.optional(),
  })
  .transform((given, context) => {
    const fault = mappingFault(given);
    if (fault !== null) context.addIssue({ code: "custom", path: [fault.path], message: fault.reason });
    const inSi = mappingInSi(given);
    if (inSi.ok) return inSi.value;
    context.addIssue({ code: "custom", path: [inSi.path], message: inSi.reason });
    return given;
  });

const tls = z
  .strictObject({
    ca: z.string().min(1).optional(),
    cert: z.string().min(1).optional(),
    key: z.string().min(1).optional(),
    serverName: z.string().min(1).optional(),
  })
  .refine((files) => (files.cert === undefined) === (files.key === undefined), "cert and key come together");

const sparkplug = z.strictObject({
  hostId: z.string().regex(/^[^/+#\0]+$/, "one level of a topic: no / + #"),
  groups: z.array(z.string().regex(/^[^/+#\0]+$/, "one level of a topic: no / + #")).default([]),
  reorderTimeoutMs: z.number().min(100).max(60_000).default(2000),
  writable: z.array(z.string().min(1)).default([]),
});

const homie = z.strictObject({
  domain: z
    .string()
    .regex(/^[^+#\0]*[^+#\0/]$/, "levels of a topic: no + #")
    .default("homie"),
});

const mqtt = z.strictObject({
  url: z
    .string()
    .superRefine((text, context) => {
      const message = brokerUrlFault(text);
      if (message !== null) context.addIssue({ code: "custom", message });
    })
    .optional(),
  embedded: z.boolean().default(false),
  username: z.string().optional(),
  password: z.string().optional(),
  passwordFile: z.string().min(1).optional(),
  tls: tls.optional(),
  version: z.enum(["auto", "5", "3.1.1"]).default("auto"),
  maxPacketBytes: z
    .number()
    .int()
    .min(1024)
    .max(16 * 1024 * 1024)
    .default(256 * 1024),
  devices: z.boolean().default(true),
  joints: z.array(z.string().regex(/^[^/]+\/.+$/, "<device>/<joint>, * for any run")).default(["*/*"]),
  robots: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        description: z.string().min(1).optional(),
        limits: limits.default({}),
      }),
    )
    .default([]),
  sparkplug: sparkplug.optional(),
  homie: homie.optional(),
  mappings: z.array(mapping).default([]),
});

const history = z
  .strictObject({
    enabled: z.boolean().default(true),
    dir: z.string().min(1).optional(),
    maxBytes: z
      .number()
      .int()
      .min(64 * 1024 * 1024)
      .default(10_000_000_000),
    minFreeBytes: z.number().int().min(0).default(1_000_000_000),
    rawHours: z.number().gt(0).default(24),
    rules: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(256),
          deadband: z.number().min(0).default(0),
          maxHz: z.number().gt(0).optional(),
        }),
      )
      .default([]),
    sinks: sinkList.default([]),
    spoolBytes: z
      .number()
      .int()
      .min(64 * 1024 * 1024)
      .default(1_000_000_000),
  })
  .refine(({ enabled, sinks }) => enabled || sinks.length === 0, {
    path: ["sinks"],
    message: "sinks are sent what the history has: it must not be off (`enabled: false`)",
  });

const megabyte = 1 << 20;

/** Recordings of what is around a stop or an alarm. */
const recordings = z.strictObject({
  enabled: z.boolean().default(true),
  beforeSeconds: z.number().min(0).max(600).default(30),
  afterSeconds: z.number().min(0).max(600).default(10),
  memoryBytes: z
    .number()
    .int()
    .min(megabyte)
    .max(4096 * megabyte)
    .default(64 * megabyte),
  maxFiles: z.number().int().min(1).max(100_000).default(50),
  maxBytes: z
    .number()
    .int()
    .min(megabyte)
    .default(1024 * megabyte),
});

/** `twin.yaml`. Every key has a line in docs/configuration.md. */
export const configSchema = z.strictObject({
  robots: z
    .preprocess(
      // Not a union: its faults would be those of the whole list.
      (given) => (given === "auto" ? null : given),
      z
        .array(robot, "it must be auto, or a list of robots")
        .min(1)
        .refine((robots) => new Set(robots.map((r) => r.id)).size === robots.length, "two robots share an id")
        .nullable(),
    )
    .transform((robots) => robots ?? ("auto" as const))
    .prefault("auto"),
  mqtt: mqtt.optional(),
  sources: z
    .strictObject({
      priority: z
        .array(z.string().min(1))
        .refine((list) => new Set(list).size === list.length, "a pattern stands twice")
        .default(["mqtt:*", "ros:*"]),
    })
    .prefault({}),
  server: server.prefault({}),
  scene: sceneItems.default([]),
  history: history.prefault({}),
  topics: topics.prefault({}),
  ros: z
    .strictObject({
      useSimTime: z.boolean().default(false),
      packages: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  recordings: recordings.prefault({}),
  stateDir: z.string().min(1).optional(),
  cycleHz: z.number().min(10).max(1000).default(100),
});

export type Config = z.infer<typeof configSchema>;
export type RobotConfig = z.infer<typeof robot>;

/** Whether a robot may have this id. */
export function isRobotId(text: string): boolean {
  return robotId.safeParse(text).success;
}

/** A robot with the defaults of every key. */
export function defaultRobot(id: string, namespace: string): RobotConfig {
  return robot.parse({ id, namespace });
}

/** The robots that are there from the start: those of the list, or the one at the root of ROS where they are found. */
export function robotsAtStart({ robots }: Config): RobotConfig[] {
  return robots === "auto" ? [defaultRobot("robot", "")] : robots;
}
