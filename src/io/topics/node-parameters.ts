import type { NodeParameter, ParametersAnswer, ParameterValue } from "../../protocol/topics/ros-questions.ts";
import type { RclClient, RclNode } from "../ros/rclnodejs-api.ts";

/** How long a service of a node may take to be found, and to answer, ms. */
const foundWithinMs = 3000;
const answerWithinMs = 4000;
const lookEveryMs = 50;
/** A node with more parameters has the rest left out. */
const mostParameters = 2000;

/** Fields of rcl_interfaces/msg/ParameterValue. Integers may be BigInt. */
type Value = {
  type: number;
  bool_value?: boolean;
  integer_value?: number | bigint;
  double_value?: number;
  string_value?: string;
  byte_array_value?: Iterable<number>;
  bool_array_value?: Iterable<boolean>;
  integer_array_value?: Iterable<number | bigint>;
  double_array_value?: Iterable<number>;
  string_array_value?: Iterable<string>;
};

/** Of rcl_interfaces/msg/ParameterType: name of the type, field of the value. */
const types = [
  ["not set", null],
  ["bool", "bool_value"],
  ["integer", "integer_value"],
  ["double", "double_value"],
  ["string", "string_value"],
  ["bytes", "byte_array_value"],
  ["bool[]", "bool_array_value"],
  ["integer[]", "integer_array_value"],
  ["double[]", "double_array_value"],
  ["string[]", "string_array_value"],
] as const;

type Range = { from_value: number | bigint; to_value: number | bigint; step: number | bigint };
type Descriptor = {
  name: string;
  description: string;
  read_only: boolean;
  floating_point_range: readonly Range[];
  integer_range: readonly Range[];
};

/** Why a node's parameters are not to be had or not changed; `status` as of HTTP. */
export class ParameterFault extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The parameters of a node, by its own services. Rejects with a `ParameterFault`. */
export async function readParameters(rclNode: RclNode, node: string): Promise<ParametersAnswer> {
  const listed = await call<{ result: { names: string[] } }>(rclNode, node, "ListParameters", {
    prefixes: [],
    depth: 0n,
  });
  const names = [...listed.result.names].sort().slice(0, mostParameters);
  if (names.length === 0) return { node, parameters: [] };
  const [{ values }, { descriptors }] = await Promise.all([
    call<{ values: Value[] }>(rclNode, node, "GetParameters", { names }),
    call<{ descriptors: Descriptor[] }>(rclNode, node, "DescribeParameters", { names }),
  ]);
  return {
    node,
    parameters: names.map((name, i) => parameterOf(name, values[i], descriptors[i])),
  };
}

/** Sets a parameter of a node to a value of the type that it has; answers with all of them. Rejects with a `ParameterFault`. */
export async function setParameter(
  rclNode: RclNode,
  node: string,
  name: string,
  value: ParameterValue,
): Promise<ParametersAnswer> {
  const { parameters } = await readParameters(rclNode, node);
  const known = parameters.find((parameter) => parameter.name === name);
  if (known === undefined) throw new ParameterFault(404, `${node} has no parameter "${name}"`);
  if (known.isReadOnly) throw new ParameterFault(409, `${name} of ${node} is read-only`);
  const typed = typedValue(known.type, value);
  if (typed === null) {
    throw new ParameterFault(
      400,
      `${name} of ${node} is of the type ${known.type}: ${JSON.stringify(value)} is not`,
    );
  }
  const { results } = await call<{ results: { successful: boolean; reason: string }[] }>(
    rclNode,
    node,
    "SetParameters",
    { parameters: [{ name, value: typed }] },
  );
  const [result] = results;
  if (result?.successful !== true) {
    const reason = (result?.reason ?? "").slice(0, 500);
    throw new ParameterFault(409, `${node} refuses it${reason === "" ? "" : `: ${reason}`}`);
  }
  // It is set. A node that is busy with it may be slow to tell.
  const changed = parameters.map((parameter) =>
    parameter.name === name ? { ...parameter, value } : parameter,
  );
  return readParameters(rclNode, node).catch(() => ({ node, parameters: changed }));
}

/** The message for a value, or null where it is not of that type. */
export function typedValue(type: string, value: ParameterValue): Value | null {
  const index = types.findIndex(([name]) => name === type);
  const field = types[index]?.[1];
  if (field === null || field === undefined) return null;
  const isList = type.endsWith("[]") || type === "bytes";
  if (isList !== Array.isArray(value)) return null;
  const parts = Array.isArray(value) ? value : [value];
  const bare = type.replace("[]", "");
  if (!parts.every((part) => isOfType(bare, part))) return null;
  const own = bare === "integer" ? parts.map((part) => BigInt(part as number)) : parts;
  return { ...empty, type: index, [field]: isList ? own : own[0] };
}

const empty = {
  ...{ bool_value: false, integer_value: 0n, double_value: 0, string_value: "", byte_array_value: [] },
  ...{ bool_array_value: [], integer_array_value: [], double_array_value: [], string_array_value: [] },
};

function isOfType(type: string, part: unknown): boolean {
  switch (type) {
    case "bool":
      return typeof part === "boolean";
    case "integer":
      return Number.isSafeInteger(part);
    case "double":
      return Number.isFinite(part);
    case "string":
      return typeof part === "string";
    case "bytes":
      return Number.isInteger(part) && (part as number) >= 0 && (part as number) <= 255;
    default:
      return false;
  }
}

function parameterOf(
  name: string,
  value: Value | undefined,
  descriptor: Descriptor | undefined,
): NodeParameter {
  const [type, field] = types[value?.type ?? 0] ?? types[0];
  const range = descriptor?.floating_point_range?.[0] ?? descriptor?.integer_range?.[0];
  return {
    name,
    type,
    value: field === null ? null : plainValue(value?.[field]),
    description: (descriptor?.description ?? "").slice(0, 2000),
    isReadOnly: descriptor?.read_only === true,
    ...(range === undefined
      ? {}
      : { range: { from: Number(range.from_value), to: Number(range.to_value), step: Number(range.step) } }),
  };
}

function plainValue(value: unknown): ParameterValue | null {
  if (typeof value === "bigint") {
    const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
    return isSafe ? Number(value) : String(value);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  return Array.from(value as Iterable<unknown>, plainValue) as ParameterValue;
}

async function call<Response>(
  rclNode: RclNode,
  node: string,
  service: string,
  request: object,
): Promise<Response> {
  const name = service.replace(/([a-z])([A-Z])/, "$1_$2").toLowerCase();
  const client = rclNode.createClient(`rcl_interfaces/srv/${service}`, `${node}/${name}`);
  try {
    await found(client, node);
    return await answered<Response>(client, request, node);
  } finally {
    rclNode.destroyClient(client);
  }
}

async function found(client: RclClient, node: string): Promise<void> {
  for (let waited = 0; !client.isServiceServerAvailable(); waited += lookEveryMs) {
    if (waited >= foundWithinMs) {
      throw new ParameterFault(404, `${node} is not there, or has no parameter services`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

function answered<Response>(client: RclClient, request: object, node: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new ParameterFault(504, `${node} does not answer: does it spin?`));
    }, answerWithinMs);
    client.sendRequest(request, (response) => {
      clearTimeout(timer);
      resolve(response as Response);
    });
  });
}
