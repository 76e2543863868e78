import type { ShownDiagram, ShownNode } from "./diagram-folds.ts";
import { twinNode } from "./twin-diagram.ts";

/** Size of a box and the room around it, in px at zoom 1. */
export const boxWidth = 144;
export const boxHeight = 40;
const gapX = 12;
const gapY = 28;
const padding = 8;
/** More boxes side by side that have nothing below them are put into a block, in rows and columns. */
const mostInRow = 2;

export type Rectangle = { x: number; y: number; width: number; height: number };

/** Boxes that are put together: edges to them end at the block. */
export type Block = Rectangle & { id: string };

export type Layout = {
  /** Upper left corners of the boxes, by id, px. */
  boxes: Map<string, { x: number; y: number }>;
  blocks: Map<string, Block>;
  /** The block of a box that is in one. */
  blockOf: Map<string, string>;
  width: number;
  height: number;
};

/**
 * A part of the drawing. `areas`: what it covers, from its upper left corner. `stem`: from its left edge to where an edge from above
 * ends.
 */
type Part = { areas: readonly Rectangle[]; width: number; stem: number; place(x: number, y: number): void };

const nothing: Part = { areas: [], width: 0, stem: 0, place() {} };

/**
 * Places the boxes: the twin at the top, below it its connections, below them what comes by them, and below these, side by
 * side, robots, each with its joints as they carry each other. The same boxes in the same order get the same places.
 */
export function layoutDiagram({ nodes }: ShownDiagram): Layout {
  const layout: Layout = { boxes: new Map(), blocks: new Map(), blockOf: new Map(), width: 0, height: 0 };
  const inside = new Map<string, ShownNode[]>();
  for (const node of nodes.values()) {
    if (node.parent === null || !nodes.has(node.parent)) continue;
    inside.set(node.parent, [...(inside.get(node.parent) ?? []), node]);
  }
  const top = inside.get(twinNode) ?? [];
  const isUpper = ({ kind }: ShownNode): boolean => kind === "connection";
  const upper = row(top.filter(isUpper).map(({ id }) => treePart(id, inside, layout)));
  const others = top.filter((node) => !isUpper(node));
  const lower = row(sideParts(twinNode, others, inside, layout));
  // Their stems are below each other, so that what feeds is above what it feeds.
  const stem = Math.max(boxWidth / 2, upper.stem, lower.stem);
  if (nodes.has(twinNode)) layout.boxes.set(twinNode, { x: stem - boxWidth / 2, y: 0 });
  const upperY = boxHeight + gapY;
  upper.place(stem - upper.stem, upperY);
  const upperHeight = heightOf(upper);
  const lowerY = upperHeight === 0 ? upperY : upperY + upperHeight + gapY + 8;
  lower.place(stem - lower.stem, lowerY);
  const right = (part: Part): number => stem - part.stem + part.width;
  layout.width = Math.max(stem + boxWidth / 2, right(upper), right(lower));
  layout.height = Math.max(boxHeight, upperY + upperHeight, lower.width === 0 ? 0 : lowerY + heightOf(lower));
  return layout;
}

function heightOf({ areas }: Part): number {
  return Math.max(0, ...areas.map(({ y, height }) => y + height));
}

function moved(areas: readonly Rectangle[], x: number, y: number): Rectangle[] {
  return areas.map((area) => ({ ...area, x: area.x + x, y: area.y + y }));
}

/** A box with everything below it. */
function treePart(id: string, inside: Map<string, ShownNode[]>, layout: Layout): Part {
  const below = row(sideParts(id, inside.get(id) ?? [], inside, layout));
  const stem = Math.max(boxWidth / 2, below.stem);
  const left = stem - below.stem;
  const belowY = boxHeight + gapY;
  const own = { x: stem - boxWidth / 2, y: 0, width: boxWidth, height: boxHeight };
  return {
    areas: [own, ...moved(below.areas, left, belowY)],
    width: Math.max(stem + boxWidth / 2, left + below.width),
    stem,
    place(x, y) {
      layout.boxes.set(id, { x: x + own.x, y });
      below.place(x + left, y + belowY);
    },
  };
}

/** The parts of boxes side by side; those with nothing below them are put into a block where they are many. */
function sideParts(
  parent: string,
  children: readonly ShownNode[],
  inside: Map<string, ShownNode[]>,
  layout: Layout,
): Part[] {
  const isLeaf = ({ id }: ShownNode): boolean => (inside.get(id)?.length ?? 0) === 0;
  const leaves = children.filter(isLeaf);
  if (leaves.length <= mostInRow) return children.map(({ id }) => treePart(id, inside, layout));
  const parts = children.filter((child) => !isLeaf(child)).map(({ id }) => treePart(id, inside, layout));
  return [...parts, blockPart(`block ${parent}`, leaves, layout)];
}

function blockPart(id: string, leaves: readonly ShownNode[], layout: Layout): Part {
  const columns = Math.max(leaves.length > 4 ? 2 : 1, Math.round(0.6 * Math.sqrt(leaves.length)));
  const rows = Math.ceil(leaves.length / columns);
  const width = columns * boxWidth + (columns - 1) * padding + 2 * padding;
  const height = rows * boxHeight + (rows - 1) * padding + 2 * padding;
  return {
    areas: [{ x: 0, y: 0, width, height }],
    width,
    stem: width / 2,
    place(x, y) {
      layout.blocks.set(id, { id, x, y, width, height });
      for (const [i, leaf] of leaves.entries()) {
        layout.blockOf.set(leaf.id, id);
        layout.boxes.set(leaf.id, {
          x: x + padding + (i % columns) * (boxWidth + padding),
          y: y + padding + Math.floor(i / columns) * (boxHeight + padding),
        });
      }
    },
  };
}

/** Parts side by side, their upper edges in line, each as near to those left of it as what they cover lets it be. */
function row(parts: readonly Part[]): Part {
  if (parts.length === 0) return nothing;
  const areas: Rectangle[] = [];
  const lefts: number[] = [];
  for (const part of parts) {
    let left = lefts.at(-1) ?? 0;
    for (const area of part.areas) {
      for (const other of areas) {
        const isBeside = area.y < other.y + other.height + gapY && other.y < area.y + area.height + gapY;
        if (isBeside) left = Math.max(left, other.x + other.width + gapX - area.x);
      }
    }
    lefts.push(left);
    areas.push(...moved(part.areas, left, 0));
  }
  const stemOf = (i: number): number => (lefts[i] ?? 0) + (parts[i]?.stem ?? 0);
  return {
    areas,
    width: Math.max(...areas.map(({ x, width }) => x + width)),
    stem: (stemOf(0) + stemOf(parts.length - 1)) / 2,
    place(x, y) {
      for (const [i, part] of parts.entries()) part.place(x + (lefts[i] ?? 0), y);
    },
  };
}

/** Where edges to and from a box end: at itself, or at the block that it is in. Null: it is not placed. */
export function endOf({ boxes, blocks, blockOf }: Layout, id: string): (Rectangle & { id: string }) | null {
  const block = blocks.get(blockOf.get(id) ?? "");
  if (block !== undefined) return block;
  const at = boxes.get(id);
  return at === undefined ? null : { id, ...at, width: boxWidth, height: boxHeight };
}
