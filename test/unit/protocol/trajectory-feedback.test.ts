import { MessageWriter } from "@foxglove/rosmsg2-serialization";
import { describe, expect, it } from "vitest";
import { decodeTrajectoryFeedback, uuidText } from "../../../src/protocol/trajectory-feedback.ts";

type Field = { name: string; type: string; isComplex?: boolean; isArray?: boolean; arrayLength?: number };
const field = (name: string, type: string, more: Partial<Field> = {}): Field => ({ name, type, ...more });
const doubles = (name: string) => field(name, "float64", { isArray: true });

const point = {
  name: "Point",
  definitions: [
    doubles("positions"),
    doubles("velocities"),
    doubles("accelerations"),
    doubles("effort"),
    field("time_from_start", "duration"),
  ],
};

/** The bytes of a feedback message; `indexes`: as control_msgs 6.8 has it. */
function feedback(indexes: boolean, message: Record<string, unknown> = {}): Uint8Array {
  const definitions = [
    field("goal_id", "uint8", { isArray: true, arrayLength: 16 }),
    field("stamp", "time"),
    field("frame_id", "string"),
    field("joint_names", "string", { isArray: true }),
    field("desired", "Point", { isComplex: true }),
    field("actual", "Point", { isComplex: true }),
    field("error", "Point", { isComplex: true }),
    ...(indexes ? [field("index", "int32")] : []),
    field("multi_dof_joint_names", "string", { isArray: true }),
    ...(indexes ? [field("multi_dof_index", "int32")] : []),
  ];
  return new MessageWriter([{ name: "Feedback", definitions }, point]).writeMessage({
    goal_id: Uint8Array.from({ length: 16 }, (_, i) => i),
    stamp: { sec: 1, nsec: 2 },
    frame_id: "base",
    joint_names: ["shoulder", "el"],
    desired: { positions: [1, 2], velocities: [3, 4], effort: [5] },
    actual: { positions: [1.5, 2.5], accelerations: [1] },
    error: { positions: [-0.5, 0.25] },
    index: 7,
    multi_dof_joint_names: [],
    multi_dof_index: 9,
    ...message,
  });
}

const goalId = "000102030405060708090a0b0c0d0e0f";

describe("a trajectory controller's feedback", () => {
  it("is read as far as the error, with the fields of control_msgs 6.8 and without them", () => {
    for (const indexes of [true, false]) {
      expect(decodeTrajectoryFeedback(feedback(indexes))).toEqual({
        ok: true,
        value: { goalId, joints: 2, error: [-0.5, 0.25] },
      });
    }
  });

  it("may say nothing of the error", () => {
    const read = decodeTrajectoryFeedback(feedback(false, { error: { positions: [] } }));
    expect(read).toMatchObject({ ok: true, value: { error: [] } });
  });

  it("that is cut off anywhere before the end of the error is refused, and nothing is thrown", () => {
    const whole = feedback(true);
    let refused = 0;
    for (let length = 0; length < whole.length; length++) {
      if (!decodeTrajectoryFeedback(whole.slice(0, length)).ok) refused++;
    }
    expect(refused).toBeGreaterThan(whole.length / 2);
  });

  it("whose numbers of joints do not fit is refused: its layout is another", () => {
    for (const part of ["desired", "actual", "error"]) {
      const read = decodeTrajectoryFeedback(feedback(false, { [part]: { positions: [1, 2, 3] } }));
      expect(read).toEqual({ ok: false, reason: "3 positions for 2 joints", path: part });
    }
    const many = feedback(false);
    // The count of the joint names: behind the id, the stamp and "base".
    new DataView(many.buffer, many.byteOffset).setUint32(4 + 16 + 8 + 12, 0x7fffffff, true);
    expect(decodeTrajectoryFeedback(many).ok).toBe(false);
  });

  it("in another byte order is refused", () => {
    const bytes = feedback(false);
    bytes[1] = 0;
    expect(decodeTrajectoryFeedback(bytes).ok).toBe(false);
  });

  it("names its goal as a UUID's text", () => {
    expect(uuidText([0, 255, 16])).toBe("00ff10");
  });
});
