import { describe, expect, it } from "vitest";
import { FreshPress } from "../../../src/command/fresh-press.ts";

describe("a fresh press", () => {
  it("is demanded of the session whose jog ended, as long as it goes on, and not of another that drives now", () => {
    const press = new FreshPress();
    press.demand("reloaded", "another robot takes its place", 0, "demo");
    for (let now = 0; now < 2000; now += 40) {
      expect(press.refusal(false, now, "demo")?.code).toBe("reloaded");
    }
    expect(press.refusal(false, 2010, "ann")).toBeNull();
  });

  it("is there after a zero, and after a pause", () => {
    const press = new FreshPress();
    press.demand("not_following", "it does not follow", 0, "ann");
    expect(press.refusal(false, 40, "ann")).not.toBeNull();
    expect(press.refusal(true, 80, "ann")).toBeNull();
    press.demand("not_following", "it does not follow", 100, "ann");
    expect(press.refusal(false, 360, "ann")).toBeNull();
  });
});
