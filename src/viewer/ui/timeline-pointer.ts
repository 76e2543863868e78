import { formatAgo, formatClockFine } from "../store/format.ts";
import { markAt } from "../time/marks.ts";
import { panned, shareOf, zoomed } from "../time/time-range.ts";
import type { Viewer } from "../viewer.ts";
import { timelineInset } from "./timeline-paint.ts";

/** A pointer this near to an event means the event. */
const snapPx = 4;
/** Let go this near to the right end, and the page is live again. */
const livePx = 8;

/** What is said of a place on the line; `x` in CSS pixels from its left end. */
export type Hint = { x: number; lines: string[] };

/** Pointer and wheel on the line. The returned function ends it. */
export function followPointer(
  viewer: Viewer,
  element: HTMLElement,
  show: (hint: Hint | null) => void,
): () => void {
  const { past } = viewer;
  const { timeline, playback } = past;
  let held: { kind: "seek" } | { kind: "pan"; atMs: number } | null = null;
  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    const inner = box.width - 2 * timelineInset;
    const { from, to } = timeline.window();
    const msPerPx = (to - from) / inner;
    const px = Math.min(inner, Math.max(0, event.clientX - box.left - timelineInset));
    return { px, inner, msPerPx, timeMs: from + px * msPerPx };
  };
  const isAtEnd = (event: MouseEvent) => {
    const { px, inner } = place(event);
    return timeline.range.get().endMs === null && px > inner - livePx;
  };
  const down = (event: PointerEvent) => {
    if (!timeline.hasPast || event.button > 1) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    const { timeMs, msPerPx } = place(event);
    if (event.shiftKey || event.button === 1) {
      held = { kind: "pan", atMs: timeMs };
      return;
    }
    held = { kind: "seek" };
    playback.grab();
    // The line must not run away below the hand.
    timeline.range.update(({ spanMs }) => ({ spanMs, endMs: timeline.window().to }));
    past.seek(markAt(timeline.marks.get(), timeMs, snapPx * msPerPx)?.time ?? timeMs);
  };
  const move = (event: PointerEvent) => {
    const { timeMs, msPerPx } = place(event);
    if (held?.kind === "seek") past.seek(timeMs);
    else if (held?.kind === "pan") {
      const now = timeline.nowMs();
      const by = held.atMs - timeMs;
      if (now !== null) timeline.range.update((range) => panned(range, now, by));
    }
    // While it is dragged, the clock beside the line says it, and each picture counts.
    show(held === null && event.pointerType !== "touch" ? hintAt(viewer, element, timeMs, msPerPx) : null);
  };
  const up = (event: PointerEvent) => {
    if (held === null) return;
    const wasSeeking = held.kind === "seek";
    held = null;
    if (!wasSeeking) return;
    const { px, inner } = place(event);
    const now = timeline.nowMs() ?? 0;
    // Dragged to the right end, and that end is the present, or was when the drag began.
    if (px > inner - livePx && now - timeline.window().to < 15_000) playback.live();
    else playback.letGo();
  };
  const wheel = (event: WheelEvent) => {
    const now = timeline.nowMs();
    if (!timeline.hasPast || now === null) return;
    event.preventDefault();
    const { timeMs, msPerPx } = place(event);
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      timeline.range.update((range) => panned(range, now, sideways * msPerPx));
    } else {
      const at = isAtEnd(event) ? now : timeMs;
      timeline.range.update((range) => zoomed(range, now, 1.0015 ** event.deltaY, at));
    }
  };
  const leave = () => show(null);
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  // Else a hand that was let go elsewhere would go on dragging.
  element.addEventListener("lostpointercapture", up);
  element.addEventListener("pointerleave", leave);
  element.addEventListener("wheel", wheel, { passive: false });
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", up);
    element.removeEventListener("lostpointercapture", up);
    element.removeEventListener("pointerleave", leave);
    element.removeEventListener("wheel", wheel);
  };
}

/** What is at that place: an event, a gap, or the time alone. */
function hintAt(viewer: Viewer, element: HTMLElement, timeMs: number, msPerPx: number): Hint {
  const { timeline } = viewer.past;
  const mark = markAt(timeline.marks.get(), timeMs, snapPx * msPerPx);
  const gap = timeline.gaps.get().find(({ from, to }) => timeMs >= from && timeMs <= to);
  const from = timeline.stored.get()?.from ?? Number.POSITIVE_INFINITY;
  const at = mark?.time ?? timeMs;
  const lines = [formatClockFine(at)];
  if (mark !== undefined) lines.push(mark.event.message);
  else if (gap !== undefined)
    lines.push(`nothing was stored for ${formatAgo(gap.to - gap.from).slice(0, -4)}`);
  else if (timeMs < from) lines.push("nothing is stored of this time");
  const width = element.clientWidth;
  const share = shareOf(timeline.window(), at);
  return { x: timelineInset + Math.min(1, Math.max(0, share)) * (width - 2 * timelineInset), lines };
}
