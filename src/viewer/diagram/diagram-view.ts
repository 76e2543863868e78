import type { Rectangle } from "./diagram-layout.ts";

/** Which part of the drawing is seen: a point of it is at `x + scale · point` px of the frame. */
export type DiagramView = { x: number; y: number; scale: number };

type Size = { width: number; height: number };

const leastScale = 0.08;
const mostScale = 3;
const margin = 12;
/** Smaller text is not read: what does not fit at this scale begins at its upper edge. */
const readableScale = 0.62;

/** The whole drawing in the frame, no larger than it is. */
export function wholeView(drawing: Size, frame: Size): DiagramView {
  const room = (side: "width" | "height"): number => (frame[side] - 2 * margin) / Math.max(1, drawing[side]);
  const scale = Math.min(1, Math.max(leastScale, Math.min(room("width"), room("height"))));
  return {
    scale,
    x: (frame.width - drawing.width * scale) / 2,
    y: Math.max(margin, (frame.height - drawing.height * scale) / 2),
  };
}

/** The view to begin with: the whole where it can be read, else as much of it as can, around `middle` (x in the drawing). */
export function firstView(drawing: Size, frame: Size, middle: number): DiagramView {
  const whole = wholeView(drawing, frame);
  if (whole.scale >= readableScale) return whole;
  const width = (frame.width - 2 * margin) / Math.max(1, drawing.width);
  const scale = Math.min(1, Math.max(readableScale, width));
  const room = frame.width - drawing.width * scale;
  // Around the middle, but with nothing empty beside a drawing that is wider than the frame.
  const x =
    room > 2 * margin
      ? room / 2
      : Math.min(margin, Math.max(room - margin, frame.width / 2 - middle * scale));
  return { scale, x, y: margin };
}

/** Zooms by `factor` so that the point at `at` (px of the frame) stays where it is. */
export function zoomedView(
  { x, y, scale }: DiagramView,
  factor: number,
  at: readonly [number, number],
): DiagramView {
  const next = Math.min(mostScale, Math.max(leastScale, scale * factor));
  const stay = (start: number, point: number): number => point - ((point - start) * next) / scale;
  return { scale: next, x: stay(x, at[0]), y: stay(y, at[1]) };
}

/** Moved no farther than needed to have `box` of the drawing in the frame. */
export function viewWith(view: DiagramView, box: Rectangle, frame: Size): DiagramView {
  const shift = (start: number, from: number, size: number, room: number): number => {
    const low = start + from * view.scale;
    const high = low + size * view.scale;
    if (low < margin) return start + margin - low;
    return high > room - margin ? start + room - margin - high : start;
  };
  return {
    scale: view.scale,
    x: shift(view.x, box.x, box.width, frame.width),
    y: shift(view.y, box.y, box.height, frame.height),
  };
}
