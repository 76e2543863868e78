import { describe, expect, it } from "vitest";
import { Signal } from "../../../../src/client/signal.ts";
import type { StatusMessage } from "../../../../src/protocol/state-messages.ts";
import { AlarmBoard, clearedShownMs, isNew } from "../../../../src/viewer/store/alarm-board.ts";
import { alarmsOf } from "../../../../src/viewer/store/alarms.ts";
import type { Things, TwinStore } from "../../../../src/viewer/store/twin-store.ts";
import { storageOf } from "../layout/some-layout.ts";

const statusWith = (change: object): StatusMessage =>
  ({ op: "status", sources: [], control: [], ...change }) as unknown as StatusMessage;
const stopped = statusWith({
  control: [
    { robot: "arm", stopped: { by: "Ada", at: 500, reason: "button" } },
    { robot: "b", stopped: null },
  ],
});
const thing = (type: string, path: string, value: string, more: object = {}) => ({
  type,
  definition: {},
  properties: {
    [path]: { unit: "", reported: { value, received: 700, quality: "good", source: "s", ...more } },
  },
});
const things = {
  arm: thing("robot", "watchdog/ros", "tripped", { reason: "ROS is silent" }),
  calm: thing("robot", "watchdog/ros", "ok"),
  servo: thing("device", "servo/status", "lost"),
  lamp: thing("device", "lamp/status", "online"),
} as unknown as Things;

describe("alarms", () => {
  it("are what stands: stops, tripped watchdogs, devices that are away, sources with a fault; errors first", () => {
    const sources = [
      { name: "ros", state: "error", detail: "no domain" },
      { name: "mqtt", state: "ok", detail: "" },
      { name: "uart", state: "off", detail: "" },
    ];
    expect(alarmsOf(things, { ...stopped, sources } as unknown as StatusMessage)).toEqual([
      { id: "source ros", severity: "error", text: "ros: no domain", sinceMs: null },
      { id: "stop arm", severity: "error", text: "arm is stopped by Ada. button", sinceMs: 500 },
      { id: "device servo", severity: "warning", text: "servo is lost.", sinceMs: 700 },
      {
        id: "watchdog/ros arm",
        severity: "warning",
        text: "The watchdog “ros” of arm tripped: ROS is silent.",
        sinceMs: 700,
      },
    ]);
    expect(alarmsOf({}, null)).toEqual([]);
  });

  const boardOf = (storage = storageOf()) => {
    const store = {
      things: new Signal<Things>({}),
      status: new Signal<StatusMessage | null>(null),
      motion: { isPast: false },
    };
    let nowMs = 1000;
    const board = new AlarmBoard(store as unknown as TwinStore, storage, () => nowMs);
    const pass = (ms: number) => {
      nowMs += ms;
    };
    return { store, board, pass };
  };

  it("are acknowledged by what and since when, also for the next visit; what comes again is a new one", () => {
    const storage = storageOf();
    const { store, board } = boardOf(storage);
    store.status.set(stopped);
    const [first] = board.alarms.get();
    if (first === undefined) throw new Error("no alarm");
    expect(isNew(first)).toBe(true);
    board.acknowledge(first);
    expect(board.alarms.get().map(isNew)).toEqual([false]);
    const next = boardOf(storage);
    next.store.status.set(stopped);
    expect(next.board.alarms.get()).toMatchObject([{ isAcknowledged: true, clearedMs: null }]);
    store.status.set(statusWith({}));
    store.status.set(
      statusWith({ control: [{ robot: "arm", stopped: { by: "Ada", at: 900, reason: "" } }] }),
    );
    expect(board.alarms.get().map(isNew)).toEqual([true]);
  });

  it("are listed for a minute after they are cleared, and then no more", () => {
    const { store, board, pass } = boardOf();
    store.status.set(stopped);
    store.status.set(statusWith({}));
    expect(board.alarms.get()).toMatchObject([{ id: "stop arm", clearedMs: 1000 }]);
    expect(board.alarms.get().some(isNew)).toBe(false);
    pass(clearedShownMs);
    store.status.set(statusWith({}));
    expect(board.alarms.get()).toEqual([]);
  });

  it("keep the time from which on they stand, and stay while the page shows the past", () => {
    const { store, board, pass } = boardOf();
    store.things.set({ servo: things.servo } as Things);
    pass(600);
    const again = { servo: thing("device", "servo/status", "lost", { received: 5000 }) } as unknown as Things;
    store.things.set(again);
    expect(board.alarms.get()).toMatchObject([{ id: "device servo", sinceMs: 700 }]);
    store.motion.isPast = true;
    pass(600);
    store.things.set({});
    expect(board.alarms.get()).toMatchObject([{ id: "device servo", clearedMs: null }]);
  });
});
