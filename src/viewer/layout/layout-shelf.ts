import { isObject } from "../../client/message-checks.ts";
import { Signal } from "../../client/signal.ts";
import { storedList } from "../store/stored-list.ts";
import { layoutName, readLayout, toLayoutJson } from "./layout.ts";
import type { NamedLayout } from "./layout-text.ts";

const storageKey = "twinbridge.layouts";
const mostKept = 100;

/** Layouts under names, kept in this browser, sorted by name. Another tab may write between two calls. */
export class LayoutShelf {
  readonly layouts: Signal<readonly NamedLayout[]>;
  /** The one that was deleted last, until it is put back. */
  readonly deleted = new Signal<NamedLayout | null>(null);
  /** What a newer page stored: not shown, and kept. */
  private foreign: unknown[] = [];

  constructor(
    private readonly storage: Storage,
    private readonly panels: readonly string[],
  ) {
    this.layouts = new Signal(this.read());
  }

  find(name: string): NamedLayout | null {
    return this.read().find((one) => one.name === name) ?? null;
  }

  /** Keeps it, in place of one of the same name; the sentence why not, else null. */
  save(named: NamedLayout): string | null {
    const others = this.read().filter(({ name }) => name !== named.name);
    if (others.length >= mostKept) return `At most ${mostKept} layouts are kept. Delete one first.`;
    if (this.deleted.get()?.name === named.name) this.deleted.set(null);
    return this.write([...others, named]);
  }

  /** Gives it another name; the sentence why not, else null. */
  rename(from: string, to: string): string | null {
    const name = layoutName(to);
    const all = this.read();
    const known = all.find((one) => one.name === from);
    if (name === null) return "A name has 1 to 64 characters.";
    if (name === from || known === undefined) return null;
    if (all.some((one) => one.name === name)) return `There is already a layout “${name}”.`;
    return this.write([...all.filter((one) => one !== known), { ...known, name }]);
  }

  delete(name: string): void {
    const all = this.read();
    const known = all.find((one) => one.name === name);
    if (known === undefined) return;
    this.write(all.filter((one) => one !== known));
    this.deleted.set(known);
  }

  /** Puts the one back that was deleted last; another that has its name by now stays. */
  undoDelete(): void {
    const known = this.deleted.get();
    this.deleted.set(null);
    if (known === null || this.find(known.name) !== null) return;
    this.write([...this.read(), known]);
  }

  private read(): NamedLayout[] {
    const found: NamedLayout[] = [];
    this.foreign = [];
    for (const one of storedList(this.storage, storageKey)) {
      const name = isObject(one) ? layoutName(one.name) : null;
      const layout = isObject(one) ? readLayout(one.layout, this.panels) : null;
      if (name !== null && layout?.ok === true) found.push({ name, layout: layout.value });
      else this.foreign.push(one);
    }
    return found;
  }

  private write(all: readonly NamedLayout[]): string | null {
    const sorted = [...all].sort((a, b) => a.name.localeCompare(b.name));
    const json = sorted.map(({ name, layout }) => ({ name, layout: toLayoutJson(layout) }));
    try {
      this.storage.setItem(storageKey, JSON.stringify([...json, ...this.foreign]));
    } catch {
      return "The browser has no room left for layouts. Delete one first.";
    }
    this.layouts.set(sorted);
    return null;
  }
}
