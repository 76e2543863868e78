import type { ShownDiagram } from "./diagram-folds.ts";
import { boxWidth, type Layout } from "./diagram-layout.ts";

export type Step = "up" | "down" | "left" | "right";

/**
 * The box that an arrow key leads to: up and down along the edges, to the nearest of those that they lead to; left and right to
 * the next one of about the same height. Null: there is none.
 */
export function stepFrom(
  { nodes, edges }: ShownDiagram,
  layout: Layout,
  id: string,
  step: Step,
): string | null {
  const at = layout.boxes.get(id);
  const node = nodes.get(id);
  if (at === undefined || node === undefined) return null;
  const isAhead = (other: string): boolean => {
    const there = layout.boxes.get(other);
    if (there === undefined || other === id) return false;
    switch (step) {
      case "up":
        return there.y < at.y;
      case "down":
        return there.y > at.y;
      case "left":
        return there.x < at.x && there.y === at.y;
      case "right":
        return there.x > at.x && there.y === at.y;
    }
  };
  const distance = (other: string): number => {
    const there = layout.boxes.get(other);
    if (there === undefined) return Number.POSITIVE_INFINITY;
    const across = Math.abs(there.x - at.x);
    const along = Math.abs(there.y - at.y);
    return step === "up" || step === "down" ? along * boxWidth + across : across;
  };
  const nearest = (ids: Iterable<string>): string | null => {
    let best: string | null = null;
    for (const other of ids)
      if (isAhead(other) && (best === null || distance(other) < distance(best))) best = other;
    return best;
  };
  if (step === "left" || step === "right") return nearest(layout.boxes.keys());
  // In a block the next row comes before what an edge leads to.
  const block = layout.blockOf.get(id);
  const inBlock = block === undefined ? [] : [...layout.blockOf].filter(([, one]) => one === block);
  const inColumn = inBlock.map(([other]) => other).filter((other) => layout.boxes.get(other)?.x === at.x);
  const along = edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
  const { parent } = node;
  const isBelowParent = step === "up" && parent !== null && along.includes(parent) && isAhead(parent);
  return nearest(inColumn) ?? (isBelowParent ? parent : nearest(along));
}
