import type { Facet } from "../../core/quality.ts";
import type { PlotLine } from "./plot-line.ts";

/** Told apart by people who see few colours, too, and at least 3 to 1 on the page's own ground (WCAG 1.4.11). */
const light = ["#1864ab", "#c2410c", "#2b8a3e", "#9c36b5", "#b42318", "#0b7285", "#7a5c00", "#495057"];
const dark = ["#74c0fc", "#ffa94d", "#69db7c", "#e599f7", "#ff8787", "#66d9e8", "#ffe066", "#ced4da"];

/** Measured is solid, as the robot in 3D; what was asked for is dashed; what was computed is dotted. */
export const dashes: Record<Facet, number[]> = {
  reported: [],
  desired: [8, 4],
  estimated: [6, 3, 2, 3],
  predicted: [2, 3],
};

export const facetWords: Record<Facet, string> = {
  reported: "measured",
  desired: "desired",
  estimated: "estimated",
  predicted: "predicted",
};

/** The facets of one number have one colour: they belong together. */
export function colorsOf(lines: readonly PlotLine[], isDark: boolean): string[] {
  const names = [...new Set(lines.map(({ name }) => name))];
  const palette = isDark ? dark : light;
  return lines.map(({ name }) => palette[names.indexOf(name) % palette.length] ?? "#888888");
}
