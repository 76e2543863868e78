import { beforeEach, describe, expect, it } from "vitest";
import { ViewHistory } from "../../../../src/viewer/layout/view-history.ts";

type View = { panel: string | null; camera: number[]; units: string };

describe("steps of a view", () => {
  let view: View;
  let applied: Partial<View>[];
  let steps: ViewHistory<View>;
  const gesture = (change: Partial<View>) => {
    steps.begin();
    view = { ...view, ...change };
    steps.end();
  };

  beforeEach(() => {
    view = { panel: "joints", camera: [0, 0, 1], units: "rad" };
    applied = [];
    steps = new ViewHistory<View>(
      () => view,
      (part) => {
        applied.push(part);
        view = { ...view, ...part };
      },
    );
  });

  it("go back and forth, one for each gesture, and set only what that changed", () => {
    gesture({ panel: "plots" });
    gesture({ camera: [1, 0, 1], panel: null });
    expect(steps.depth.get()).toEqual({ back: 2, forth: 0 });
    expect(steps.undo()).toBe(true);
    expect(view).toEqual({ panel: "plots", camera: [0, 0, 1], units: "rad" });
    expect(steps.undo()).toBe(true);
    expect(view.panel).toBe("joints");
    expect(steps.undo()).toBe(false);
    expect(steps.redo()).toBe(true);
    expect(steps.redo()).toBe(true);
    expect(steps.redo()).toBe(false);
    expect(view).toEqual({ panel: null, camera: [1, 0, 1], units: "rad" });
    expect(applied[0]).toEqual({ camera: [0, 0, 1], panel: "plots" });
    expect(applied[1]).toEqual({ panel: "joints" });
  });

  it("make one of all that changes between the begin and the end of a gesture", () => {
    steps.begin();
    for (let x = 1; x <= 50; x += 1) {
      view = { ...view, camera: [x, 0, 1] };
      steps.begin();
    }
    steps.end();
    expect(steps.depth.get().back).toBe(1);
    steps.undo();
    expect(view.camera).toEqual([0, 0, 1]);
  });

  it("are none where nothing changed, and leave what changed by itself", () => {
    gesture({});
    gesture({ camera: [0, 0, 1] });
    expect(steps.depth.get()).toEqual({ back: 0, forth: 0 });
    gesture({ panel: "plots" });
    view = { ...view, units: "deg" };
    steps.undo();
    expect(view).toEqual({ panel: "joints", camera: [0, 0, 1], units: "deg" });
  });

  it("end the gesture under way first, and forget what was undone at the next one", () => {
    steps.begin();
    view = { ...view, panel: "events" };
    steps.undo();
    expect(view.panel).toBe("joints");
    gesture({ units: "deg" });
    expect(steps.redo()).toBe(false);
    steps.end();
    expect(steps.depth.get()).toEqual({ back: 1, forth: 0 });
  });

  it("are at most a hundred", () => {
    for (let x = 1; x <= 150; x += 1) gesture({ camera: [x, 0, 1] });
    expect(steps.depth.get().back).toBe(100);
    while (steps.undo()) expect(steps.depth.get().back).toBeLessThan(100);
    expect(view.camera).toEqual([50, 0, 1]);
  });
});
