import { describe, expect, it } from "vitest";
import {
  numberAt,
  parseTopicNumber,
  topicNumberPath,
  wayOf,
} from "../../../../src/protocol/topics/topic-number.ts";

describe("a number of a topic", () => {
  it("is read from the name of a topic, # and its field", () => {
    expect(parseTopicNumber("/arm/imu#linear_acceleration.z")).toEqual({
      ok: true,
      value: {
        ...{ record: "/arm/imu#linear_acceleration.z", topic: "/arm/imu" },
        field: "linear_acceleration.z",
      },
    });
    expect(parseTopicNumber("/joint_temps#data[3]").ok).toBe(true);
    expect(parseTopicNumber("/points#poses[2].position.x").ok).toBe(true);
  });

  it.each([
    ["", /name of a topic, #/],
    ["/imu", /name of a topic, #/],
    ["/imu#a#b", /name of a topic, #/],
    ["imu#x", /"imu" is no absolute name/],
    ["/imu/#x", /no absolute name/],
    ["/1imu#x", /no absolute name/],
    ["/imu#", /"" is no field/],
    ["/imu#a..b", /no field/],
    ["/imu#a[-1]", /no field/],
    ["/imu#[0]", /no field/],
    ["/imu#__proto__", /no field/],
    ["/imu#a.b ", /no field/],
    [`/imu#${"a".repeat(600)}`, /more than 512/],
  ])("is refused as %j with what is right", (text, reason) => {
    const read = parseTopicNumber(text);
    expect(read.ok ? "" : read.reason).toMatch(reason);
  });

  it("has a path that no other has", () => {
    expect(topicNumberPath("/a/b", "c")).toBe("a/b/c");
    expect(topicNumberPath("/a", "b.c")).toBe("a/b.c");
  });

  it("is found along its way: integers of 64 bits, booleans, typed arrays, parts of lists, the nanoseconds of a time", () => {
    const message = {
      ...{ count: 2n ** 53n, is_on: true, data: new Float64Array([1, 2.5]), level: Number.NaN },
      ...{ poses: [{ position: { x: 7 } }], header: { stamp: { sec: 3, nsec: 9 } } },
    };
    const at = (field: string) => numberAt(message, wayOf(field));
    expect(at("count")).toBe(2 ** 53);
    expect(at("is_on")).toBe(1);
    expect(at("data[1]")).toBe(2.5);
    expect(at("poses[0].position.x")).toBe(7);
    expect(at("header.stamp.nanosec")).toBe(9);
    expect(at("level")).toBeNaN();
  });

  it("is none where there is no such field, with the fields that there are", () => {
    const message = { data: new Float32Array(2), name: "arm", position: { x: 1, y: 2 } };
    const at = (field: string) => numberAt(message, wayOf(field));
    expect(at("none")).toBe('there is no field "none" among data, name, position');
    expect(at("position.w")).toBe('there is no field "w" among x, y');
    expect(at("position")).toBe("it is no number: name one of its fields (x, y)");
    expect(at("data")).toBe("it is a list of 2: name an element of it, as [0]");
    expect(at("data[2]")).toBe("there is no element [2]: the list has 2");
    expect(at("position[0]")).toBe("there is no element [0]: it is no list");
    expect(at("name")).toBe("it is a text, no number");
    expect(at("name.length")).toBe('there is no field "length"');
    expect(at("data.length")).toBe('there is no field "length"');
    expect(at("constructor")).toMatch(/no field/);
  });
});
