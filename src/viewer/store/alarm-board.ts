import { isText } from "../../client/message-checks.ts";
import { Signal } from "../../client/signal.ts";
import { type Alarm, alarmsOf } from "./alarms.ts";
import { storedList } from "./stored-list.ts";
import type { TwinStore } from "./twin-store.ts";

/** An alarm in the list. `clearedMs`: it stands no more, since then, by this computer's clock. */
export type ListedAlarm = Alarm & { isAcknowledged: boolean; clearedMs: number | null };

const storageKey = "twinbridge.acknowledged";
/** How long one that stands no more is still listed, ms. */
export const clearedShownMs = 60_000;
const mostKept = 200;
/** Things may change with every frame, and there may be thousands. */
const leastPauseMs = 500;

/** The alarms that stand now, also while the page shows the past, and which of them a person acknowledged in this browser. */
export class AlarmBoard {
  readonly alarms = new Signal<readonly ListedAlarm[]>([]);
  /** What stands besides what the twin itself tells. */
  readonly more = new Signal<readonly Alarm[]>([]);
  private acknowledged: ReadonlySet<string>;
  /** Since when each stands; what the server sends again begins no new one. */
  private readonly since = new Map<string, number>();
  private judgedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: Pick<TwinStore, "things" | "status" | "motion">,
    private readonly storage: Storage,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.acknowledged = new Set(storedList(storage, storageKey).filter(isText).slice(-mostKept));
    store.things.subscribe(() => this.nowMs() - this.judgedMs >= leastPauseMs && this.update());
    this.more.subscribe(() => this.update());
    // It comes every second, also when nothing changes.
    store.status.subscribe(() => this.update());
  }

  /** Takes note that a person has seen it; when it comes again, it is a new one. */
  acknowledge(alarm: Alarm): void {
    this.acknowledged = new Set([...this.acknowledged, keyOf(alarm)].slice(-mostKept));
    this.storage.setItem(storageKey, JSON.stringify([...this.acknowledged]));
    this.update();
  }

  /** Judges anew what stands; also drops what is cleared for long enough. */
  update(): void {
    // Things are then those of another time; what stands now is not known from them.
    if (this.store.motion.isPast) return;
    const now = this.nowMs();
    this.judgedMs = now;
    const all = [...alarmsOf(this.store.things.get(), this.store.status.get()), ...this.more.get()];
    const standing = all.map((alarm) => {
      if (!this.since.has(alarm.id)) this.since.set(alarm.id, alarm.sinceMs ?? now);
      const known = { ...alarm, sinceMs: this.since.get(alarm.id) ?? null };
      return { ...known, isAcknowledged: this.acknowledged.has(keyOf(known)), clearedMs: null };
    });
    const ids = new Set(standing.map(({ id }) => id));
    for (const id of this.since.keys()) if (!ids.has(id)) this.since.delete(id);
    const cleared = this.alarms
      .get()
      .filter(({ id }) => !ids.has(id))
      .map((alarm) => ({ ...alarm, clearedMs: alarm.clearedMs ?? now }))
      .filter(({ clearedMs }) => now - clearedMs < clearedShownMs);
    const next = [...standing, ...cleared];
    if (JSON.stringify(next) !== JSON.stringify(this.alarms.get())) this.alarms.set(next);
  }
}

/** Whether it stands and nobody acknowledged it here. */
export function isNew({ isAcknowledged, clearedMs }: ListedAlarm): boolean {
  return !isAcknowledged && clearedMs === null;
}

function keyOf({ id, sinceMs }: Alarm): string {
  return `${id} ${sinceMs ?? ""}`;
}
