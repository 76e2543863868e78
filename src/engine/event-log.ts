import type { EventSeverity, TwinEvent } from "../protocol/state-messages.ts";

/** How many events are kept for those who ask later. */
const kept = 2000;

/** The audit trail: newest last. Each event goes out once through `takeNew`. */
export class EventLog {
  private readonly events: TwinEvent[] = [];
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
    if (this.events.length > kept) this.events.splice(0, this.events.length - kept);
  }

  all(): readonly TwinEvent[] {
    return this.events;
  }

  takeNew(): readonly TwinEvent[] {
    if (this.fresh.length === 0) return this.fresh;
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }
}
