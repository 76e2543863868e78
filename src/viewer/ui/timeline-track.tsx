import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { formatAgo, formatMoment } from "../store/format.ts";
import type { Viewer } from "../viewer.ts";
import { paintTimeline, timelineHeight } from "./timeline-paint.ts";
import { followPointer, type Hint } from "./timeline-pointer.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/** The line of time: dragged, zoomed by the wheel, moved by keys. Painted by hand, without React. */
export function TimelineTrack() {
  const viewer = useViewer();
  const { timeline, playback } = viewer.past;
  const stored = useSignal(timeline.stored);
  const isDark = useComputedColorScheme("light", { getInitialValueInEffect: false }) === "dark";
  const track = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hint, setHint] = useState<Hint | null>(null);
  const enabled = stored?.from != null;

  useEffect(() => {
    const [element, sheet] = [track.current, canvas.current];
    if (element === null || sheet === null) return;
    const ends = paintWhenNeeded(viewer, element, sheet, isDark);
    const endDrag = followPointer(viewer, element, setHint);
    return () => {
      ends();
      endDrag();
    };
  }, [viewer, isDark]);

  return (
    <div
      ref={track}
      className="timeline-track"
      role="slider"
      tabIndex={0}
      aria-label="Timeline"
      aria-disabled={!enabled}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={1}
      aria-valuetext="Live"
      onKeyDown={(event) => {
        const { from, to } = timeline.window();
        const step = keySteps[event.key];
        if (event.key === "Home") viewer.past.seek(timeline.stored.get()?.from ?? from);
        else if (event.key === "End") playback.live();
        else if (step !== undefined) playback.step(step * (to - from));
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <canvas ref={canvas} height={timelineHeight} aria-hidden />
      {hint !== null && (
        <div className="timeline-hint figure" style={{ left: hint.x }} aria-hidden>
          {hint.lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </div>
      )}
    </div>
  );
}

/** As shares of what is shown. */
const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
};

/** Paints once a screen frame at most, and only when something changed. The returned function ends it. */
function paintWhenNeeded(
  viewer: Viewer,
  element: HTMLElement,
  sheet: HTMLCanvasElement,
  isDark: boolean,
): () => void {
  const { timeline, playback } = viewer.past;
  const { travel } = viewer.state;
  const g = sheet.getContext("2d");
  let frame = 0;
  let said = "";
  const paint = () => {
    frame = 0;
    const width = element.clientWidth;
    const nowMs = timeline.nowMs();
    if (g === null || width === 0 || nowMs === null) return;
    const ratio = devicePixelRatio;
    if (sheet.width !== Math.round(width * ratio)) {
      sheet.width = Math.round(width * ratio);
      sheet.height = Math.round(timelineHeight * ratio);
    }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintTimeline(g, width, {
      window: timeline.window(),
      from: timeline.stored.get()?.from ?? null,
      nowMs,
      momentMs: travel.momentMs,
      marks: timeline.marks.get(),
      gaps: timeline.gaps.get(),
      loop: playback.loop.get(),
      isDark,
    });
  };
  const soon = () => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const say = () => {
    const { from, to } = timeline.window();
    const nowMs = timeline.nowMs() ?? to;
    const moment = travel.momentMs;
    element.setAttribute("aria-valuemin", String(Math.round(from / 1000)));
    element.setAttribute("aria-valuemax", String(Math.round(to / 1000)));
    const now = Math.min(to, Math.max(from, moment ?? nowMs));
    element.setAttribute("aria-valuenow", String(Math.round(now / 1000)));
    const text = moment === null ? "Live" : `${formatMoment(moment)}, ${formatAgo(nowMs - moment)}`;
    if (text !== said) element.setAttribute("aria-valuetext", text);
    said = text;
  };
  const beat = () => {
    // What is halted and not zoomed does not change.
    if (travel.momentMs === null || timeline.range.get().endMs === null) soon();
    say();
  };
  const resized = new ResizeObserver(soon);
  resized.observe(element);
  soon();
  say();
  const ends = [
    viewer.ticker.subscribe(beat),
    ...[travel.position, timeline.range, timeline.marks, timeline.gaps, timeline.stored, playback.loop].map(
      (signal) => signal.subscribe(soon),
    ),
    () => resized.disconnect(),
    () => cancelAnimationFrame(frame),
  ];
  return () => {
    for (const end of ends) end();
  };
}
