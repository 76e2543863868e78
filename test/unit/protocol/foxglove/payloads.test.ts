import { describe, expect, it } from "vitest";
import { readCdr } from "../../../../src/protocol/cdr-message.ts";
import { writeCdr } from "../../../../src/protocol/cdr-writer.ts";
import { stateChannel, thingState } from "../../../../src/protocol/foxglove/thing-state.ts";
import { triggerResponse } from "../../../../src/protocol/foxglove/trigger-service.ts";
import { readTwist, twistType } from "../../../../src/protocol/foxglove/twist-payload.ts";
import type { PropertyJson } from "../../../../src/protocol/state-messages.ts";

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const linear = { x: 0.3, y: 0, z: 0 };
const angular = { x: 0, y: 0, z: -0.2 };

describe("a twist that a client publishes", () => {
  it("is the same in CDR and JSON, plain and stamped", () => {
    const header = { stamp: { sec: 12, nanosec: 500_000_000 }, frame_id: "base_link" };
    const plain = { linear, angular };
    const [twist, stamped] = ["geometry_msgs/Twist", "geometry_msgs/TwistStamped"] as const;
    const read = [
      readTwist("cdr", twist, writeCdr(twist, plain)),
      readTwist("json", twist, json(plain)),
      readTwist("cdr", stamped, writeCdr(stamped, { header, twist: plain })),
      readTwist("json", stamped, json({ header: { stamp: { sec: 12, nsec: 500_000_000 } }, twist: plain })),
    ];
    for (const [i, one] of read.entries()) {
      expect(one, String(i)).toEqual({ ok: true, value: { ...plain, stampMs: i < 2 ? null : 12_500 } });
    }
  });

  it("has 0 where JSON leaves a number out, and no stamp where it is 0", () => {
    const read = readTwist("json", "geometry_msgs/TwistStamped", json({ twist: { linear: { x: 1 } } }));
    expect(read).toMatchObject({ ok: true, value: { linear: { x: 1, y: 0, z: 0 }, stampMs: null } });
  });

  it("is refused where it is none", () => {
    const bad: [string, Uint8Array][] = [
      ["json", json({ linear: { x: "1" } })],
      ["json", Buffer.from('{"linear":{"x":1e999}}')],
      ["json", Buffer.from("{")],
      ["json", Uint8Array.of(0xff)],
      ["cdr", writeCdr("geometry_msgs/Twist", { linear: { ...linear, x: Number.NaN }, angular })],
      ["cdr", Uint8Array.of(0, 1, 0, 0, 1)],
    ];
    for (const [encoding, payload] of bad)
      expect(readTwist(encoding, "geometry_msgs/Twist", payload).ok).toBe(false);
  });

  it("has a type in either spelling", () => {
    expect(twistType("geometry_msgs/msg/TwistStamped")).toBe("geometry_msgs/TwistStamped");
    expect(twistType("geometry_msgs/Twist")).toBe("geometry_msgs/Twist");
    expect(twistType("geometry_msgs/Wrench")).toBeNull();
  });
});

describe("the answer of a Trigger service", () => {
  it("is CDR of a bool and a string, or JSON", () => {
    const bytes = triggerResponse("cdr", true, "stöp");
    // std_msgs/String has the same layout from the length on.
    const text = Uint8Array.from([...bytes.subarray(0, 4), ...bytes.subarray(8)]);
    expect(readCdr("std_msgs/String", text)).toEqual({ ok: true, value: { data: "stöp" } });
    expect([...bytes.subarray(0, 8)]).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    expect(JSON.parse(Buffer.from(triggerResponse("json", false, "no")).toString())).toEqual({
      success: false,
      message: "no",
    });
  });
});

describe("the state of a thing", () => {
  const register = (value: unknown, quality = "good") => ({ value, received: 1, quality, source: "s" });
  const properties = {
    "joint/elbow/position": { unit: "rad", reported: register(0.5), desired: register(0.6) },
    "battery/voltage": { unit: "V", reported: { ...register(12, "uncertain"), reason: "stale" } },
    "frame/odom": { unit: "m", reported: register({ parent: "map" }) },
    a: { unit: "", reported: register(1) },
    "a/b": { unit: "", reported: register(2) },
    "__proto__/x": { unit: "", reported: register(3) },
  } as unknown as Record<string, PropertyJson>;

  it("is a tree by facets and paths, with what is not good beside it", () => {
    const state = JSON.parse(JSON.stringify(thingState(properties, 1500)));
    expect(state).toMatchObject({
      time: { sec: 1, nsec: 500_000_000 },
      reported: { joint: { elbow: { position: 0.5 } }, battery: { voltage: 12 }, a: { value: 1, b: 2 } },
      desired: { joint: { elbow: { position: 0.6 } } },
      quality: { battery: { voltage: "uncertain: stale" } },
    });
    expect(state.reported.frame).toBeUndefined();
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("has a schema with its fields by name", () => {
    const schema = JSON.parse(stateChannel("robot", thingState(properties, 0)).schema);
    expect(schema.properties.reported.properties.joint.properties.elbow.properties.position).toEqual({
      type: "number",
    });
  });
});
