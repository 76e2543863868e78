import type { ShownDiagram } from "./diagram-folds.ts";
import { endOf, type Layout, type Rectangle } from "./diagram-layout.ts";
import type { EdgeKind } from "./twin-diagram.ts";

/** A line of the drawing: `path` as of SVG, from `from` to `to`, which are ids of boxes or blocks. */
export type DrawnEdge = { key: string; from: string; to: string; kind: EdgeKind; path: string };

/** The lines of a drawing, each once between two ends. */
export function drawnEdges({ edges }: ShownDiagram, layout: Layout): DrawnEdge[] {
  const drawn = new Map<string, DrawnEdge>();
  for (const { from, to, kind } of edges) {
    const start = endOf(layout, from);
    const end = endOf(layout, to);
    if (start === null || end === null || start.id === end.id) continue;
    const key = `${start.id}\n${end.id}\n${kind}`;
    if (!drawn.has(key)) drawn.set(key, { key, from: start.id, to: end.id, kind, path: pathOf(start, end) });
  }
  return [...drawn.values()];
}

/** From the lower edge of the upper one to the upper edge of the lower one, whichever way it goes. */
function pathOf(from: Rectangle, to: Rectangle): string {
  const isDown = from.y <= to.y;
  const y1 = isDown ? from.y + from.height : from.y;
  const y2 = isDown ? to.y : to.y + to.height;
  const x1 = from.x + from.width / 2;
  const x2 = to.x + to.width / 2;
  const bend = Math.min(60, Math.abs(y2 - y1) / 2) * Math.sign(y2 - y1);
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}
