import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ModelRequest, readModelRequest, wants } from "../../../../src/cli/model/model-request.ts";
import { createModel, type ModelBase } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const everyJoint = readFileSync(new URL("../../../truth/urdf/every-joint.urdf", import.meta.url), "utf8");

function modelOf(text: string, base: ModelBase = "fixed") {
  const { description } = parseUrdf(text);
  if (description === null) throw new Error("no robot");
  return createModel(description, base);
}

const model = modelOf(everyJoint);
const floating = modelOf(everyJoint, "floating");

function read(request: unknown, of = model): ModelRequest {
  const result = readModelRequest(of, JSON.stringify(request));
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

/** Why a request is refused. */
function refusal(request: unknown, of = model): string {
  const result = readModelRequest(of, typeof request === "string" ? request : JSON.stringify(request));
  return result.ok ? "it is taken" : result.reason;
}

/** A joint's numbers in an array of the model. */
function numbersOf(array: Float64Array, joint: string, of = model): number[] {
  const { qIndex, vIndex, nq, nv } = of.joints[of.jointIndex.get(joint) ?? -1] ?? expect.fail(joint);
  return array.length === of.nq && of.nq !== of.nv
    ? [...array.subarray(qIndex, qIndex + nq)]
    : [...array.subarray(vIndex, vIndex + nv)];
}

describe("a request of model eval", () => {
  it("that says nothing is the neutral robot at rest, of which the poses are wanted", () => {
    const { q, v, a, tau, want, frame } = read({});
    expect([want, frame]).toEqual([["fk"], null]);
    expect([v, a, tau].every((rates) => rates.length === model.nv && rates.every((one) => one === 0))).toBe(
      true,
    );
    expect(numbersOf(q, "j_free")).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  it("has each joint's numbers at their places, and zeros for the others", () => {
    const { q, v, tau } = read({
      q: { j_rev: 0.5, j_free: [1, 2, 3, 0, 0, 1, 0] },
      v: { j_rev: 2 },
      tau: { j_free: [1, 2, 3, 4, 5, 6] },
    });
    expect(numbersOf(q, "j_rev")).toEqual([0.5]);
    expect(numbersOf(q, "j_free")).toEqual([1, 2, 3, 0, 0, 1, 0]);
    expect(numbersOf(v, "j_rev")).toEqual([2]);
    expect(numbersOf(v, "j_slide")).toEqual([0]);
    expect(numbersOf(tau, "j_free")).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is answered in the order of the answer, each want once", () => {
    expect(read({ want: ["energy", "fk", "energy"] }).want).toEqual(["fk", "energy"]);
    expect(read({ want: [...wants], frame: "plane" }).want).toEqual(wants);
  });

  it("names a link by its name", () => {
    expect(read({ want: ["jacobian"], frame: "plane" }).frame).toBe(model.linkIndex.get("plane"));
  });

  it("places a floating base, whose quaternion is normalised where it is nearly of length 1", () => {
    const { q, v } = read(
      { q: { base: [1, 2, 3, 0, 0, 0, 1.0005] }, v: { base: [1, 2, 3, 4, 5, 6] } },
      floating,
    );
    expect([...q.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect([...v.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("does not move a follower: it goes where its master is", () => {
    const mimic = modelOf(`<robot name="m"><link name="a"/><link name="b"/><link name="c"/>
      <joint name="one" type="continuous"><parent link="a"/><child link="b"/></joint>
      <joint name="two" type="continuous"><parent link="b"/><child link="c"/><mimic joint="one"/></joint></robot>`);
    const { q, v } = read({ q: { two: 1 }, v: { two: 1 } }, mimic);
    expect([...q, ...v].every((number) => number === 0 || number === 1)).toBe(true);
    expect(q).toEqual(read({}, mimic).q);
    expect(v).toEqual(read({}, mimic).v);
  });

  it("may speak of a joint that is called base, while the base is fixed", () => {
    const own = `<robot name="m"><link name="a"/><link name="b"/>
      <joint name="base" type="prismatic"><parent link="a"/><child link="b"/><limit lower="0" upper="9" velocity="1" effort="1"/></joint></robot>`;
    expect([...read({ q: { base: 2 } }, modelOf(own)).q]).toEqual([2]);
  });

  it.each<[unknown, string | RegExp]>([
    ["{", /^not JSON: /],
    ["[]", "a request should be an object"],
    ["null", "a request should be an object"],
    [{ q: [1] }, "q should be an object of joint and value"],
    [{ tau: 1 }, "tau should be an object of joint and value"],
    [{ q: { elbow: 1 } }, 'there is no joint "elbow"'],
    [{ q: { toString: 1 } }, 'there is no joint "toString"'],
    [{ q: { j_rigid: 1 } }, 'joint "j_rigid" is fixed and has no position'],
    [{ v: { j_rigid: 1 } }, 'joint "j_rigid" is fixed and has no position'],
    [{ q: { j_rev: "1" } }, 'q of joint "j_rev" should be a finite number'],
    [{ q: { j_rev: null } }, 'q of joint "j_rev" should be a finite number'],
    ['{"q":{"j_rev":1e999}}', 'q of joint "j_rev" should be a finite number'],
    [{ q: { j_free: [1, 2, 3] } }, 'q of joint "j_free" should be 7 finite numbers in a list'],
    [{ a: { j_free: [1, 2, 3, 4, 5, "6"] } }, 'a of joint "j_free" should be 6 finite numbers in a list'],
    [{ q: { j_free: [0, 0, 0, 0, 0, 0, 0] } }, 'q of joint "j_free" has a quaternion of length 0, not 1'],
    [{ q: { base: [0, 0, 0, 0, 0, 0, 1] } }, "q.base needs --base floating"],
    [{ v: { base: [0, 0, 0, 0, 0, 0] } }, "v.base needs --base floating"],
    [{ want: [] }, 'want should be a list, as ["fk"]'],
    [{ want: "fk" }, 'want should be a list, as ["fk"]'],
    [{ want: ["fk", "ik"] }, `want "ik" is not known; there are ${wants.join(", ")}`],
    [{ want: [["fk"]] }, `want […] is not known; there are ${wants.join(", ")}`],
    [{ want: ["jacobian"] }, 'jacobian needs a frame, as "frame":"tip_long_axis"'],
    [{ frame: "hand" }, 'frame "hand" is not a link of this robot'],
    [{ frame: 3 }, "frame 3 is not a link of this robot"],
    [{ frame: { link: "plane" } }, "frame {…} is not a link of this robot"],
  ])("that is %o is refused: %s", (request, reason) => {
    if (typeof reason === "string") expect(refusal(request)).toBe(reason);
    else expect(refusal(request)).toMatch(reason);
  });

  it.each([
    [{ q: { base: [1, 2, 3] } }, "q.base should be [x, y, z, qx, qy, qz, qw]"],
    [{ q: { base: [0, 0, 0, 0, 0, 0, 2] } }, "q.base has a quaternion of length 2, not 1"],
    [{ a: { base: [1] } }, "a.base should be six numbers: linear, then angular"],
  ])("with a floating base that is %o is refused: %s", (request, reason) => {
    expect(refusal(request, floating)).toBe(reason);
  });

  it("that is nested without end is refused, and does not overflow the stack", () => {
    const deep = `{"frame":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(refusal(deep)).toBe("frame […] is not a link of this robot");
  });
});
