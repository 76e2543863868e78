import { shownUnit } from "../store/format.ts";
import { colorsOf, dashes, facetWords } from "./plot-colors.ts";
import type { PlotLine } from "./plot-line.ts";
import type { PlotLook } from "./plot-view.ts";

type Aligned = readonly ArrayLike<number | null | undefined>[];

/**
 * What a plot shows as a table: one row for each time, one column for each line, in the page's units. Times in ms since
 * 1970 and as ISO 8601. A gap is an empty field, as is a time that another line alone has.
 */
export function csvOf(lines: readonly PlotLine[], data: Aligned, angles: PlotLook["angles"]): string {
  const names = lines.map(({ name, facet, unit }) => {
    const shown = shownUnit(unit, angles);
    return `${name} ${facet}${shown === "" ? "" : ` (${shown})`}`;
  });
  const rows = [["time_ms", "time", ...names].map(quoted).join(",")];
  const times = data[0] ?? [];
  for (let at = 0; at < times.length; at++) {
    const values = lines.map((_, line) => data[line + 1]?.[at] ?? null);
    if (values.every((value) => value === null)) continue;
    const ms = Math.round((times[at] ?? 0) * 1e6) / 1000;
    rows.push([ms, new Date(ms).toISOString(), ...values.map((value) => value ?? "")].join(","));
  }
  return `${rows.join("\r\n")}\r\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const lineHeight = 18;

/** The plot with its legend below it, on the page's ground. */
export function pictureOf(
  plot: HTMLCanvasElement,
  lines: readonly PlotLine[],
  { isDark, angles }: PlotLook,
): Promise<Blob | null> {
  const ratio = devicePixelRatio;
  const sheet = document.createElement("canvas");
  sheet.width = plot.width;
  sheet.height = plot.height + (lines.length * lineHeight + 12) * ratio;
  const g = sheet.getContext("2d");
  if (g === null) return Promise.resolve(null);
  g.fillStyle = isDark ? "#1b1f24" : "#ffffff";
  g.fillRect(0, 0, sheet.width, sheet.height);
  g.drawImage(plot, 0, 0);
  g.scale(ratio, ratio);
  g.font = "12px system-ui, sans-serif";
  g.textBaseline = "middle";
  const colors = colorsOf(lines, isDark);
  lines.forEach(({ name, facet, unit }, at) => {
    const y = plot.height / ratio + 6 + (at + 0.5) * lineHeight;
    g.strokeStyle = colors[at] ?? "#888888";
    g.lineWidth = 2;
    g.setLineDash(dashes[facet]);
    g.beginPath();
    g.moveTo(12, y);
    g.lineTo(40, y);
    g.stroke();
    g.fillStyle = isDark ? "#dee2e6" : "#212529";
    g.fillText(`${name}, ${facetWords[facet]} ${shownUnit(unit, angles)}`, 48, y);
  });
  return new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
}
