import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ModelEvaluator } from "../../../../src/cli/model/model-eval.ts";
import { createModel, type ModelBase } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

function evaluator(inertial: string): ModelEvaluator {
  const { description } = parseUrdf(`<robot name="r"><link name="b"/><link name="l">${inertial}</link>
    <joint name="constructor" type="revolute"><parent link="b"/><child link="l"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>`);
  if (description === null) throw new Error("no robot");
  return new ModelEvaluator(createModel(description));
}

const mass = `<inertial><mass value="2"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>`;

describe("a request of model eval", () => {
  it("of which one quantity cannot be computed has the others, and says why not that one", () => {
    const text = evaluator("").answer('{"want":["fk","aba","rnea","com","gravity"]}');
    const answer = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(answer)).toEqual(["fk", "rnea", "gravity", "errors"]);
    expect(answer.rnea).toEqual({ constructor: 0 });
    expect(answer.errors).toEqual({
      aba: expect.stringContaining("a joint moves nothing with a mass"),
      com: "no link has a mass; give them an <inertial>",
    });
  });

  it("of which one overflows has the others", () => {
    const text = evaluator(mass).answer(
      '{"a":{"constructor":1e308},"v":{"constructor":1e200},"want":["fk","energy","com"]}',
    );
    expect(JSON.parse(text)).toMatchObject({
      fk: { l: { position: [0, 0, 0] } },
      com: [0, 0, 0],
      errors: { energy: "the numbers are too large to compute with" },
    });
  });

  it("without a fault has no errors", () => {
    expect(JSON.parse(evaluator(mass).answer('{"want":["aba"]}'))).toEqual({ aba: { constructor: 0 } });
  });
});

const everyJoint = readFileSync(new URL("../../../truth/urdf/every-joint.urdf", import.meta.url), "utf8");

/** The answer to one request about the robot with a joint of each type. */
function answerOf(request: object, base: ModelBase = "fixed"): Record<string, unknown> {
  const { description } = parseUrdf(everyJoint);
  if (description === null) throw new Error("no robot");
  return JSON.parse(new ModelEvaluator(createModel(description, base)).answer(JSON.stringify(request)));
}

describe("an answer of model eval", () => {
  it("has every link's pose, the root at the origin", () => {
    const { fk } = answerOf({}) as { fk: Record<string, object> };
    expect(Object.keys(fk)).toHaveLength(9);
    expect(fk.base).toEqual({ position: [0, 0, 0], quaternion: [0, 0, 0, 1] });
    expect(fk.rev).toMatchObject({ position: [0.1, -0.2, 0.3] });
  });

  it("has a number for a joint of one, a list for one of several, and nothing for a fixed one", () => {
    const { gravity } = answerOf({ want: ["gravity"] }) as { gravity: Record<string, unknown> };
    expect(gravity.j_rev).toEqual(expect.any(Number));
    expect(gravity.j_free).toHaveLength(6);
    expect(gravity).not.toHaveProperty("j_rigid");
    expect(gravity).not.toHaveProperty("base");
  });

  it("has six numbers for a floating base, before all joints", () => {
    const { rnea } = answerOf({ want: ["rnea"] }, "floating") as { rnea: Record<string, number[]> };
    expect(Object.keys(rnea)[0]).toBe("base");
    const [, , lift = 0] = rnea.base ?? [];
    expect(lift).toBeCloseTo(9 * 1.5 * 9.81, 1);
  });

  it("names the columns of its matrices, a joint of several numbers by its parts", () => {
    type Matrix = { order: string[]; matrix: number[][] };
    const { jacobian, crba } = answerOf({ want: ["crba", "jacobian"], frame: "plane" }, "floating") as {
      jacobian: Matrix;
      crba: Matrix;
    };
    expect(crba.order).toEqual(jacobian.order);
    expect(crba.order.slice(0, 7)).toEqual([
      "base.0",
      "base.1",
      "base.2",
      "base.3",
      "base.4",
      "base.5",
      "j_rev",
    ]);
    expect(crba.order).toContain("j_free.5");
    const { length } = crba.order;
    expect([crba.matrix.length, crba.matrix[0]?.length]).toEqual([length, length]);
    expect([jacobian.matrix.length, jacobian.matrix[0]?.length]).toEqual([6, length]);
  });

  it("of forward dynamics undoes that of inverse dynamics", () => {
    const motion = { q: { j_rev: 0.3, j_slide: 0.1 }, v: { j_rev: 0.4, j_cont: -0.2 } };
    const { rnea } = answerOf({ ...motion, a: { j_rev: 1.5, j_slide: -0.5 }, want: ["rnea"] });
    const { aba } = answerOf({ ...motion, tau: rnea, want: ["aba"] }) as { aba: Record<string, number> };
    expect(aba.j_rev).toBeCloseTo(1.5, 9);
    expect(aba.j_slide).toBeCloseTo(-0.5, 9);
    expect(aba.j_cont).toBeCloseTo(0, 9);
  });

  it("has no kinetic energy at rest, and some in motion", () => {
    const kinetic = (request: object) =>
      (answerOf({ ...request, want: ["energy"] }).energy as { kinetic: number }).kinetic;
    expect(kinetic({})).toBe(0);
    expect(kinetic({ v: { j_rev: 1 } })).toBeGreaterThan(0);
  });

  it("is an error alone where the request makes no sense", () => {
    expect(answerOf({ q: { elbow: 1 } })).toEqual({ error: 'there is no joint "elbow"' });
  });
});
