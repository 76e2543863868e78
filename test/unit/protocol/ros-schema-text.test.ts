import { createRequire } from "node:module";
import { ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { describe, expect, it } from "vitest";
import { writeCdr } from "../../../src/protocol/cdr-writer.ts";
import { knownMessageText, rosSchemaText } from "../../../src/protocol/ros-schema-text.ts";

type Parts = ConstructorParameters<typeof MessageReader>[0];
/** The parser that Foxglove's programs use. */
const here = createRequire(import.meta.url);
const { parse } = createRequire(here.resolve("@foxglove/rosmsg-msgs-common"))("@foxglove/rosmsg") as {
  parse(text: string, options: { ros2: boolean }): Parts;
};

describe("a schema as ros2msg text", () => {
  it("of each known type is read back as the same definitions", () => {
    const all = ros2jazzy as unknown as Record<string, Parts[number]>;
    expect(Object.keys(all).length).toBeGreaterThan(100);
    for (const [name, definition] of Object.entries(all)) {
      const parts = parse(rosSchemaText(name) as string, { ros2: true });
      const bare = ({
        type,
        name: field,
        isArray,
        arrayLength,
        arrayUpperBound,
        value,
      }: Parts[number]["definitions"][number]) => [
        type
          .replace(/^time$/, "builtin_interfaces/Time")
          .replace(/^duration$/, "builtin_interfaces/Duration"),
        field,
        isArray === true,
        arrayLength,
        arrayUpperBound,
        value,
      ];
      expect(parts[0]?.definitions.map(bare), name).toEqual(definition.definitions.map(bare));
    }
  });

  it("lets a program read a message that it never heard of", () => {
    const parts = parse(rosSchemaText("sensor_msgs/msg/JointState") as string, { ros2: true });
    const message = {
      header: { stamp: { sec: 3, nanosec: 4 }, frame_id: "x" },
      name: ["a"],
      position: [0.5],
    };
    const bytes = writeCdr("sensor_msgs/JointState", message);
    expect(new MessageReader(parts).readMessage(bytes)).toMatchObject({
      header: { stamp: { sec: 3 }, frame_id: "x" },
      name: ["a"],
    });
  });

  it("takes definitions that are installed, their comments, bounds and defaults with them", () => {
    const installed: Record<string, string> = {
      "my_msgs/Thing": [
        "# A thing",
        "uint8 KIND=1  # not a type",
        'string<=16 name "x"',
        "Part[<=3] parts",
        "std_msgs/Header header",
        "other_msgs/Far far",
        "float64[9] k",
      ].join("\n"),
      "my_msgs/Part": "geometry_msgs/Point[] points",
      "other_msgs/Far": "bool yes",
    };
    const text = rosSchemaText("my_msgs/msg/Thing", (name) => installed[name] ?? null) as string;
    expect(text.startsWith("# A thing\n")).toBe(true);
    const names = [...text.matchAll(/^={80}\nMSG: (.+)$/gm)].map((match) => match[1]).sort();
    expect(names).toEqual([
      "builtin_interfaces/Time",
      "geometry_msgs/Point",
      "my_msgs/Part",
      "other_msgs/Far",
      "std_msgs/Header",
    ]);
    expect(parse(text, { ros2: true })[0]?.definitions.map(({ name }) => name)).toEqual([
      "KIND",
      "name",
      "parts",
      "header",
      "far",
      "k",
    ]);
  });

  it("is none where a part is not known", () => {
    expect(rosSchemaText("no_msgs/msg/Such")).toBeNull();
    expect(rosSchemaText("a_msgs/A", (name) => (name === "a_msgs/A" ? "b_msgs/B b" : null))).toBeNull();
    expect(rosSchemaText("a_msgs/A", (name) => (name.startsWith("a_msgs/") ? "A again" : null))).toBe(
      "A again",
    );
    expect(knownMessageText("constructor")).toBeNull();
  });
});
