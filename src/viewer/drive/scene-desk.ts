import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { askDocument } from "../../client/server-documents.ts";
import { Signal } from "../../client/signal.ts";
import { readScene, type SceneItem, writeItem } from "../store/surroundings.ts";

/** How long a dragged or typed change may wait before it is sent, ms. */
const settleMs = 250;

const path = "api/scene";

/** The surroundings as the server has them, and this page's changes of them. */
export class SceneDesk {
  /** Null until the server said what there is, or where it keeps none. */
  readonly items = new Signal<readonly SceneItem[] | null>(null);
  /** Why they are not shown or were not changed; null when there is nothing to say. */
  readonly problem = new Signal<string | null>(null);
  /** What was removed last, to be put back. */
  readonly removed = new Signal<SceneItem | null>(null);
  readonly chosen = new Signal<string | null>(null);
  private cancelSend: (() => void) | null = null;
  private reads = 0;

  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
  ) {}

  /** Asks the server anew. A change of this page that is not sent yet is kept. */
  async refresh(): Promise<void> {
    const read = ++this.reads;
    const reply = await askDocument(this.address, this.platform, "GET", path);
    if (read !== this.reads || this.cancelSend !== null) return;
    if (!reply.ok) {
      this.items.set(null);
      this.problem.set(reply.missing ? "This server keeps no surroundings." : reply.message);
      return;
    }
    const items = readScene(reply.value);
    this.items.set(items);
    this.problem.set(items === null ? "The server's surroundings are not what this page understands." : null);
  }

  find(id: string | null): SceneItem | null {
    return this.items.get()?.find((item) => item.id === id) ?? null;
  }

  add(item: SceneItem): void {
    this.items.update((items) => [...(items ?? []), item]);
    this.removed.set(null);
    this.chosen.set(item.id);
    void this.send();
  }

  change(id: string, changes: Partial<SceneItem>): void {
    this.items.update((items) => items?.map((one) => (one.id === id ? { ...one, ...changes } : one)) ?? null);
    this.cancelSend?.();
    this.cancelSend = this.platform.after(settleMs, () => void this.send());
  }

  remove(id: string): void {
    const item = this.find(id);
    if (item === null) return;
    this.items.update((items) => items?.filter((one) => one.id !== id) ?? null);
    if (this.chosen.get() === id) this.chosen.set(null);
    this.removed.set(item);
    void this.send();
  }

  /** Puts back what was removed last. */
  undo(): void {
    const item = this.removed.get();
    if (item !== null) this.add(item);
  }

  private async send(): Promise<void> {
    this.cancelSend?.();
    this.cancelSend = null;
    const items = this.items.get();
    if (items === null) return;
    const read = ++this.reads;
    const reply = await askDocument(this.address, this.platform, "PUT", path, {
      objects: items.map(writeItem),
    });
    if (read !== this.reads) return;
    if (reply.ok) this.problem.set(null);
    else {
      await this.refresh();
      this.problem.set(`Not changed: ${reply.message}`);
    }
  }
}
