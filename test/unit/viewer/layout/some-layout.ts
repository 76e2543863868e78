import type { Layout } from "../../../../src/viewer/layout/layout.ts";

export const panels = ["overview", "joints", "plots", "events"];

/** A layout with something of everything. */
export const someLayout: Layout = {
  panel: "plots",
  panelWidth: 420,
  docks: { lower: "events", bottom: null, lowerShare: 40, bottomHeight: 260 },
  robot: null,
  view: { follow: false, position: [1.25, -2.5, 0.75], target: [0, 0.1, 0.35] },
  layers: {
    measured: true,
    desired: false,
    predicted: true,
    grid: false,
    axes: true,
    frames: true,
    collision: false,
    efforts: true,
    legend: true,
  },
  angles: "deg",
  plots: ["shoulder_pan", "elbow"].map((joint) => ({
    name: `robot/joint/${joint}/position`,
    thing: "robot",
    path: `joint/${joint}/position`,
    component: 0,
    facet: "reported" as const,
    unit: "rad",
  })),
  spanMs: 600_000,
  topics: ["/scan", "/map"],
  looks: [["/scan", { size: 5, color: "#ff0000" }]],
};

/** What a browser keeps for a page. */
export function storageOf(kept = new Map<string, string>()): Storage {
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  } as Storage;
}
