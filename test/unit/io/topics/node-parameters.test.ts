import { describe, expect, it } from "vitest";
import type { RclNode } from "../../../../src/io/ros/rclnodejs-api.ts";
import { readParameters, setParameter, typedValue } from "../../../../src/io/topics/node-parameters.ts";

/** A node with one parameter of each kind, as its services answer. */
function nodeWith(values: Record<string, object>, readOnly: readonly string[] = [], isThere = true) {
  const sets: unknown[] = [];
  let clients = 0;
  const answers: Record<string, (request: never) => object> = {
    list: () => ({ result: { names: Object.keys(values), prefixes: [] } }),
    get: ({ names }: { names: string[] }) => ({ values: names.map((name) => values[name]) }),
    describe: ({ names }: { names: string[] }) => ({
      descriptors: names.map((name) => ({
        ...{ name, description: `what ${name} is`, read_only: readOnly.includes(name) },
        ...{
          floating_point_range: [],
          integer_range: name === "count" ? [{ from_value: 0n, to_value: 9n, step: 1n }] : [],
        },
      })),
    }),
    set: ({ parameters }: { parameters: { name: string; value: object }[] }) => {
      sets.push(...parameters);
      const isBad = parameters[0]?.name === "picky";
      return { results: [{ successful: !isBad, reason: isBad ? "out of the question" : "" }] };
    },
  };
  const node = {
    createClient: (type: string) => {
      clients += 1;
      const answer = answers[(type.split("/").at(-1) ?? "").replace("Parameters", "").toLowerCase()];
      return {
        isServiceServerAvailable: () => isThere,
        sendRequest: (request: never, take: (response: object) => void) => take(answer?.(request) ?? {}),
      };
    },
    destroyClient: () => {
      clients -= 1;
    },
  } as unknown as RclNode;
  return { node, sets, open: () => clients };
}

const values = {
  gain: { type: 3, double_value: 0.5 },
  count: { type: 2, integer_value: 7n },
  big: { type: 2, integer_value: 2n ** 60n },
  name: { type: 4, string_value: "arm" },
  on: { type: 1, bool_value: true },
  joints: { type: 9, string_array_value: ["a", "b"] },
  limits: { type: 8, double_array_value: Float64Array.of(1, 2) },
  odd: { type: 3, double_value: Number.NaN },
  none: { type: 0 },
  picky: { type: 3, double_value: 1 },
};

describe("the parameters of a node", () => {
  it("are told with type, value, description and range", async () => {
    const { node, open } = nodeWith(values, ["name"]);
    const { parameters } = await readParameters(node, "/arm");
    expect(parameters.map(({ name, type, value }) => [name, type, value])).toEqual([
      ["big", "integer", "1152921504606846976"],
      ["count", "integer", 7],
      ["gain", "double", 0.5],
      ["joints", "string[]", ["a", "b"]],
      ["limits", "double[]", [1, 2]],
      ["name", "string", "arm"],
      ["none", "not set", null],
      ["odd", "double", "NaN"],
      ["on", "bool", true],
      ["picky", "double", 1],
    ]);
    expect(parameters[1]).toMatchObject({ range: { from: 0, to: 9, step: 1 }, description: "what count is" });
    expect(parameters[5]?.isReadOnly).toBe(true);
    expect(open()).toBe(0);
  });

  it("are set in the type that they have", async () => {
    const { node, sets } = nodeWith(values, ["name"]);
    await setParameter(node, "/arm", "gain", 2);
    await setParameter(node, "/arm", "count", 3);
    expect(sets).toEqual([
      { name: "gain", value: expect.objectContaining({ type: 3, double_value: 2 }) },
      { name: "count", value: expect.objectContaining({ type: 2, integer_value: 3n }) },
    ]);
  });

  it("are not set where they are none, read-only, of another type, or where the node refuses", async () => {
    const { node, sets } = nodeWith(values, ["name"]);
    const fault = (name: string, value: never) => setParameter(node, "/arm", name, value);
    await expect(fault("unknown", 1 as never)).rejects.toMatchObject({ status: 404 });
    await expect(fault("name", "x" as never)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining("read-only"),
    });
    await expect(fault("count", 1.5 as never)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("integer"),
    });
    await expect(fault("gain", "x" as never)).rejects.toMatchObject({ status: 400 });
    await expect(fault("joints", [1] as never)).rejects.toMatchObject({ status: 400 });
    expect(sets).toEqual([]);
    await expect(fault("picky", 2 as never)).rejects.toMatchObject({
      status: 409,
      message: "/arm refuses it: out of the question",
    });
  });

  it("are not to be had of a node that is not there", async () => {
    const { node, open } = nodeWith(values, [], false);
    await expect(readParameters(node, "/gone")).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("/gone is not there"),
    });
    expect(open()).toBe(0);
  });

  it("take bytes and lists of whole numbers", () => {
    expect(typedValue("bytes", [0, 255])).toMatchObject({ type: 5, byte_array_value: [0, 255] });
    expect(typedValue("bytes", [256])).toBeNull();
    expect(typedValue("integer[]", [1, 2])).toMatchObject({ integer_array_value: [1n, 2n] });
    expect(typedValue("bool[]", [true])).toMatchObject({ bool_array_value: [true] });
    expect(typedValue("not set", 1)).toBeNull();
  });
});
