import { describe, expect, it } from "vitest";
import { GroundPlan } from "../../../../src/viewer/drive/ground-plan.ts";
import { connected } from "./page-line.ts";

const goal = { x: 2, y: 1, yaw: 0.5 };
const way = (id: string | number) => ({
  ...{ op: "planned", id, robot: "cart", path: "straight", duration: 5, frame: "map", leavesMap: false },
  poses: [
    { time: 0, position: [0, 0], yaw: 0 },
    { time: 5, position: [2, 1], yaw: 0.5 },
  ],
  footprint: { points: [[0, 0]], radius: 0.3 },
  leastDistance: { metres: 0.2, between: ["footprint", "cell (1, 2) of /map"], time: 3, point: [1, 0.5] },
});

describe("the way to a goal on the floor", () => {
  it("is asked for without a lease, and drawn above the floor", () => {
    const { driver, line } = connected();
    const plan = new GroundPlan(driver);
    plan.ask("cart", "map", goal);
    expect(line.of("plan")).toMatchObject([
      { robot: "cart", command: { kind: "navigate", frame: "map", position: [2, 1], yaw: 0.5 } },
    ]);
    expect(plan.state.get().phase).toBe("asking");
    line.says(way(line.lastId("plan")));
    expect(plan.state.get()).toMatchObject({ phase: "planned", way: { duration: 5 } });
    expect(plan.line()).toEqual([0, 0, 0.02, 2, 1, 0.02]);
    plan.drop();
    expect(plan.line()).toEqual([]);
  });

  it("is of the newest goal, and says why it is not free", () => {
    const { driver, line } = connected();
    const plan = new GroundPlan(driver);
    plan.ask("cart", "map", goal);
    const first = line.lastId("plan");
    plan.ask("cart", "map", { ...goal, x: 9 });
    line.says(way(first));
    expect(plan.state.get().phase).toBe("asking");
    line.says({
      op: "result",
      id: line.lastId("plan"),
      stage: "refused",
      code: "collision",
      message: "a wall",
    });
    expect(plan.state.get()).toEqual({ phase: "refused", code: "collision", message: "a wall" });
    expect(plan.line()).toEqual([]);
  });

  it("is nothing with a server from before it, and where the line is lost", () => {
    const { driver, line } = connected();
    const plan = new GroundPlan(driver);
    plan.ask("cart", "map", goal);
    line.says({ op: "error", id: line.lastId("plan"), code: "bad_message", message: "no such kind" });
    expect(plan.state.get().phase).toBe("none");
    plan.ask("cart", "map", goal);
    line.says({ ...way(line.lastId("plan")), poses: [{ time: 0, position: [0], yaw: 0 }] });
    expect(plan.line()).toEqual([]);
  });
});
