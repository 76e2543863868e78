import { describe, expect, it } from "vitest";
import { readFault } from "../../../src/cli/sim-faults.ts";

describe("twin sim --fault", () => {
  it.each([
    ["elbow:stuck", { joint: "elbow", fault: { kind: "stuck" }, after: 0 }],
    ["elbow:torque=0.3@10", { joint: "elbow", fault: { kind: "torque", left: 0.3 }, after: 10 }],
    ["arm:elbow:friction=2", { joint: "arm:elbow", fault: { kind: "friction", added: 2 }, after: 0 }],
    ["w:encoderBias=-0.05@0.5", { joint: "w", fault: { kind: "encoderBias", bias: -0.05 }, after: 0.5 }],
    ["w:deadSensor@1", { joint: "w", fault: { kind: "deadSensor" }, after: 1 }],
  ])("reads %s", (text, value) => {
    expect(readFault(text)).toEqual({ ok: true, value });
  });

  it.each([
    ["elbow", /is not a fault; write JOINT:KIND/],
    ["elbow:melted", /no fault "melted"; there are friction/],
    ["elbow:stuck=3", /takes no number/],
    ["elbow:torque", /needs a number: the share/],
    ["elbow:torque=2", /from 0 to 1/],
    ["elbow:friction=-1", /0 or more/],
    ["elbow:friction=x", /needs a number/],
    ["elbow:stuck@later", /seconds from the start/],
    ["elbow:stuck@-1", /seconds from the start/],
  ])("refuses %s", (text, reason) => {
    const read = readFault(text);
    expect(read.ok ? "" : read.reason).toMatch(reason);
  });
});
