import { z } from "zod";

/** An absolute name of a node. */
const nodeName = z
  .string()
  .max(512)
  .regex(/^(\/[A-Za-z0-9_]+)+$/, "the absolute name of a node, as /controller_manager");

const parameterName = z.string().min(1).max(512);

/** What a parameter may be set to; numbers are finite. */
const parameterValue = z.union(
  [
    z.boolean(),
    z.number(),
    z.string().max(65_536),
    z.array(z.boolean()).max(10_000),
    z.array(z.number()).max(10_000),
    z.array(z.string().max(65_536)).max(10_000),
  ],
  "true or false, a number, a text, or a list of one of these",
);
export type ParameterValue = z.infer<typeof parameterValue>;

/** What `GET /api/ros/parameters` takes. */
export const parametersQuery = z.strictObject({ node: nodeName });
/** What `PUT /api/ros/parameters` takes. */
export const parameterChange = z.strictObject({
  node: nodeName,
  name: parameterName,
  value: parameterValue,
});

/** A question about the ROS graph. */
export type RosQuestion =
  | { ask: "graph" }
  | { ask: "parameters"; node: string }
  | { ask: "setParameter"; node: string; name: string; value: ParameterValue };

/** How an end of a topic publishes or subscribes. */
export type EndpointQos = {
  reliability: "reliable" | "best_effort" | "unknown";
  durability: "volatile" | "transient_local" | "unknown";
};
export type GraphEnd = { node: string; type: string; qos: EndpointQos };

export type GraphTopic = {
  name: string;
  types: string[];
  publishers: GraphEnd[];
  subscribers: GraphEnd[];
  /** Why its ends do not meet, with what helps, as sentences. */
  problems: string[];
};

/** Nodes by their absolute names, topics, and services. */
export type RosGraphAnswer = {
  nodes: string[];
  topics: GraphTopic[];
  services: { name: string; types: string[] }[];
};

export type NodeParameter = {
  name: string;
  /** `bool`, `integer`, `double`, `string`, `bytes`, `bool[]` and so on; `not set`. */
  type: string;
  /** Integers beyond 2⁵³ and doubles that are not finite are texts; null: not set. */
  value: ParameterValue | null;
  description: string;
  isReadOnly: boolean;
  /** Of numbers; absent: none is told. */
  range?: { from: number; to: number; step: number };
};
export type ParametersAnswer = { node: string; parameters: NodeParameter[] };

/** `status`: as of HTTP. */
export type RosAnswer =
  | { ok: true; value: RosGraphAnswer | ParametersAnswer }
  | { ok: false; status: number; reason: string };
