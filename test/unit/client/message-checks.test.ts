import { describe, expect, it } from "vitest";
import { isColumns, isStatus, isTwin } from "../../../src/client/message-checks.ts";
import { spoilt } from "./spoilt.ts";

const register = { value: 1, received: 5, quality: "good", source: "ros:/joint_states" };
const twin = {
  revision: 3,
  time: 10,
  things: {
    arm: {
      type: "robot",
      definition: {},
      relationships: [{ name: "hasLink", target: "arm/link/base" }],
      properties: { "joint/a/position": { unit: "rad", reported: register } },
    },
  },
};
const status = {
  op: "status",
  time: 1,
  revision: 1,
  clients: 1,
  sources: [{ name: "ROS", state: "ok", detail: "" }],
  control: [
    {
      robot: "arm",
      lease: null,
      stopped: null,
      can: { jointPosition: true, jointVelocity: true, twist: false },
    },
  ],
};

describe("message checks", () => {
  it("take what the server says", () => {
    expect(isTwin(twin)).toBe(true);
    expect(isStatus(status)).toBe(true);
    expect(isColumns([{ robot: "arm", facet: "desired", path: "base/pose", component: 6 }])).toBe(true);
  });

  it("never throw, whatever part is missing or of another kind", () => {
    for (const spoil of [undefined, null, 7, "text", [], {}, Number.NaN]) {
      for (const broken of spoilt(twin, spoil)) expect(typeof isTwin(broken)).toBe("boolean");
      for (const broken of spoilt(status, spoil)) expect(typeof isStatus(broken)).toBe("boolean");
    }
  });

  it("refuse fields that the page would trip over", () => {
    const thing = twin.things.arm;
    const withProperty = (property: unknown) => ({
      ...twin,
      things: { arm: { ...thing, properties: { p: property } } },
    });
    expect(isTwin({ ...twin, things: { arm: { ...thing, relationships: null } } })).toBe(false);
    expect(isTwin(withProperty({ reported: register }))).toBe(false);
    expect(isTwin(withProperty({ unit: "rad", reported: { ...register, quality: "fine" } }))).toBe(false);
    expect(isStatus({ ...status, control: [{ robot: "arm" }] })).toBe(false);
    expect(isColumns([{ robot: "arm", facet: "guessed", path: "base/pose", component: 0 }])).toBe(false);
  });
});
