import { describe, expect, it } from "vitest";
import { ModelEvaluator } from "../../../../src/cli/model/model-eval.ts";
import { createModel } from "../../../../src/robot/model.ts";
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
