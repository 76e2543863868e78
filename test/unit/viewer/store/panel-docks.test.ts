import { describe, expect, it } from "vitest";
import { PanelDocks } from "../../../../src/viewer/store/panel-docks.ts";

const docked = (right: string | null, lower: string | null = null, bottom: string | null = null) => ({
  right,
  lower,
  bottom,
});

let isNarrow = false;

describe("the places of panels", () => {
  it("begin with the joints at the right; a button opens and closes", () => {
    const docks = new PanelDocks<string>("joints", () => isNarrow);
    expect(docks.now.get()).toEqual(docked("joints"));
    docks.toggle("plots");
    expect(docks.now.get()).toEqual(docked("plots"));
    docks.toggle("plots");
    expect(docks.now.get()).toEqual(docked(null));
  });

  it("have each panel once: it moves, and what was there takes its place", () => {
    const docks = new PanelDocks<string>("joints", () => isNarrow);
    docks.put("plots", "lower");
    expect(docks.now.get()).toEqual(docked("joints", "plots"));
    docks.put("plots", "right");
    expect(docks.now.get()).toEqual(docked("plots", "joints"));
    docks.put("plots", "bottom");
    // What was below moves up.
    expect(docks.now.get()).toEqual(docked("joints", null, "plots"));
    docks.show("plots");
    expect(docks.now.get()).toEqual(docked("joints", null, "plots"));
    docks.toggle("events", "lower");
    docks.close("joints");
    expect(docks.now.get()).toEqual(docked("events", null, "plots"));
    docks.closeAll();
    docks.put("events", "lower");
    expect(docks.now.get()).toEqual(docked("events"));
  });

  it("take places that come from elsewhere, each panel in its first", () => {
    const docks = new PanelDocks<string>("joints", () => isNarrow);
    docks.set({ right: "joints", lower: "joints", bottom: "joints" });
    expect(docks.now.get()).toEqual(docked("joints"));
    docks.set({ right: null, lower: "tool", bottom: "tool" });
    expect(docks.now.get()).toEqual(docked("tool"));
    docks.set({ right: null, lower: null, bottom: "plots" });
    expect(docks.now.get()).toEqual(docked(null, null, "plots"));
    expect(docks.firstOf(["tool", "plots"])).toBe("plots");
    expect(docks.firstOf(["tool"])).toBeNull();
  });

  it("are one on a phone: what is not seen has nothing in hand, and its button shows it", () => {
    const docks = new PanelDocks<string>("joints", () => isNarrow);
    docks.set({ right: "drive", lower: null, bottom: "tool" });
    isNarrow = true;
    expect(docks.firstOf(["tool", "joints"])).toBeNull();
    docks.toggle("tool");
    expect(docks.now.get()).toEqual(docked("tool", null, "drive"));
    docks.show("drive");
    expect(docks.now.get()).toEqual(docked("drive", null, "tool"));
    isNarrow = false;
    expect(docks.firstOf(["tool", "joints"])).toBe("tool");
  });
});
