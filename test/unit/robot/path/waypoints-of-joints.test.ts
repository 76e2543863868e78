import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { neutralConfiguration } from "../../../../src/robot/configuration.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { throughWaypoints } from "../../../../src/robot/path/plan-tool-motion.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const urdf = readFileSync(new URL("../../../../urdf/arm.urdf", import.meta.url), "utf8");
const { description } = parseUrdf(urdf);
if (description === null) throw new Error("urdf/arm.urdf cannot be read");
const model = createModel(description);

describe("way points by joint positions", () => {
  const through = (positions: Record<string, number>) =>
    throughWaypoints(
      {
        model,
        start: neutralConfiguration(model),
        tool: "gripper_tcp",
        frames: {},
        limitsOf: () => ({ velocity: 1, acceleration: 3, jerk: 30 }),
      },
      [{ positions }],
      { blend: 0, speed: 1 },
    );

  it("move fingers by their master, and name it where one names a follower", () => {
    expect(through({ left_finger: 0.02 })).toMatchObject({ ok: true, path: { joints: ["left_finger"] } });
    expect(through({ right_finger: 0.02 })).toMatchObject({
      ok: false,
      code: "mimic_joint",
      message: "point 0: right_finger follows left_finger: command that one",
    });
    expect(through({ nothing: 0.02 })).toMatchObject({ ok: false, code: "unknown_joint" });
  });
});
