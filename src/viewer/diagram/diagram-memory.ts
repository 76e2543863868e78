import type { Diagram, DiagramNode } from "./twin-diagram.ts";

/** How long the place of what has gone is kept, ms. */
const keptMs = 30_000;

/**
 * Keeps the order of boxes and the places of those that have gone, so that a robot or a device that comes and goes moves nothing
 * else. What is new comes after what is known.
 */
export class DiagramMemory {
  private readonly ranks = new Map<string, number>();
  private known = new Map<string, DiagramNode>();
  private readonly goneAt = new Map<string, number>();

  /** `diagram` in the order that is known, with those that have gone; `keep`: whether their places are kept. */
  take(
    { nodes, edges }: Diagram,
    nowMs: number,
    keep: boolean,
  ): { diagram: Diagram; gone: ReadonlySet<string> } {
    for (const id of nodes.keys()) {
      this.goneAt.delete(id);
      if (!this.ranks.has(id)) this.ranks.set(id, this.ranks.size);
    }
    const all = new Map(nodes);
    for (const [id, node] of this.known) {
      if (nodes.has(id)) continue;
      const since = this.goneAt.get(id) ?? nowMs;
      this.goneAt.set(id, since);
      const hasPlace = node.parent !== null && all.has(node.parent);
      if (keep && hasPlace && nowMs - since < keptMs) all.set(id, node);
      else this.forget(id);
    }
    this.known = all;
    const sorted = [...all].sort(([a], [b]) => (this.ranks.get(a) ?? 0) - (this.ranks.get(b) ?? 0));
    const gone = new Set([...all.keys()].filter((id) => !nodes.has(id)));
    return { diagram: { nodes: new Map(sorted), edges }, gone };
  }

  private forget(id: string): void {
    this.goneAt.delete(id);
    this.ranks.delete(id);
  }
}
