import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TargetCheck } from "../../../../src/viewer/drive/target-check.ts";
import { Targets } from "../../../../src/viewer/store/targets.ts";
import { connected } from "./page-line.ts";

/** A page that looks at a robot whose ghost is checked. */
function checked() {
  const page = connected();
  const targets = new Targets();
  const chosen: { robot: string | null } = { robot: "robot" };
  const check = new TargetCheck(page.driver, targets, () => chosen.robot);
  const asked = () =>
    page.line.of("rehearse").map(({ command }) => (command as { positions: object }).positions);
  const answer = (code: string, message = "", id = page.line.lastId("rehearse")) =>
    page.line.says({ op: "rehearsed", id, robot: "robot", code, message });
  return { ...page, targets, chosen, check, asked, answer };
}

describe("the check of a ghost", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("asks the server as soon as the ghost is moved, and then every 120 ms at most", () => {
    const { targets, asked } = checked();
    targets.set("robot", "elbow", 1);
    vi.advanceTimersByTime(0);
    expect(asked()).toEqual([{ elbow: 1 }]);
    for (const position of [1.1, 1.2, 1.3]) targets.set("robot", "elbow", position);
    vi.advanceTimersByTime(119);
    expect(asked()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(asked()).toEqual([{ elbow: 1 }, { elbow: 1.3 }]);
  });

  it("asks again every second: the robot itself may have moved", () => {
    const { targets, asked } = checked();
    targets.set("robot", "elbow", 1);
    vi.advanceTimersByTime(3000);
    expect(asked().length).toBeGreaterThanOrEqual(3);
    expect(asked().length).toBeLessThanOrEqual(4);
  });

  it("shows what speaks against the ghost until it is moved to where nothing does", () => {
    const { targets, check, answer } = checked();
    targets.set("robot", "elbow", 9);
    vi.advanceTimersByTime(0);
    answer("position_limit", "elbow may go up to 2 rad");
    expect(check.faults.get()).toMatchObject({
      robot: { code: "position_limit", message: "elbow may go up to 2 rad" },
    });
    targets.set("robot", "elbow", 1);
    vi.advanceTimersByTime(120);
    answer("ok");
    expect(check.faults.get()).toEqual({});
  });

  it("drops the fault at once with the ghost", () => {
    const { targets, check, answer } = checked();
    targets.set("robot", "elbow", 9);
    vi.advanceTimersByTime(0);
    answer("position_limit", "too far");
    targets.drop("robot");
    expect(check.faults.get()).toEqual({});
  });

  it("takes no notice of a late answer to an older question", () => {
    const { targets, line, check, answer } = checked();
    targets.set("robot", "elbow", 9);
    vi.advanceTimersByTime(0);
    const older = line.lastId("rehearse");
    targets.set("robot", "elbow", 1);
    vi.advanceTimersByTime(120);
    answer("ok");
    answer("position_limit", "too far", older);
    expect(check.faults.get()).toEqual({});
  });

  it("takes no notice of an answer that comes after the ghost was dropped", () => {
    const { targets, check, answer } = checked();
    targets.set("robot", "elbow", 9);
    vi.advanceTimersByTime(0);
    targets.drop("robot");
    answer("position_limit", "too far");
    expect(check.faults.get()).toEqual({});
  });

  it("asks nothing while no robot is chosen, and nothing for a ghost that is gone in the meantime", () => {
    const { targets, chosen, asked } = checked();
    chosen.robot = null;
    targets.set("robot", "elbow", 1);
    vi.advanceTimersByTime(500);
    chosen.robot = "robot";
    targets.set("robot", "elbow", 2);
    targets.drop("robot");
    vi.advanceTimersByTime(500);
    expect(asked()).toEqual([]);
  });

  it("wakes nobody when the same fault is said again", () => {
    const { targets, check, answer } = checked();
    targets.set("robot", "elbow", 9);
    vi.advanceTimersByTime(0);
    answer("position_limit", "too far");
    const before = check.faults.get();
    vi.advanceTimersByTime(1000);
    answer("position_limit", "too far");
    expect(check.faults.get()).toBe(before);
  });
});
