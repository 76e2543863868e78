import { CloseButton, Text } from "@mantine/core";
import type { PlotBoard } from "../plots/plot-board.ts";
import { colorsOf, dashes, facetWords } from "../plots/plot-colors.ts";
import { lineKey, type PlotLine } from "../plots/plot-line.ts";
import type { PlotView } from "../plots/plot-view.ts";
import { formatClockFine, formatQuantity } from "../store/format.ts";
import type { Viewer } from "../viewer.ts";

type LegendProps = {
  board: PlotBoard;
  lines: readonly PlotLine[];
  isDark: boolean;
  list: React.RefObject<HTMLUListElement | null>;
};

/** Each line with its value at the pointer, else at the moment that is shown. The values are written by hand. */
export function PlotLegend({ board, lines, isDark, list }: LegendProps) {
  const colors = colorsOf(lines, isDark);
  return (
    <>
      <ul className="plot-legend" aria-label="Plotted numbers" ref={list}>
        {lines.map((line, at) => (
          <li key={lineKey(line)}>
            <svg width="26" height="8" aria-hidden>
              <line
                x1="0"
                y1="4"
                x2="26"
                y2="4"
                stroke={colors[at]}
                strokeWidth="2.5"
                strokeDasharray={dashes[line.facet].join(" ")}
              />
            </svg>
            <span className="plot-name">
              {line.name} <small className="dim">{facetWords[line.facet]}</small>
            </span>
            <output className="plot-value figure" aria-live="off" aria-label={`${line.name} ${line.facet}`} />
            <CloseButton
              size="xs"
              aria-label={`Remove ${line.name} ${facetWords[line.facet]}`}
              onClick={() => board.remove(line)}
            />
          </li>
        ))}
      </ul>
      <p className="plot-when dim figure" />
      <Text size="xs" c="dimmed">
        Press in the plot to go to that moment. Drag to zoom; the timeline follows.
      </Text>
    </>
  );
}

/** Writes the value of each line at the pointer, at the moment that is shown, or the newest. */
export function writeLegend(
  list: HTMLUListElement | null,
  view: PlotView,
  lines: readonly PlotLine[],
  angles: "rad" | "deg",
  pointed: number | null,
  viewer: Viewer,
): void {
  if (list === null) return;
  const { travel } = viewer.state;
  const at = pointed ?? travel.momentMs ?? Number.POSITIVE_INFINITY;
  const values = view.valuesAt(at);
  list.querySelectorAll(".plot-value").forEach((output, index) => {
    const value = values[index];
    const unit = lines[index]?.unit ?? "";
    // The plot's values are in the page's units already: those in SI would be turned again.
    output.textContent = value == null ? "–" : quantity(value, unit, angles);
  });
  const when = list.parentElement?.querySelector(".plot-when");
  if (when) {
    when.textContent =
      pointed !== null
        ? `at ${formatClockFine(pointed, 3)}`
        : travel.momentMs !== null
          ? `at the moment that is shown, ${formatClockFine(travel.momentMs, 3)}`
          : "newest values";
  }
}

function quantity(shown: number, unit: string, angles: "rad" | "deg"): string {
  const isTurned = angles === "deg" && (unit === "rad" || unit === "rad/s");
  return formatQuantity(isTurned ? (shown * Math.PI) / 180 : shown, unit, angles);
}
