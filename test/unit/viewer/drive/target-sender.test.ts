import { describe, expect, it } from "vitest";
import { TargetSender } from "../../../../src/viewer/drive/target-sender.ts";
import { Targets } from "../../../../src/viewer/store/targets.ts";
import { connected, granted, type PageLine } from "./page-line.ts";

/** The page with a ghost of which the elbow was moved. */
function withGhost(page: PageLine) {
  const targets = new Targets();
  const sender = new TargetSender(page.driver, targets);
  targets.set("robot", "elbow", 1);
  const ends = (stage: string, message = "") =>
    page.line.says({ op: "result", id: page.line.lastId("command"), stage, code: "ok", message });
  return { ...page, targets, sender, ends };
}

describe("the ghost as a move", () => {
  it("goes out with all of its joints, under a name that people can read", () => {
    const { sender, targets, line, driver } = withGhost(granted());
    targets.set("robot", "wrist", 2);
    expect(sender.go("robot")).toBe(true);
    expect(line.of("command")).toMatchObject([
      { command: { kind: "jointPosition", positions: { elbow: 1, wrist: 2 } } },
    ]);
    targets.set("robot", "shoulder", 3);
    sender.go("robot");
    expect(driver.log.moves.get().map(({ label }) => label)).toEqual([
      "Move 3 joints",
      "Move elbow and wrist",
    ]);
  });

  it("is nothing where no joint was moved, or nobody drives", () => {
    const { sender, line } = withGhost(granted());
    expect(sender.go("cart")).toBe(false);
    expect(line.of("command")).toEqual([]);
    expect(withGhost(connected()).sender.go("robot")).toBe(false);
  });

  it.each(["done", "aborted"])("stays in sight until the move is %s", (stage) => {
    const { sender, targets, ends } = withGhost(granted());
    sender.go("robot");
    ends("executing");
    expect(targets.of("robot")).toEqual({ elbow: 1 });
    ends(stage);
    expect(targets.of("robot")).toEqual({});
  });

  it("stays to be corrected when the move is refused", () => {
    const { sender, targets, ends } = withGhost(granted());
    sender.go("robot");
    ends("refused", "too far");
    expect(targets.of("robot")).toEqual({ elbow: 1 });
  });

  it("stays where it was moved on while the move was on its way", () => {
    const { sender, targets, ends } = withGhost(granted());
    sender.go("robot");
    targets.set("robot", "elbow", 1.5);
    ends("done");
    expect(targets.of("robot")).toEqual({ elbow: 1.5 });
  });

  it("goes with the lease: no answer will come any more", () => {
    const { sender, targets, line } = withGhost(granted());
    targets.set("cart", "wheel", 1);
    sender.go("robot");
    line.drop();
    expect(targets.of("robot")).toEqual({});
    expect(targets.of("cart")).toEqual({});
  });
});
