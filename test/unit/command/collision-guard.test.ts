import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { GateAtHand } from "./gate-at-hand.ts";

/** Joint a swings a rod in a plane; where it points along y there is a post. Joint b turns the rod about itself. */
const urdf = `<robot name="post">
  <link name="base"/><link name="hub"/><link name="rod"><collision><origin xyz="0.5 0 0"/><geometry><box size="1 0.02 0.02"/></geometry></collision></link>
  <link name="post"><collision><geometry><cylinder radius="0.05" length="1"/></geometry></collision></link>
  <joint name="stand" type="fixed"><parent link="base"/><child link="post"/><origin xyz="0 0.8 0"/></joint>
  <joint name="a" type="revolute"><parent link="base"/><child link="hub"/><axis xyz="0 0 1"/><limit lower="-2" upper="2" velocity="1" effort="1"/></joint>
  <joint name="b" type="revolute"><parent link="hub"/><child link="rod"/><axis xyz="1 0 0"/><limit lower="-1" upper="1" velocity="0.5" effort="1"/></joint>
</robot>`;

function guarded(): GateAtHand {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("no robot");
  const { model } = createCollisionModel(description, createModel(description), { verticesOf: () => null });
  const at = new GateAtHand();
  at.collisions = { state: "ready", model };
  at.acquire();
  return at;
}

const into: MotionCommand = { kind: "jointPosition", positions: { a: 2 } };
const short: MotionCommand = { kind: "jointPosition", positions: { a: 1 } };

describe("the gate and self-collision", () => {
  it("refuses a joint move through the post, and names the pair and the time", () => {
    const at = guarded();
    at.send("m", into);
    at.run(100);
    expect(at.out.answers("m")).toEqual(["refused self_collision"]);
    const [refusal] = at.out.results;
    expect(refusal?.message).toMatch(
      /^(post would collide with rod|rod would collide with post) after \d\.\d\d s/,
    );
    expect(refusal?.details).toMatchObject({ collision: { time: expect.closeTo(3.3, 0) } });
    expect(at.out.goals).toEqual([]);
  });

  it("refuses a trajectory whose points are free and whose way is not", () => {
    const at = guarded();
    at.joints.positions.set("a", 1.2);
    at.send("t", { kind: "jointTrajectory", points: [{ time: 4, positions: { a: 1.95 } }] });
    at.run(100);
    expect(at.out.answers("t")).toEqual(["refused self_collision"]);
  });

  it("lets through what is free, in the same cycle where that is soon known", () => {
    const at = guarded();
    expect(at.send("m", short)).toEqual(["accepted ok", "sent ok"]);
  });

  it("checks nothing that the robot has no geometry for", () => {
    const at = guarded();
    at.collisions = { state: "none" };
    expect(at.send("m", into)).toEqual(["accepted ok", "sent ok"]);
  });

  it("waits while the geometry is being read, and sends then; or refuses after two seconds", () => {
    const at = guarded();
    const ready = at.collisions;
    at.collisions = { state: "reading" };
    expect(at.send("m", short)).toEqual([]);
    at.run(300);
    expect(at.out.motions()).toBe(0);
    at.collisions = ready;
    at.run(20);
    expect(at.out.answers("m")).toEqual(["accepted ok", "sent ok"]);
    const never = guarded();
    never.collisions = { state: "reading" };
    never.send("m", short);
    never.run(2100);
    expect(never.out.answers("m")).toEqual(["refused not_checked"]);
  });

  it("drops a motion that waits when another command, the stop or the end of the lease comes first", () => {
    const ends: [string, (at: GateAtHand) => void][] = [
      ["replaced", (at) => at.send("j", { kind: "jointVelocity", velocities: { b: 0.1 } })],
      ["replaced", (at) => at.send("n", { kind: "jointPosition", positions: { b: 0.1 } })],
      ["stopped", (at) => at.gate.stop("Ann", "", at.now, at.robot())],
      ["lease_lost", (at) => at.gate.releaseSession("s", at.now, at.robot())],
    ];
    for (const [code, end] of ends) {
      const at = guarded();
      const ready = at.collisions;
      at.collisions = { state: "reading" };
      at.send("m", short);
      at.run(20);
      end(at);
      at.collisions = ready;
      at.run(100, false);
      expect(at.out.answers("m")).toEqual([`refused ${code}`]);
      for (const goal of at.out.goals)
        expect(goal.points.at(-1)?.positions[goal.joints.indexOf("a")]).toBe(0);
    }
  });

  it("plans anew from where the robot is when it moved meanwhile", () => {
    const at = guarded();
    const ready = at.collisions;
    at.collisions = { state: "reading" };
    at.send("m", short);
    at.run(50);
    at.joints.positions.set("a", -0.5);
    at.collisions = ready;
    at.run(50);
    expect(at.out.answers("m")).toEqual(["accepted ok", "sent ok"]);
    expect(at.out.goals[0]?.points[0]?.positions[0]).toBeLessThan(-0.4);
  });
});
