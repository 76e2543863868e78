import type { JsonObject } from "../../client/message-checks.ts";
import type { StateSink } from "../../client/state-link.ts";
import type { BinaryStateFrame } from "../../protocol/state-frame.ts";
import type {
  DescriptionMessage,
  LayoutColumn,
  PropertyJson,
  StatusMessage,
  ThingJson,
  TwinEvent,
  TwinJson,
} from "../../protocol/state-messages.ts";
import type { TwinStore } from "../store/twin-store.ts";
import { readDesignReport } from "./design-report.ts";

/** Puts what /ws/state brings into the page's store. */
export class StoreFeed implements StateSink {
  /** Whether the server of this connection said that it shows a description alone. */
  private isDesign = false;

  constructor(private readonly store: TwinStore) {}

  hello(): void {
    this.store.motion.restart();
    this.isDesign = false;
  }

  snapshot(twin: TwinJson): void {
    // A design twin's server says so before its first snapshot.
    if (!this.isDesign) this.store.design.set(null);
    this.store.setThings(twin.things);
    this.store.revision = twin.revision;
  }

  things(changed: Record<string, ThingJson>, removed: readonly string[]): void {
    const gone = new Set(removed);
    const kept = Object.entries(this.store.things.get()).filter(([id]) => !gone.has(id));
    this.store.setThings(Object.fromEntries([...kept, ...Object.entries(changed)]));
  }

  layout(layout: number, columns: readonly LayoutColumn[]): void {
    this.store.motion.setLayout(layout, columns);
  }

  frame(frame: BinaryStateFrame, arrivedMs: number): void {
    if (!this.store.motion.push(frame, arrivedMs)) return;
    this.store.revision = frame.revision;
    this.store.takeMoment(frame.time);
  }

  properties(changes: Record<string, Record<string, PropertyJson>>): void {
    this.store.changeProperties(changes);
  }

  description(message: DescriptionMessage): void {
    this.store.setDescription(message);
  }

  status(message: StatusMessage): void {
    this.store.status.set(message);
    if (!this.store.motion.isPast) this.store.revision = Math.max(this.store.revision, message.revision);
  }

  travelled(isPast: boolean): void {
    this.store.travelled(isPast);
  }

  event(event: TwinEvent): void {
    this.store.addEvents([event]);
  }

  lagging(dropped: number): void {
    this.store.dropped += dropped;
  }

  /** Unknown kinds are passed over: a newer server. */
  other(message: JsonObject & { op: string }): boolean {
    if (message.op !== "design") return true;
    const report = readDesignReport(message.report);
    if (report === null) return false;
    this.isDesign = true;
    this.store.design.set(report);
    return true;
  }

  malformed(): void {
    this.store.malformed++;
  }
}
