import type { EventSeverity, TwinEvent } from "../protocol/state-messages.ts";

/** How many events are kept for those who ask later, and how many older ones of who drove and who stopped. */
const kept = 2000;
const keptOfSafety = 500;

/**
 * The audit trail: newest last. Each event goes out once through `takeNew`. A flood of one kind does not
 * wash out when the robot was stopped and who drove it.
 */
export class EventLog {
  private readonly events: TwinEvent[] = [];
  /** Those of safety that the newest `kept` have pushed out. */
  private readonly older: TwinEvent[] = [];
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
    if (oldest !== undefined && /^(stop|lease)\./.test(oldest.kind)) this.older.push(oldest);
    if (this.older.length > keptOfSafety) this.older.shift();
  }

  all(): readonly TwinEvent[] {
    return [...this.older, ...this.events];
  }

  takeNew(): readonly TwinEvent[] {
    if (this.fresh.length === 0) return this.fresh;
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }
}
