import { describe, expect, it } from "vitest";
import { SpeedOverride } from "../../../../src/viewer/drive/speed-override.ts";
import { connected, granted, type PageLine } from "./page-line.ts";

function overrideOf(page: PageLine) {
  return { ...page, override: new SpeedOverride(page.driver.link, page.platform, page.driver) };
}

describe("the speed of everything", () => {
  it("is sent at once, then at a bearable rate, and the newest value always goes out", () => {
    const { override, line, platform } = overrideOf(granted());
    for (let percent = 100; percent >= 20; percent -= 5) {
      override.set("robot", percent);
      platform.advance(10);
    }
    platform.advance(200);
    const sent = line.of("override").map(({ percent }) => percent);
    expect(sent[0]).toBe(100);
    expect(sent.at(-1)).toBe(20);
    expect(sent.length).toBeLessThanOrEqual(5);
  });

  it("follows the hand until the server says the same", () => {
    const { override, line } = overrideOf(granted());
    override.set("robot", 40);
    expect(override.wanted.get()).toEqual({ robot: 40 });
    line.says({ op: "override", robot: "robot", percent: 70 });
    expect(override.wanted.get()).toEqual({ robot: 40 });
    line.says({ op: "override", id: line.lastId("override"), robot: "robot", percent: 40 });
    expect(override.wanted.get()).toEqual({});
    expect(override.told.get()).toEqual({ robot: 40 });
  });

  it("goes back, with the reason, when it is refused", () => {
    const { override, line, driver } = overrideOf(connected());
    override.set("robot", 90);
    line.says({
      op: "error",
      id: line.lastId("override"),
      code: "no_lease",
      message: "raising needs the lease",
    });
    expect(override.wanted.get()).toEqual({});
    expect(driver.notice.get()).toBe("The speed was not changed: raising needs the lease");
  });
});
