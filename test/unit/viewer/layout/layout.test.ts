import { describe, expect, it } from "vitest";
import { type Layout, layoutName, readLayout, toLayoutJson } from "../../../../src/viewer/layout/layout.ts";
import { panels, someLayout } from "./some-layout.ts";

const json = () => JSON.parse(JSON.stringify(toLayoutJson(someLayout))) as Record<string, unknown>;
const read = (change: Record<string, unknown>) => readLayout({ ...json(), ...change }, panels);

describe("a layout that somebody else wrote", () => {
  it("is the same after it was written and read", () => {
    expect(readLayout(json(), panels)).toEqual({ ok: true, value: someLayout });
    const other: Layout = { ...someLayout, panel: null, robot: "arm", view: { follow: true, preset: "top" } };
    expect(readLayout(toLayoutJson(other), panels)).toEqual({ ok: true, value: other });
    const bare: Layout = { ...someLayout, view: null, plots: [], topics: [], looks: [] };
    expect(readLayout(toLayoutJson(bare), panels)).toEqual({ ok: true, value: bare });
  });

  it("is refused whole where a field is missing, unknown or beyond its limits, with the field's name", () => {
    const { angles: _, ...without } = json();
    expect(readLayout(without, panels)).toMatchObject({ ok: false, path: "angles" });
    const wrong: [Record<string, unknown>, string][] = [
      [{ command: { kind: "jointPosition" } }, "command"],
      [{ panel: "nowhere" }, "panel"],
      [{ panelWidth: 5000 }, "panelWidth"],
      [{ panelWidth: Number.NaN }, "panelWidth"],
      [{ panelWidth: "380" }, "panelWidth"],
      [{ docks: 7 }, "docks.docks"],
      [{ docks: { lower: "secrets", bottom: null, lowerShare: 50, bottomHeight: 200 } }, "docks.lower"],
      [{ docks: { lower: null, bottom: null, lowerShare: 500, bottomHeight: 200 } }, "docks.lowerShare"],
      [{ docks: { lower: null, bottom: null, lowerShare: 50 } }, "docks.bottomHeight"],
      [{ robot: "r".repeat(400) }, "robot"],
      [{ robot: 7 }, "robot"],
      [{ layers: ["measured", "secrets"] }, "layers[1]"],
      [{ layers: { measured: true } }, "layers"],
      [{ angles: "grad" }, "angles"],
      [{ spanMs: 1 }, "spanMs"],
      [{ topics: ["/scan", "no name"] }, "topics[1]"],
      [{ topics: Array.from({ length: 25 }, (__, i) => `/t${i}`) }, "topics"],
      [{ looks: [["/scan", { size: 900 }]] }, "looks[0]"],
      [{ looks: [["/scan", { command: 1 }]] }, "looks[0]"],
      [{ looks: [["/scan"]] }, "looks[0]"],
      [{ looks: {} }, "looks"],
      [{ plots: [["a", "b", "c", 0.5, "reported", ""]] }, "plots[0]"],
      [{ plots: [["a", "b", "c", 0, "wished", ""]] }, "plots[0]"],
      [{ plots: [["a", "b", "c", 0, "reported"]] }, "plots[0]"],
      [{ plots: [null] }, "plots[0]"],
      [{ view: { follow: true } }, "view.preset"],
      [{ view: { follow: true, preset: "back" } }, "view.preset"],
      [{ view: { follow: 1, preset: "top" } }, "view.follow"],
      [{ view: { follow: true, preset: "top", target: [0, 0, 0] } }, "view.target"],
      [{ view: { follow: true, position: [0, 0], target: [0, 0, 0] } }, "view.position"],
      [{ view: { follow: true, position: [0, 0, 1e9], target: [0, 0, 0] } }, "view.position[2]"],
      [{ view: "top" }, "view.view"],
      [{ constructor: 1 }, "constructor"],
    ];
    for (const [change, path] of wrong)
      expect(read(change), JSON.stringify(change)).toMatchObject({ ok: false, path });
    for (const value of [null, 7, "layout", [], undefined]) expect(readLayout(value, panels).ok).toBe(false);
    expect(readLayout(JSON.parse('{"__proto__":{}}'), panels).ok).toBe(false);
  });

  it("may be of before topics had looks of their own", () => {
    const { looks: _, ...before } = json();
    expect(readLayout(before, panels)).toEqual({ ok: true, value: { ...someLayout, looks: [] } });
  });

  it("gives one sentence for a person", () => {
    expect(read({ panel: "nowhere" })).toMatchObject({
      reason: "“panel” has a value that this page does not know",
    });
    expect(read({ stop: true })).toMatchObject({ reason: "“stop” is not known here" });
  });
});

it("has a name of 1 to 64 characters, none of them for control", () => {
  expect(layoutName("  Line 1 ")).toBe("Line 1");
  for (const bad of ["", "   ", "a\u0000b", "a\nb", "x".repeat(65), 7, null, "\u202Eabc"]) {
    expect(layoutName(bad)).toBeNull();
  }
});
