import type { RobotId, SessionId } from "../core/names.ts";
import type { EventSeverity, SourceStatus } from "../protocol/state-messages.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { createSample } from "../twin/sample.ts";
import type { RobotControl } from "./robot/robot-control.ts";

/** What is watched while somebody commands a robot. */
export const watchdogNames = ["page", "lease", "telemetry", "cycle", "ros", "broker", "clock"] as const;
export type WatchdogName = (typeof watchdogNames)[number];

/** Whether the page of a session is in front of a person's eyes. */
export type Presence = "visible" | "blurred" | "hidden";

/** How long a stall of the cycle and a jump of the clock are shown after they happened, ms. */
const stallShownMs = 2000;
const jumpShownMs = 10_000;

export type WatchdogContext = {
  graph: TwinGraph;
  control: ReadonlyMap<string, RobotControl>;
  status: ReadonlyMap<string, SourceStatus>;
  event(severity: EventSeverity, kind: string, message: string, robot?: string): void;
};

/** `reason`: why it tripped; null: it is ok. */
type Watched = { row: number; reason: string | null };
type Incident = { reason: string; until: number };

/**
 * The watchdogs as states in the graph: `watchdog/<name>` of each robot that somebody has commanded, `ok` or `tripped`
 * with the reason, an event at each change, and a count. What each does is done where it is noticed: here they are shown.
 * Times are server ms.
 */
export class Watchdogs {
  /** How often each tripped. */
  readonly trips = new Map<WatchdogName, number>(watchdogNames.map((name) => [name, 0]));
  private readonly robots = new Map<RobotId, Map<WatchdogName, Watched>>();
  private readonly presence = new Map<SessionId, Presence>();
  private stall: Incident | null = null;
  private jump: Incident | null = null;
  /** Sources of status that were ok once. */
  private readonly wereOk = new Set<string>();
  private readonly sample = createSample();

  constructor(private readonly context: WatchdogContext) {
    this.sample.source = context.graph.source("twin:watchdogs").index;
  }

  /** What a page says of itself. One that nobody looks at holds no jog: those of its robots end at once. */
  setPresence(session: SessionId, state: Presence, now: number): void {
    if (state === "visible") this.presence.delete(session);
    else this.presence.set(session, state);
    for (const { gate } of this.context.control.values()) {
      if (gate.lease.current()?.session !== session) continue;
      gate.setPageHidden(state === "hidden");
      if (state !== "visible") gate.endJogs("page_hidden", `the page is ${state}`, now);
    }
  }

  forget(session: SessionId): void {
    this.presence.delete(session);
  }

  /** The cycle stood for `ms`: controls that were held meanwhile need a fresh press. */
  stalled(ms: number, now: number): void {
    const reason = `nothing was computed for ${Math.round(ms)} ms`;
    this.stall = { reason, until: now + stallShownMs };
    for (const { gate } of this.context.control.values()) gate.endJogs("stalled", reason, now);
    if (this.robots.size === 0) this.count("cycle");
  }

  /** The wall clock was set by `ms`. Ages are taken from a clock that does not jump; stamps of senders on this machine do. */
  jumped(ms: number, now: number): void {
    const reason = `the system's clock was set ${ms > 0 ? "ahead" : "back"} by ${(Math.abs(ms) / 1000).toFixed(1)} s`;
    this.jump = { reason, until: now + jumpShownMs };
    // Senders that go by that clock begin anew: else all that they send is late until the old time is reached again.
    for (const source of this.context.graph.sources) if (source.name.startsWith("ros:")) source.epoch++;
    if (this.robots.size === 0) this.count("clock");
  }

  /** Shows what each robot's watchdogs see at `now`. */
  update(now: number): void {
    if (this.stall !== null && now >= this.stall.until) this.stall = null;
    if (this.jump !== null && now >= this.jump.until) this.jump = null;
    const [ros, broker] = [this.lostLink("ros"), this.lostLink("broker")];
    for (const [id, { gate, twin }] of this.context.control) {
      const lease = gate.lease.current();
      // From the first lease on: a robot that nobody commands has nothing to be watched.
      if (lease === null && !this.robots.has(id)) continue;
      const state = lease === null ? undefined : this.presence.get(lease.session);
      this.set(id, "page", state === undefined ? null : `the page of ${lease?.holder} is ${state}`, now);
      this.set(id, "lease", gate.lapsed(), now);
      this.set(id, "telemetry", gate.blind(twin), now);
      this.set(id, "cycle", this.stall?.reason ?? null, now);
      this.set(id, "ros", ros, now);
      this.set(id, "broker", broker, now);
      this.set(id, "clock", this.jump?.reason ?? null, now);
    }
    for (const id of this.robots.keys()) if (!this.context.control.has(id)) this.robots.delete(id);
  }

  private lostLink(name: string): string | null {
    const status = this.context.status.get(name);
    if (status?.state === "ok") this.wereOk.add(name);
    if (status === undefined || status.state === "ok" || !this.wereOk.has(name)) return null;
    return [`${name} is ${status.state}`, status.reason ?? status.detail]
      .filter((part) => part !== "")
      .join(": ");
  }

  private set(robot: RobotId, name: WatchdogName, reason: string | null, now: number): void {
    const { graph, event } = this.context;
    const all = this.robots.get(robot) ?? new Map<WatchdogName, Watched>();
    this.robots.set(robot, all);
    const known = all.get(name);
    if (known !== undefined && known.reason === reason) return;
    const thing = graph.things.get(robot);
    if (thing === undefined) return;
    const row = graph.row(graph.property(thing, `watchdog/${name}`, "other", ""), "reported");
    if (known === undefined) graph.definitionChanged(thing);
    this.sample.received = now;
    graph.beginRevision();
    graph.setOther(row, reason === null ? "ok" : "tripped", this.sample);
    graph.setQuality(row, "good", reason ?? "");
    const wasTripped = known !== undefined && known.reason !== null;
    all.set(name, { row, reason });
    if (reason !== null && !wasTripped) {
      this.count(name);
      event("warning", "watchdog.tripped", `${name} watchdog of ${robot}: ${reason}`, robot);
    } else if (reason === null && wasTripped) {
      event("info", "watchdog.cleared", `${name} watchdog of ${robot} is ok again`, robot);
    }
  }

  private count(name: WatchdogName): void {
    this.trips.set(name, (this.trips.get(name) ?? 0) + 1);
  }
}
