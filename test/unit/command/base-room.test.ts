import { describe, expect, it } from "vitest";
import { BaseRoom } from "../../../src/command/base-room.ts";
import { createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../src/robot/collision/scene.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../robot/random-from.ts";
import { GateAtHand, twist } from "./gate-at-hand.ts";

const streams = Number(process.env.BASE_STREAMS ?? 12);
const urdf = `<robot name="cart"><link name="base"><collision><geometry><box size="0.6 0.4 0.2"/></geometry></collision></link>
  <link name="mast"><collision><geometry><box size="0.1 0.1 0.6"/></geometry></collision></link>
  <joint name="a" type="revolute"><parent link="base"/><child link="mast"/><origin xyz="0 0 0.4"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" velocity="1" effort="1"/></joint></robot>`;
const { description } = parseUrdf(urdf);
if (description === null) throw new Error("no robot");
const robot = createModel(description);
const alone = createCollisionModel(description, robot, { verticesOf: () => null }).model;
/** Posts of 10 cm around the origin of the world, 20 cm high: lower than the mast. */
const posts = [0, 1, 2, 3, 4].map((k) => ({ x: 1.5 * Math.cos(1.3 * k), y: 1.5 * Math.sin(1.3 * k) }));

/** A base that moves as its twists say, 60 ms after they were sent. */
class Cart extends GateAtHand {
  x = 0;
  y = 0;
  yaw = 0;
  private readonly sent: { x: number; y: number; yaw: number }[] = [];
  private taken = 0;
  private moves = { x: 0, y: 0, yaw: 0 };

  constructor() {
    super();
    this.acquire();
    this.isBaseSeen = true;
    this.look();
  }

  /** The scene as it stands around the base. */
  look(): void {
    const [c, s] = [Math.cos(-this.yaw), Math.sin(-this.yaw)];
    const objects = posts.map(({ x, y }, k): SceneObject => {
      const [dx, dy] = [x - this.x, y - this.y];
      return {
        id: `post ${k}`,
        role: k === 0 ? "keepout" : "obstacle",
        geometry: { kind: "cylinder", radius: 0.05, length: 0.2 },
        link: null,
        touching: [],
        pose: { position: [c * dx - s * dy, s * dx + c * dy, 0], quaternion: [0, 0, 0, 1] },
      };
    });
    this.collisions = {
      state: "ready",
      model: withScene(alone, objects, {}),
      world: new Set(objects.map(({ id }) => id)),
    };
  }

  /** A cycle of 10 ms; the least distance of the box of the base from a post, m. */
  step(): number {
    const before = this.out.twists.length;
    this.run(10);
    if (this.out.twists.length > before) this.moves = { ...(this.out.twists.at(-1) ?? this.moves) };
    this.sent.push(this.moves);
    const now = this.sent[this.taken - 6];
    this.taken += 1;
    if (now !== undefined) {
      this.x += 0.01 * (now.x * Math.cos(this.yaw) - now.y * Math.sin(this.yaw));
      this.y += 0.01 * (now.x * Math.sin(this.yaw) + now.y * Math.cos(this.yaw));
      this.yaw += 0.01 * now.yaw;
    }
    this.look();
    let least = Number.POSITIVE_INFINITY;
    for (const { x, y } of posts) {
      const [dx, dy] = [x - this.x, y - this.y];
      const [c, s] = [Math.cos(-this.yaw), Math.sin(-this.yaw)];
      const [u, v] = [Math.abs(c * dx - s * dy) - 0.3, Math.abs(s * dx + c * dy) - 0.2];
      const apart = Math.hypot(Math.max(0, u), Math.max(0, v)) + Math.min(0, Math.max(u, v));
      least = Math.min(least, apart - 0.05);
    }
    return least;
  }
}

describe("a jog of a base", () => {
  it("slows down before what stands around it, stands, says before what, and drives away from it", () => {
    const at = new Cart();
    let least = Number.POSITIVE_INFINITY;
    for (let ms = 0; ms < 6000; ms += 10) {
      if (ms % 50 === 0) at.send(`go ${ms}`, twist(0.5, 0));
      least = Math.min(least, at.step());
    }
    expect(least).toBeGreaterThanOrEqual(0.01);
    expect(least).toBeLessThan(0.06);
    expect(at.out.results.at(-1)).toMatchObject({ stage: "accepted", code: "limited" });
    expect(at.out.results.at(-1)?.message).toMatch(/^slowed down: base would .* the keep-out area post 0/);
    expect(at.out.twists.at(-1)).toMatchObject({ x: 0 });
    const stood = at.x;
    for (let ms = 0; ms < 1000; ms += 10) {
      if (ms % 50 === 0) at.send(`back ${ms}`, twist(-0.5, 0));
      at.step();
    }
    expect(at.x).toBeLessThan(stood - 0.2);
  });

  it(`comes near to nothing in ${streams} random streams`, () => {
    let worst = Number.POSITIVE_INFINITY;
    let way = 0;
    for (let seed = 1; seed <= streams; seed += 1) {
      const { next } = randomFrom(seed);
      const at = new Cart();
      let command = twist(0.5, 0);
      for (let ms = 0; ms < 8000; ms += 10) {
        if (ms % 800 === 0) command = twist(next() - 0.3, 3 * (next() - 0.5), 0.6 * (next() - 0.5));
        if (ms % 40 === 0 && next() < 0.9) at.send(`go ${ms}`, command);
        worst = Math.min(worst, at.step());
      }
      way = Math.max(way, Math.hypot(at.x, at.y));
    }
    console.info(`at least ${(1000 * worst).toFixed(1)} mm from the posts; up to ${way.toFixed(2)} m away`);
    expect(worst).toBeGreaterThan(0.005);
    expect(way).toBeGreaterThan(1);
  });

  it("with steered wheels is looked ahead for on the curve that it can drive", () => {
    const at = new Cart();
    // The first post is 0.8 m ahead: a turn by a third of a metre passes it, a wide curve does not.
    at.x = 0.7;
    at.look();
    const share = (turningRadius?: number): number => {
      const robot = at.robot();
      const slow = { ...robot.limits.twist, linearAcceleration: 0.3, angularAcceleration: 0.9 };
      const limits = {
        ...robot.limits,
        twist: turningRadius === undefined ? slow : { ...slow, turningRadius },
      };
      const turn = { x: 0.5, y: 0, yaw: 1.5 };
      return new BaseRoom().shareOf(turn, turn, { ...robot, limits }, at.now);
    };
    expect(share()).toBe(1);
    expect(share(2)).toBeLessThan(1);
  });

  it("does not move where the surroundings are not known", () => {
    const at = new Cart();
    at.collisions = { state: "unknown", reason: "tf does not say where the map is" };
    at.send(1, twist(0.5, 0));
    at.run(60);
    at.send(2, twist(0.5, 0));
    at.run(60);
    expect(at.out.twists.length).toBeGreaterThan(1);
    expect(at.out.twists.every(({ x }) => x === 0)).toBe(true);
    expect(at.out.results.at(-1)?.message).toContain("tf does not say");
  });
});
