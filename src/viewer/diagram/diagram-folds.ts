import { type Diagram, type DiagramEdge, type DiagramNode, twinNode } from "./twin-diagram.ts";

/** A robot is opened by itself so far that no more boxes than these are seen of it. */
const openedBoxes = 28;
/** More robots than these begin folded, except the one that is chosen. */
const openedRobots = 3;
/** More streams than these of one connection begin folded. */
const openedStreams = 8;

/** A box that is seen. `hidden`: those that are folded into it, all below each other. */
export type ShownNode = DiagramNode & { isOpen: boolean; hasInside: boolean; hidden: readonly DiagramNode[] };

/** What is seen of a diagram; edges of what is hidden end at the box that it is folded into. */
export type ShownDiagram = { nodes: Map<string, ShownNode>; edges: DiagramEdge[] };

/** Which boxes are open. What was decided once for a box holds, so that things that come do not fold others. */
export class DiagramFolds {
  private readonly open = new Map<string, boolean>();

  isOpen(id: string): boolean {
    return this.open.get(id) ?? true;
  }

  set(id: string, isOpen: boolean): void {
    this.open.set(id, isOpen);
  }

  /** Decides for the boxes that are new. `robot`: the one that is chosen. */
  decide({ nodes }: Diagram, robot: string | null): void {
    const inside = childrenOf(nodes);
    const robots = inside.get(twinNode)?.filter(({ kind }) => kind === "robot").length ?? 0;
    for (const node of nodes.values()) {
      if (this.open.has(node.id)) continue;
      const { kind, id } = node;
      if (kind === "device" || kind === "object") this.open.set(id, false);
      if (kind === "connection" && (inside.get(id)?.length ?? 0) > 0) {
        this.open.set(id, (inside.get(id)?.length ?? 0) <= openedStreams);
      }
      if (kind === "robot" && (inside.get(id)?.length ?? 0) > 0) {
        if (robots > openedRobots && id !== robot) this.open.set(id, false);
        else this.openWithin(id, inside);
      }
    }
  }

  private openWithin(root: string, inside: Map<string, DiagramNode[]>): void {
    let count = 0;
    for (const queue = [root]; queue.length > 0; ) {
      const id = queue.shift() as string;
      const children = inside.get(id) ?? [];
      if (children.length === 0) continue;
      if (id !== root && this.open.has(id)) continue;
      const opens = id === root || count + children.length <= openedBoxes;
      this.open.set(id, opens);
      if (!opens) continue;
      count += children.length;
      queue.push(...children.filter(({ kind }) => kind !== "device").map((child) => child.id));
    }
  }

  shown({ nodes, edges }: Diagram): ShownDiagram {
    const inside = childrenOf(nodes);
    const seen: ShownDiagram = { nodes: new Map(), edges: [] };
    const standsFor = new Map<string, string>();
    const stack = [...(inside.get(null) ?? [])].reverse();
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const children = inside.get(node.id) ?? [];
      const isOpen = this.isOpen(node.id);
      const hidden = isOpen ? [] : below(node.id, inside);
      seen.nodes.set(node.id, { ...node, isOpen, hasInside: children.length > 0, hidden });
      standsFor.set(node.id, node.id);
      for (const one of hidden) standsFor.set(one.id, node.id);
      if (isOpen) stack.push(...[...children].reverse());
    }
    const known = new Set<string>();
    for (const edge of edges) {
      const from = standsFor.get(edge.from);
      const to = standsFor.get(edge.to);
      if (from === undefined || to === undefined || from === to) continue;
      const key = `${from}\n${to}\n${edge.kind}`;
      if (!known.has(key)) seen.edges.push({ ...edge, from, to });
      known.add(key);
    }
    return seen;
  }
}

function childrenOf(nodes: Diagram["nodes"]): Map<string | null, DiagramNode[]> & Map<string, DiagramNode[]> {
  const inside = new Map<string | null, DiagramNode[]>();
  for (const node of nodes.values()) {
    const siblings = inside.get(node.parent);
    if (siblings === undefined) inside.set(node.parent, [node]);
    else siblings.push(node);
  }
  return inside as Map<string | null, DiagramNode[]> & Map<string, DiagramNode[]>;
}

function below(id: string, inside: Map<string, DiagramNode[]>): DiagramNode[] {
  const found: DiagramNode[] = [];
  const stack = [...(inside.get(id) ?? [])];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node);
    stack.push(...(inside.get(node.id) ?? []));
  }
  return found;
}

/** The box that is seen and stands for `id`: itself, or the one that it is folded into; null: there is none. */
export function shownFor({ nodes }: ShownDiagram, diagram: Diagram, id: string): string | null {
  for (let at: string | null = id; at !== null; at = diagram.nodes.get(at)?.parent ?? null) {
    if (nodes.has(at)) return at;
  }
  return null;
}
