import type { PastEvent } from "../../client/history-api.ts";
import { Signal } from "../../client/signal.ts";
import { ownValue } from "../../core/own-value.ts";
import type {
  DescriptionMessage,
  DesignReport,
  PropertyJson,
  StatusMessage,
  ThingJson,
  TwinEvent,
} from "../../protocol/state-messages.ts";
import { desiredEndedMs } from "./desired-life.ts";
import { Motion } from "./motion.ts";

const keptEvents = 500;

export type Things = Readonly<Record<string, ThingJson>>;

/** What the page knows of the twin. Joint and base motion is apart: it changes with each frame. */
export class TwinStore {
  readonly motion = new Motion();
  readonly status = new Signal<StatusMessage | null>(null);
  readonly things = new Signal<Things>({});
  /** Newest first. */
  readonly events = new Signal<readonly TwinEvent[]>([]);
  readonly descriptions = new Signal<readonly DescriptionMessage[]>([]);
  /**
   * What makes this page a design twin: said by the server in its own message, and unsaid by a connection on
   * which it does not come. Null on a page with a robot, whatever the robot's properties are called.
   */
  readonly design = new Signal<DesignReport | null>(null);
  /** What happened around the moment of the past that is seen, as the server stored it. */
  private pastEvents: readonly PastEvent[] = [];
  /** The moment of the past that is seen, in server ms; null in the present. */
  private momentMs: number | null = null;
  private readonly desiredEnded = new Map<string, number>();
  /** Of the newest message or frame. */
  revision = 0;
  /** Messages and frames that made no sense, and those the server left out because this page was slow. */
  malformed = 0;
  dropped = 0;

  /** A snapshot. It also names each robot's description, for those who came after the message about it. */
  setThings(things: Things): void {
    this.things.set(things);
    this.dropDescriptions(things);
    for (const [robot, { type, definition }] of Object.entries(things)) {
      const { name, description: hash } = definition;
      if (type !== "robot" || typeof hash !== "string" || this.describes(robot, hash)) continue;
      this.setDescription({
        op: "description",
        robot,
        name: typeof name === "string" ? name : robot,
        hash,
      });
    }
  }

  /** A robot that is not in a snapshot any more has gone, and its description with it. */
  private dropDescriptions(things: Things): void {
    const known = this.descriptions.get();
    const kept = known.filter(({ robot }) => {
      const thing = ownValue(things, robot);
      return thing?.type === "robot" && typeof thing.definition.description === "string";
    });
    if (kept.length === known.length) return;
    this.descriptions.set(kept);
    for (const robot of this.desiredEnded.keys()) {
      if (!kept.some((description) => description.robot === robot)) this.desiredEnded.delete(robot);
    }
  }

  private describes(robot: string, hash: string): boolean {
    return this.descriptions.get().some((known) => known.robot === robot && known.hash === hash);
  }

  setDescription(message: DescriptionMessage): void {
    if (this.describes(message.robot, message.hash)) return;
    this.descriptions.update((known) => [...known.filter((d) => d.robot !== message.robot), message]);
    this.judgeDesired(message.robot);
  }

  /** Frames of another moment follow, or those of the present. */
  travelled(isPast: boolean): void {
    this.motion.jump(isPast);
    if (!isPast) this.takeMoment(null);
  }

  /** The moment of the newest frame; null: it is one of the present. */
  takeMoment(timeMs: number | null): void {
    const momentMs = this.motion.isPast ? timeMs : null;
    if (momentMs === this.momentMs) return;
    this.momentMs = momentMs;
    for (const { robot } of this.descriptions.get()) this.judgeDesired(robot);
  }

  setPastEvents(events: readonly PastEvent[]): void {
    this.pastEvents = events;
    for (const { robot } of this.descriptions.get()) this.judgeDesired(robot);
  }

  private judgeDesired(robot: string): void {
    const untilMs = this.momentMs ?? Number.POSITIVE_INFINITY;
    const live = desiredEndedMs(this.events.get(), robot, untilMs);
    const past = this.momentMs === null ? live : desiredEndedMs(this.pastEvents, robot, untilMs);
    this.desiredEnded.set(robot, Math.max(live, past));
  }

  /** Where a joint is asked to be now, in rad or m, as it is drawn; null once the command has ended. */
  desiredPosition(robot: string, joint: string): number | null {
    const column = this.motion.facet(robot, "desired")?.joints.get(joint)?.position ?? -1;
    const ended = this.desiredEnded.get(robot) ?? Number.NEGATIVE_INFINITY;
    return column >= 0 && this.motion.renewedMs(column) > ended ? this.motion.shown(column) : null;
  }

  addEvents(events: readonly TwinEvent[]): void {
    this.events.update((known) => {
      const byId = new Map(known.map((event) => [event.id, event]));
      for (const event of events) byId.set(event.id, event);
      return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, keptEvents);
    });
    for (const { robot } of this.descriptions.get()) this.judgeDesired(robot);
  }

  /** Changes of things not known here are passed over: the server sends a snapshot when things come. */
  changeProperties(changes: Record<string, Record<string, PropertyJson>>): void {
    this.things.update((things) => {
      const next = { ...things };
      for (const [id, changed] of Object.entries(changes)) {
        const thing = ownValue(next, id);
        if (thing) next[id] = { ...thing, properties: { ...thing.properties, ...changed } };
      }
      return next;
    });
  }
}
