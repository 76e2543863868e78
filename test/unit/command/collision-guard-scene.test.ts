import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../src/robot/collision/scene.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { GateAtHand } from "./gate-at-hand.ts";

/** Joint a swings a rod of 1 m in the plane z = 0; b turns it about itself. */
const urdf = `<robot name="rod"><link name="base"/><link name="hub"/>
  <link name="rod"><collision><origin xyz="0.5 0 0"/><geometry><box size="1 0.02 0.02"/></geometry></collision></link>
  <joint name="a" type="revolute"><parent link="base"/><child link="hub"/><axis xyz="0 0 1"/><limit lower="-2" upper="2" velocity="1" effort="1"/></joint>
  <joint name="b" type="revolute"><parent link="hub"/><child link="rod"/><axis xyz="1 0 0"/><limit lower="-1" upper="1" velocity="0.5" effort="1"/></joint>
</robot>`;

const post: SceneObject = {
  id: "post",
  role: "obstacle",
  geometry: { kind: "cylinder", radius: 0.05, length: 1 },
  link: null,
  touching: [],
  pose: { position: [0, 0.8, 0], quaternion: [0, 0, 0, 1] },
};

function among(...objects: SceneObject[]): GateAtHand {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("no robot");
  const { model } = createCollisionModel(description, createModel(description), { verticesOf: () => null });
  const at = new GateAtHand();
  at.collisions = { state: "ready", model: withScene(model, objects) };
  at.acquire();
  return at;
}

const into: MotionCommand = { kind: "jointPosition", positions: { a: 1.95 } };

describe("the gate and the robot's surroundings", () => {
  it("refuses a move into an object, and names it, the place and the time", () => {
    const at = among(post);
    at.send("m", into);
    at.run(100);
    expect(at.out.answers("m")).toEqual(["refused collision"]);
    const [refusal] = at.out.results;
    expect(refusal?.message).toMatch(
      /^rod would come within 10 mm of post after \d\.\d\d s, at \(0\.\d+, 0\.\d+, -?0\.\d+\) m/,
    );
    const { collision } = refusal?.details ?? {};
    expect(collision).toMatchObject({ link1: "rod", link2: "post" });
    const [x = 0, y = 0] = collision?.point ?? [];
    // In the middle between the post's surface and the margin around it.
    expect(Math.hypot(x, y - 0.8)).toBeCloseTo(0.055, 3);
    expect(at.out.goals).toEqual([]);
  });

  it("has a code of its own for keep-out areas", () => {
    const at = among({ ...post, id: "door", role: "keepout" });
    at.send("m", into);
    at.run(100);
    expect(at.out.answers("m")).toEqual(["refused keep_out"]);
    expect(at.out.results[0]?.message).toContain("rod would come within 10 mm of the keep-out area door");
  });

  it("keeps the margin, and lets a move out of it that began in it", () => {
    /** A wall `gap` m beside the rod, which turns by `a`: towards the wall where that is negative. */
    const go = (gap: number, a: number): string | undefined => {
      const wall = {
        ...post,
        geometry: { kind: "box", size: [2, 0.1, 1] } as const,
        pose: { ...post.pose, position: [0, -0.06 - gap, 0] as const },
      };
      const at = among(wall);
      at.send("m", { kind: "jointPosition", positions: { a } });
      at.run(300);
      return at.out.answers("m").at(-1);
    };
    expect(go(0.016, -0.005)).toBe("sent ok");
    expect(go(0.012, -0.005)).toBe("refused collision");
    expect(go(0.004, 0.3)).toBe("sent ok");
    expect(go(0.004, -0.002)).toBe("refused collision");
  });

  it("checks what is carried", () => {
    const cube: SceneObject = {
      ...post,
      id: "cube",
      link: "rod",
      pose: { ...post.pose, position: [1.2, 0, 0] },
    };
    const wall: SceneObject = {
      ...post,
      id: "wall",
      geometry: { kind: "box", size: [1, 0.1, 1] },
      pose: { ...post.pose, position: [0, 1.2, 0] },
    };
    const free = among(wall);
    free.send("m", into);
    free.run(100);
    expect(free.out.answers("m")).toContain("accepted ok");
    const at = among(cube, wall);
    at.send("m", into);
    at.run(100);
    expect(at.out.results[0]).toMatchObject({
      code: "collision",
      details: { collision: { link1: "cube", link2: "wall" } },
    });
  });

  it("refuses while the surroundings are not known", () => {
    const at = among(post);
    at.collisions = { state: "unknown", reason: "nobody measures where the base is in map" };
    expect(at.send("m", into)).toEqual(["refused not_checked"]);
    expect(at.out.results[0]?.message).toBe("nobody measures where the base is in map");
  });
});
