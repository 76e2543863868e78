import { describe, expect, it } from "vitest";
import { Driver } from "../../../../src/viewer/drive/driver.ts";
import { FakePlatform } from "../../client/fake-platform.ts";
import { address, connected, granted } from "./page-line.ts";

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

describe("asking for the lease", () => {
  it("is not begun without a connection, and says so", () => {
    const driver = new Driver(address, new FakePlatform(), () => "Ada");
    driver.acquire("robot");
    expect(driver.driving.get()).toEqual({ phase: "none" });
    expect(driver.notice.get()).toMatch(/no request was sent/);
  });

  it("is shown as such until the server answers, and clears what was said before", () => {
    const { driver } = connected();
    driver.notice.set("Bob drives now.");
    driver.acquire("robot");
    expect(driver.driving.get()).toEqual({ phase: "asking", robot: "robot" });
    expect(driver.notice.get()).toBeNull();
    expect(driver.leaseOf("robot")).toBeNull();
  });

  it("for another robot gives the first one back", () => {
    const { driver, line } = granted();
    driver.acquire("cart");
    expect(line.of("release")).toMatchObject([{ robot: "robot", epoch: 4 }]);
    expect(driver.leaseOf("robot")).toBeNull();
    line.says({ op: "released", id: line.lastId("release"), robot: "robot" });
    expect(driver.driving.get()).toEqual({ phase: "asking", robot: "cart" });
  });

  it("gives a lease of this robot and of no other", () => {
    const { driver } = granted();
    expect(driver.leaseOf("robot")).toMatchObject({ robot: "robot", epoch: 4 });
    expect(driver.leaseOf("cart")).toBeNull();
    expect(driver.leaseOf(null)).toBeNull();
  });
});

describe("a move", () => {
  const position = { kind: "jointPosition", positions: { elbow: 1 } } as const;

  it("is not sent by who does not drive, and says so", () => {
    const { driver, line } = connected();
    expect(driver.move(position, "Move elbow")).toBeNull();
    expect(line.of("command")).toEqual([]);
    expect(driver.notice.get()).toMatch(/you do not drive/);
  });

  it("goes out under the lease and is followed by the server's reports", () => {
    const { driver, line } = granted();
    const move = driver.move(position, "Move elbow");
    expect(line.of("command")).toMatchObject([{ robot: "robot", epoch: 4, command: position }]);
    line.says({ op: "result", id: move?.id, stage: "executing", code: "ok", message: "", progress: 0.5 });
    expect(driver.log.moves.get()).toMatchObject([
      { label: "Move elbow", stage: "executing", progress: 0.5 },
    ]);
  });

  it("that the server could not read counts as refused", () => {
    const { driver, line } = granted();
    const move = driver.move(position, "Move elbow");
    line.says({ op: "error", id: move?.id, code: "malformed", message: "positions are missing" });
    expect(driver.log.moves.get()).toMatchObject([{ stage: "refused", message: "positions are missing" }]);
  });
});

describe("a jog", () => {
  const turn = { kind: "jointVelocity", velocities: { elbow: 0.2 } } as const;
  const zero = { kind: "jointVelocity", velocities: { elbow: 0 } };

  it("is sent again while it is held, and ends with one zero", () => {
    const { driver, line, platform } = granted();
    driver.jog.hold(turn);
    platform.advance(100);
    expect(line.of("command").map(({ command }) => command)).toEqual([turn, turn, turn]);
    driver.jog.release();
    platform.advance(500);
    expect(line.of("command").at(-1)?.command).toEqual(zero);
    expect(line.of("command")).toHaveLength(4);
  });

  it("is nothing without the lease", () => {
    const { driver, line, platform } = connected();
    driver.jog.hold(turn);
    platform.advance(200);
    expect(line.of("command")).toEqual([]);
    expect(driver.jog.active).toBe(false);
  });

  it("leaves commands out while the line takes nothing, and goes on after", () => {
    const { driver, line, platform } = granted();
    line.bufferedAmount = 1_000_000;
    driver.jog.hold(turn);
    platform.advance(100);
    expect(line.of("command")).toEqual([]);
    line.bufferedAmount = 0;
    platform.advance(50);
    expect(line.of("command")).toHaveLength(1);
  });

  it("that is refused is shown with the reason", () => {
    const { driver, line } = granted();
    driver.jog.hold(turn);
    const [sent] = line.of("command");
    line.says({ op: "result", id: sent?.id, stage: "refused", code: "limit", message: "at its limit" });
    expect(driver.log.jogRefusal.get()).toBe("at its limit");
  });

  it("ends without a zero by a stop: nothing goes out under a lease that the stop has ended", () => {
    const { driver, line, platform } = granted();
    driver.jog.hold(turn);
    driver.stop();
    platform.advance(200);
    expect(line.of("command").map(({ command }) => command)).toEqual([turn]);
    expect(line.of("stop")).toMatchObject([{ robot: "*", holder: "Ada" }]);
  });

  it("is let go of with the lease: a zero first, the release after", () => {
    const { driver, line } = granted();
    driver.jog.hold(turn);
    driver.release();
    expect(line.sent.slice(-2)).toMatchObject([{ op: "command", command: zero }, { op: "release" }]);
    line.says({ op: "released", id: line.lastId("release"), robot: "robot" });
    expect(driver.driving.get().phase).toBe("none");
    expect(driver.notice.get()).toBeNull();
  });
});

describe("what needs no lease", () => {
  it("is the question what a move would come to, and its answer is kept", () => {
    const { driver, line } = connected();
    const id = driver.rehearse("robot", { elbow: 9 });
    expect(line.of("rehearse")).toMatchObject([
      { id, robot: "robot", command: { kind: "jointPosition", positions: { elbow: 9 } } },
    ]);
    line.says({ op: "rehearsed", id, robot: "robot", code: "limit", message: "too far" });
    expect(driver.rehearsed.get()).toMatchObject({ id, code: "limit", message: "too far" });
  });

  it("is the reset, whose refusal is told", () => {
    const { driver, line } = connected();
    driver.reset("robot");
    expect(line.of("reset")).toMatchObject([{ robot: "robot", holder: "Ada" }]);
    line.says({ op: "error", id: line.lastId("reset"), code: "moving", message: "the robot still moves" });
    expect(driver.notice.get()).toBe("Not reset: the robot still moves");
  });

  it("cannot be sent without a connection: the reset says so", () => {
    const driver = new Driver(address, new FakePlatform(), () => "Ada");
    driver.reset("robot");
    expect(driver.notice.get()).toBe("Not connected: not reset.");
    expect(driver.rehearse("robot", { elbow: 1 })).toBeNull();
  });

  it("is what the server says of a message that it cannot attribute", () => {
    const { driver, line } = connected();
    line.says({ op: "error", code: "malformed", message: "a message was no JSON" });
    expect(driver.notice.get()).toBe("a message was no JSON");
  });
});

describe("while the page shows the past", () => {
  const reason = "You see the past.";

  it("gives the lease back, lets go of a jog with a zero, and sends nothing but the stop", () => {
    const { driver, line, platform } = granted();
    driver.jog.hold({ kind: "jointVelocity", velocities: { elbow: 0.1 } });
    driver.setBlock(reason);
    const commands = line.of("command");
    expect(commands.at(-1)).toMatchObject({ command: { velocities: { elbow: 0 } } });
    expect(line.of("release")).toMatchObject([{ robot: "robot", epoch: 4 }]);
    expect(driver.driving.get().phase).toBe("none");
    driver.acquire("robot");
    driver.move({ kind: "jointPosition", positions: { elbow: 1 } }, "Move elbow");
    driver.jog.hold({ kind: "jointVelocity", velocities: { elbow: 0.1 } });
    driver.reset("robot");
    platform.advance(1000);
    expect(line.of("command")).toHaveLength(commands.length);
    expect(line.of("acquire")).toHaveLength(1);
    expect(line.of("reset")).toEqual([]);
    expect(driver.notice.get()).toBe(reason);
    driver.stop();
    expect(line.of("stop")).toMatchObject([{ robot: "*" }]);
  });

  it("does not take a lease that was asked for before and comes late", () => {
    const { driver, line } = connected();
    driver.acquire("robot");
    driver.setBlock(reason);
    line.says({
      op: "lease",
      id: line.lastId("acquire"),
      robot: "robot",
      epoch: 9,
      ttlMs: 3000,
      serverTime: 10_000,
    });
    expect(driver.driving.get().phase).toBe("none");
    expect(line.of("release")).toMatchObject([{ epoch: 9 }]);
  });

  it("commands again once it is over", () => {
    const { driver, line } = granted();
    driver.setBlock(reason);
    driver.setBlock(null);
    driver.acquire("robot");
    expect(line.of("acquire")).toHaveLength(2);
  });
});
