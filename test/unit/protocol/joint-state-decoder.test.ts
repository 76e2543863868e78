import { describe, expect, it } from "vitest";
import { JointStateDecoder } from "../../../src/protocol/joint-state-decoder.ts";
import { decodeJointState } from "../../../src/protocol/ros-decode.ts";
import { cdrOf, jointStateCdr } from "./cdr.ts";

const names = ["shoulder", "elbow", "a_rather_long_joint_name", "w"];

function plain(decoded: ReturnType<typeof decodeJointState>) {
  if (!decoded.ok) return { refused: true };
  const { stamp, name, position, velocity, effort } = decoded.value;
  return {
    stamp,
    name,
    position: Array.from(position),
    velocity: Array.from(velocity),
    effort: Array.from(effort),
  };
}

describe("a decoder of one sender's joint states", () => {
  it("reads message after message as the one that remembers nothing, whatever changes between them", () => {
    const decoder = new JointStateDecoder();
    const messages = [
      jointStateCdr(names, [1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]),
      jointStateCdr(names, [-1, -2, -3, Number.NaN]),
      jointStateCdr(names, [], [1, 2, 3, 4]),
      jointStateCdr(["elbow", "shoulder"], [7, 8]),
      jointStateCdr(names, [1, 2, 3, 4], [], [4, 3, 2, 1]),
      jointStateCdr([], []),
      jointStateCdr(names, [1, 2, 3, 4]),
      cdrOf("sensor_msgs/JointState", {
        header: { stamp: { sec: 9, nanosec: 8 }, frame_id: "another_frame" },
        name: names,
        position: [0.5, 0, 0, 0],
        velocity: [],
        effort: [],
      }),
    ];
    for (const bytes of [...messages, ...messages]) {
      expect(plain(decoder.decode(bytes))).toEqual(plain(decodeJointState(bytes)));
    }
  });

  it("uses the same names again while they stay the same", () => {
    const decoder = new JointStateDecoder();
    const first = decoder.decode(jointStateCdr(names, [1, 2, 3, 4]));
    const second = decoder.decode(jointStateCdr(names, [2, 3, 4, 5]));
    expect(first.ok && second.ok && first.value.name === second.value.name).toBe(true);
  });

  it("refuses what the long way refuses: cut short, or with a count that does not fit", () => {
    const whole = jointStateCdr(names, [1, 2, 3, 4], [5, 6, 7, 8]);
    for (let length = 0; length < whole.length; length++) {
      const decoder = new JointStateDecoder();
      decoder.decode(whole);
      const cut = whole.slice(0, length);
      expect(plain(decoder.decode(cut))).toEqual(plain(decodeJointState(cut)));
    }
    for (let i = 0; i < whole.length; i++) {
      const decoder = new JointStateDecoder();
      decoder.decode(whole);
      const bent = whole.slice();
      bent[i] = (bent[i] ?? 0) ^ 0xff;
      expect(plain(decoder.decode(bent))).toEqual(plain(decodeJointState(bent)));
    }
  });

  it("keeps no view of the receiver's memory", () => {
    const decoder = new JointStateDecoder();
    const bytes = jointStateCdr(names, [1, 2, 3, 4]);
    decoder.decode(bytes);
    const decoded = decoder.decode(bytes);
    bytes.fill(0xee);
    expect(plain(decoded)).toMatchObject({ position: [1, 2, 3, 4] });
  });
});
