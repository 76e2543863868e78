import { z } from "zod";

const facet = z.enum(["reported", "desired", "estimated", "predicted"]);
const name = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const nameHint = "1 to 63 of A-Z a-z 0-9 _, not starting with a digit";
/** Columns that the rows have already. */
const taken = ["thing", "path", "facet", "source", "kind", "unit", "pass", "time", "timestamp"];

/** An address of `schemes` with a host. What is shown of a wrong one has no login. */
function address(schemes: readonly string[], example: string) {
  return z.string().superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url !== null && url.hostname !== "" && schemes.includes(url.protocol.slice(0, -1))) return;
    context.addIssue({ code: "custom", message: `it must be an address as ${example}` });
  });
}

const common = {
  series: z.array(z.string().min(1).max(256)).min(1).default(["*"]),
  facets: z.array(facet).min(1).default(["reported", "desired", "estimated"]),
  time: z.enum(["stamp", "arrival"]).default("stamp"),
  tags: z
    .record(
      z
        .string()
        .regex(name, nameHint)
        .refine((key) => !taken.includes(key), `none of ${taken.join(", ")}`),
      z.string().min(1).max(256),
    )
    .default({}),
  ca: z.string().min(1).optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  passwordFile: z.string().min(1).optional(),
};

const http = {
  ...common,
  url: address(["http", "https"], "http://127.0.0.1:8086"),
  token: z.string().min(1).optional(),
  tokenFile: z.string().min(1).optional(),
  measurement: z.string().regex(name, nameHint).default("twin"),
};

const influx = z.strictObject({
  kind: z.literal("influx"),
  ...http,
  database: z.string().min(1).optional(),
  retentionPolicy: z.string().min(1).optional(),
  bucket: z.string().min(1).optional(),
  org: z.string().min(1).optional(),
});

const questdb = z.strictObject({ kind: z.literal("questdb"), ...http });
const victoriametrics = z.strictObject({ kind: z.literal("victoriametrics"), ...http });

const postgres = z.strictObject({
  kind: z.literal("postgres"),
  ...common,
  url: address(["postgres", "postgresql"], "postgres://user@127.0.0.1:5432/database"),
  schema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, "1 to 63 of a-z 0-9 _, not starting with a digit")
    .default("twin"),
});

/** `history.sinks`: the stores of others that rows are sent to. */
export const sinkList = z
  .array(
    z.discriminatedUnion(
      "kind",
      [influx, questdb, victoriametrics, postgres],
      "`kind` must be one of influx, questdb, victoriametrics, postgres",
    ),
  )
  .max(16)
  .superRefine((sinks, context) => {
    sinks.forEach((sink, i) => {
      const fault = sinkFault(sink);
      if (fault !== null) context.addIssue({ code: "custom", path: [i, fault.key], message: fault.message });
      const isLike = (other: Sink) => placeOf(other) === placeOf(sink);
      if (sinks.findIndex(isLike) < i) {
        context.addIssue({
          code: "custom",
          path: [i, "url"],
          message: "another sink writes to the same place",
        });
      }
    });
  });

type Sink = z.infer<typeof influx | typeof questdb | typeof victoriametrics | typeof postgres>;

function sinkFault(sink: Sink): { key: string; message: string } | null {
  if (sink.password !== undefined && sink.passwordFile !== undefined) {
    return { key: "passwordFile", message: "there is a password already" };
  }
  if (sink.kind === "postgres") return null;
  if (sink.token !== undefined && sink.tokenFile !== undefined) {
    return { key: "tokenFile", message: "there is a token already" };
  }
  if (sink.kind !== "influx") return null;
  if (sink.database !== undefined && sink.bucket !== undefined) {
    return {
      key: "bucket",
      message: "InfluxDB 1 has a `database`, InfluxDB 2 and 3 a `bucket`: give one of them",
    };
  }
  return null;
}

/** Two sinks of one place would be one with two cursors. */
function placeOf(sink: Sink): string {
  // A wrong one was refused by itself.
  const { host, pathname } = URL.canParse(sink.url) ? new URL(sink.url) : { host: sink.url, pathname: "" };
  const inside =
    sink.kind === "postgres"
      ? [sink.schema]
      : sink.kind === "influx"
        ? [sink.org, sink.bucket ?? sink.database, sink.retentionPolicy, sink.measurement]
        : [sink.measurement];
  return JSON.stringify([sink.kind, host, pathname, ...inside]);
}

export type SinkConfig = Sink;
