/** So many removals are remembered; who is further behind needs the whole graph. */
const kept = 8192;

/** Which things were removed, and when, by the graph's `definitions`. */
export class RemovedThings {
  private readonly at = new Map<string, number>();
  /** Of removals up to this one not all are remembered. */
  private horizon = 0;

  note(id: string, definitions: number): void {
    this.at.delete(id);
    this.at.set(id, definitions);
    if (this.at.size <= kept) return;
    for (const [oldest, when] of this.at) {
      this.horizon = when;
      this.at.delete(oldest);
      return;
    }
  }

  /** The things removed after `definitions`, those that came back included; null where that is not known any more. */
  since(definitions: number): string[] | null {
    if (definitions < this.horizon) return null;
    return [...this.at].filter(([, when]) => when > definitions).map(([id]) => id);
  }
}
