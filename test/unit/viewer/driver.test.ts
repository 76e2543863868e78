import { describe, expect, it } from "vitest";
import { Driver } from "../../../src/viewer/drive/driver.ts";
import { FakePlatform, type FakeSocket } from "../client/fake-platform.ts";

const address = { base: "http://127.0.0.1:1/", token: null };

/** A page with a lease that the server granted at 10,000 of its clock. */
function granted(): { driver: Driver; line: FakeSocket; platform: FakePlatform } {
  const platform = new FakePlatform();
  const driver = new Driver(address, platform, () => "Ada");
  const line = platform.socket("ws/command");
  line.open();
  line.says({ op: "hello", session: "client-1", serverTime: 10_000 });
  driver.acquire("robot");
  expect(line.of("acquire")).toMatchObject([{ robot: "robot", holder: "Ada" }]);
  line.says({
    op: "lease",
    id: line.lastId("acquire"),
    robot: "robot",
    epoch: 4,
    ttlMs: 3000,
    serverTime: 10_000,
  });
  expect(driver.driving.get().phase).toBe("held");
  return { driver, line, platform };
}

describe("the page's lease", () => {
  it("is not ended by a state from before the grant", () => {
    const { driver } = granted();
    driver.judgeLease("robot", null, false, 9_900);
    driver.judgeLease("robot", 3, false, 9_990);
    expect(driver.driving.get().phase).toBe("held");
    expect(driver.notice.get()).toBeNull();
  });

  it("is ended by a later state that knows another holder, and says so", () => {
    const { driver } = granted();
    driver.judgeLease("robot", 4, false, 10_010);
    expect(driver.driving.get().phase).toBe("held");
    driver.judgeLease("robot", 5, false, 10_020);
    expect(driver.driving.get().phase).toBe("none");
    expect(driver.notice.get()).toBe("Somebody else drives now.");
  });

  it("is ended by a stop without a notice of its own: the banner of the stop says it", () => {
    for (const ending of ["status", "message"]) {
      const { driver, line } = granted();
      if (ending === "status") driver.judgeLease("robot", null, true, 10_010);
      else line.says({ op: "stopped", robot: "*", by: "Bob" });
      expect(driver.driving.get().phase).toBe("none");
      expect(driver.notice.get()).toBeNull();
    }
  });

  it("is renewed, and ended with words when the server no longer answers", () => {
    const { driver, line, platform } = granted();
    platform.advance(1000);
    expect(line.of("renew")).toMatchObject([{ robot: "robot", epoch: 4 }]);
    platform.advance(2000);
    expect(driver.driving.get().phase).toBe("none");
    expect(driver.notice.get()).toMatch(/did not answer in time/);
  });

  it("is gone with the connection, and what was pending of the page's moves is aborted", () => {
    const { driver, line } = granted();
    driver.move({ kind: "jointPosition", positions: { elbow: 1 } }, "Move elbow");
    line.drop();
    expect(driver.driving.get().phase).toBe("none");
    expect(driver.notice.get()).toMatch(/connection was lost/);
    expect(driver.log.moves.get()).toMatchObject([{ stage: "aborted" }]);
  });

  it("names who drives when it is refused", () => {
    const platform = new FakePlatform();
    const driver = new Driver(address, platform, () => "Ada");
    const line = platform.socket("ws/command");
    line.open();
    driver.acquire("robot");
    line.says({
      op: "error",
      id: line.lastId("acquire"),
      code: "lease_held",
      message: "Bob drives robot now",
      holder: "Bob",
    });
    expect(driver.notice.get()).toBe("Bob drives now.");
    expect(driver.driving.get().phase).toBe("none");
  });
});
