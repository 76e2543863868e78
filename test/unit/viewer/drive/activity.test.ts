import { describe, expect, it } from "vitest";
import { ActivityLog, isOpen } from "../../../../src/viewer/drive/activity.ts";

describe("activity", () => {
  const result = (id: number, stage: "accepted" | "refused" | "done", message = "") => ({
    id,
    stage,
    code: "ok",
    message,
  });

  it("follows a move through its stages", () => {
    const log = new ActivityLog();
    log.begin(7, "Move elbow");
    log.advance({ id: 7, stage: "executing", code: "ok", message: "", progress: 0.4 });
    expect(log.moves.get()[0]).toMatchObject({ stage: "executing", progress: 0.4 });
    log.advance(result(7, "done"));
    expect(log.moves.get()[0]).toMatchObject({ stage: "done", progress: null });
  });

  it("shows a jog's refusal until a later jog command is accepted", () => {
    const log = new ActivityLog();
    log.jogged(1);
    log.advance(result(1, "refused", "at its limit"));
    expect(log.jogRefusal.get()).toBe("at its limit");
    log.jogged(2);
    log.advance(result(2, "accepted"));
    expect(log.jogRefusal.get()).toBeNull();
  });

  it("passes over answers to commands it never sent", () => {
    const log = new ActivityLog();
    log.advance(result(99, "refused", "not mine"));
    expect(log.jogRefusal.get()).toBeNull();
    expect(log.moves.get()).toEqual([]);
  });

  it("does not take a jog's late answer for one of the newest", () => {
    const log = new ActivityLog();
    for (const id of [1, 2, 3]) log.jogged(id);
    log.advance(result(2, "refused", "at its limit"));
    log.advance(result(1, "accepted"));
    expect(log.jogRefusal.get()).toBe("at its limit");
    log.advance(result(3, "accepted"));
    expect(log.jogRefusal.get()).toBeNull();
  });

  it("keeps the newest 12 moves, newest first", () => {
    const log = new ActivityLog();
    for (let id = 1; id <= 20; id++) log.begin(id, `Move ${id}`);
    expect(log.moves.get().map(({ id }) => id)).toEqual([20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9]);
  });

  it("shows the limit that a refused move would break", () => {
    const log = new ActivityLog();
    log.begin(7, "Move elbow");
    const breach = { joint: "elbow", limit: "position" } as never;
    log.advance({ id: 7, stage: "refused", code: "limit", message: "too far", breach });
    expect(log.moves.get()[0]).toMatchObject({ stage: "refused", message: "too far", breach });
  });

  it("of a move is open until it is refused, done or aborted", () => {
    const log = new ActivityLog();
    log.begin(7, "Move elbow");
    const open = (["accepted", "executing", "refused", "done", "aborted"] as const).filter((stage) => {
      log.advance({ id: 7, stage, code: "ok", message: "" });
      return log.moves.get().some(isOpen);
    });
    expect(open).toEqual(["accepted", "executing"]);
  });
});
