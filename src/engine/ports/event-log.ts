import type { EventSeverity, TwinEvent } from "../../protocol/state-messages.ts";

/** Where events about one robot go. */
export type TellEvent = (severity: EventSeverity, kind: string, message: string) => void;

/** How many events are kept for those who ask later, and how many older ones of each kind that matters longer. */
const kept = 2000;
const keptOfKind = 500;
/** Who drove and who stopped; what was asked of the robot. Neither washes out the other, nor do all others. */
const keptLonger = [/^(?:stop|lease)\./, /^command\./];

/**
 * The audit trail: newest last. Each event goes out once through `takeNew`. A flood of one kind does not
 * wash out when the robot was stopped, who drove it and what was asked of it.
 */
export class EventLog {
  private readonly events: TwinEvent[] = [];
  /** Those that the newest `kept` have pushed out, by `keptLonger`. */
  private readonly older: TwinEvent[][] = keptLonger.map(() => []);
  private fresh: TwinEvent[] = [];
  private count = 0;

  constructor(private readonly onEvent: ((event: TwinEvent) => void) | null = null) {}

  add(
    time: number,
    revision: number,
    severity: EventSeverity,
    kind: string,
    message: string,
    robot?: string,
    data?: Record<string, unknown>,
  ): void {
    const event: TwinEvent = { id: ++this.count, time, revision, severity, kind, message };
    if (robot !== undefined) event.robot = robot;
    if (data !== undefined) event.data = data;
    this.events.push(event);
    this.onEvent?.(event);
    this.fresh.push(event);
    if (this.events.length <= kept) return;
    const [oldest] = this.events.splice(0, 1);
    if (oldest === undefined) return;
    const older = this.older[keptLonger.findIndex((kinds) => kinds.test(oldest.kind))];
    if (older === undefined) return;
    older.push(oldest);
    if (older.length > keptOfKind) older.shift();
  }

  all(): readonly TwinEvent[] {
    return [...this.older.flat().sort((a, b) => a.id - b.id), ...this.events];
  }

  takeNew(): readonly TwinEvent[] {
    if (this.fresh.length === 0) return this.fresh;
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }
}
