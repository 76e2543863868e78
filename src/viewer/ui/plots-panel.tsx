import "uplot/dist/uPlot.min.css";
import "./plots.css";
import { Button, Text, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { PlotBoard } from "../plots/plot-board.ts";
import { facetWords } from "../plots/plot-colors.ts";
import { csvOf, pictureOf } from "../plots/plot-export.ts";
import type { PlotLine } from "../plots/plot-line.ts";
import { PlotView } from "../plots/plot-view.ts";
import { zoomed } from "../time/time-range.ts";
import { download, fileMoment } from "./download.ts";
import { PlotLegend, writeLegend } from "./plot-legend.tsx";
import { PlotSearch } from "./plot-search.tsx";
import { usePicked, useSignal, useViewer } from "./viewer-context.ts";

/** Numbers over time, live and past, in the time that the timeline shows. */
export function PlotsPanel() {
  const viewer = useViewer();
  const [board, setBoard] = useState<PlotBoard | null>(null);
  useEffect(() => {
    const { desk } = viewer.topics;
    const made = new PlotBoard(
      viewer.address,
      viewer.store,
      viewer.past.timeline,
      viewer.plotLines,
      (topic, take) => desk.follow(topic, take),
    );
    setBoard(made);
    return () => made.end();
  }, [viewer]);
  return board === null ? null : <Board board={board} />;
}

function Board({ board }: { board: PlotBoard }) {
  const lines = useSignal(board.lines);
  return (
    <>
      <PlotSearch board={board} />
      {lines.length === 0 ? <Empty /> : <Plot board={board} lines={lines} />}
    </>
  );
}

function Empty() {
  return (
    <Text c="dimmed" size="sm">
      Nothing is plotted yet. Find a number above, or select a joint under Joints and press “Plot this joint”.
      A number of a topic is plotted by the button beside it under Topics, from then on. The plot shows the
      time that the timeline shows, live and past.
    </Text>
  );
}

function Plot({ board, lines }: { board: PlotBoard; lines: readonly PlotLine[] }) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const isDark = useComputedColorScheme("light", { getInitialValueInEffect: false }) === "dark";
  const place = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const view = useRef<PlotView | null>(null);
  const { timeline } = viewer.past;

  useEffect(() => {
    const container = place.current;
    if (container === null) return;
    let pointed: number | null = null;
    const made = new PlotView(
      container,
      board,
      timeline,
      { angles, isDark },
      {
        point: (timeMs) => {
          pointed = timeMs;
          write();
        },
        seek: (timeMs) => timeline.hasPast && viewer.past.seek(timeMs),
      },
      () => viewer.state.travel.momentMs,
    );
    const write = () => writeLegend(legend.current, made, lines, angles, pointed, viewer);
    const follow = () => {
      if (timeline.range.get().endMs === null || viewer.state.travel.momentMs !== null) made.soon();
      write();
    };
    view.current = made;
    // Where a processor draws, the beat of text is enough; else the line moves with the screen.
    const ends = [viewer.ticker.subscribe(follow), viewer.state.travel.position.subscribe(() => made.soon())];
    write();
    return () => {
      for (const end of ends) end();
      made.destroy();
      view.current = null;
    };
  }, [viewer, board, timeline, lines, angles, isDark]);

  const exportAs = async (kind: "csv" | "png") => {
    const shown = view.current;
    if (shown === null) return;
    const content =
      kind === "csv"
        ? new Blob([csvOf(lines, shown.shownData, angles)], { type: "text/csv" })
        : await pictureOf(shown.canvas, lines, { angles, isDark });
    if (content === null) return;
    download(content, `twinbridge-plot-${fileMoment(viewer.state.moment() ?? Date.now())}.${kind}`);
  };
  return (
    <>
      <div
        className="plot"
        ref={place}
        role="img"
        aria-label={`Plot of ${lines.map(({ name, facet }) => `${name}, ${facetWords[facet]}`).join("; ")}`}
      />
      <PlotButtons board={board} onExport={(kind) => void exportAs(kind)} />
      <PlotLegend board={board} lines={lines} isDark={isDark} list={legend} />
    </>
  );
}

function PlotButtons({ board, onExport }: { board: PlotBoard; onExport: (kind: "csv" | "png") => void }) {
  const { timeline } = useViewer().past;
  const follows = usePicked(timeline.range, ({ endMs }) => endMs === null);
  const isLoading = useSignal(board.isLoading);
  const now = () => timeline.nowMs() ?? Date.now();
  const zoom = (factor: number) => {
    const { from, to } = timeline.window();
    timeline.range.update((range) =>
      zoomed(range, now(), factor, range.endMs === null ? to : (from + to) / 2),
    );
  };
  return (
    <div className="plot-buttons" role="toolbar" aria-label="Plot" data-loading={isLoading}>
      <Button
        size="compact-xs"
        variant={follows ? "default" : "light"}
        title={
          follows ? "Holds the plot still; values go on arriving" : "The plot goes along with the present"
        }
        onClick={() => timeline.range.update(({ spanMs }) => ({ spanMs, endMs: follows ? now() : null }))}
      >
        {follows ? "Pause plot" : "Follow live"}
      </Button>
      <Button size="compact-xs" variant="default" aria-label="Zoom in" onClick={() => zoom(0.5)}>
        +
      </Button>
      <Button size="compact-xs" variant="default" aria-label="Zoom out" onClick={() => zoom(2)}>
        −
      </Button>
      <span className="spacer" />
      <Button size="compact-xs" variant="default" onClick={() => onExport("csv")}>
        CSV
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => onExport("png")}>
        PNG
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => board.clear()}>
        Clear
      </Button>
    </div>
  );
}
