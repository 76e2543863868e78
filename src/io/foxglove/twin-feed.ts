import { nanoseconds } from "../../protocol/foxglove/server-messages.ts";
import { hasState, stateChannel, thingState } from "../../protocol/foxglove/thing-state.ts";
import {
  eventChannel,
  eventJson,
  logChannel,
  logJson,
  statusChannel,
  statusJson,
} from "../../protocol/foxglove/twin-channels.ts";
import type { TwinEvent } from "../../protocol/state-messages.ts";
import type { Channel } from "./channel-table.ts";
import type { FeedContext } from "./feed-context.ts";
import { LiveRobot } from "./live-robot.ts";
import { topicPrefixes } from "./topic-names.ts";

/** Server ms between two states of one thing. */
const statePeriodMs = 100;
const statusPeriodMs = 1000;
/** What is advertised is looked over so often. ms */
const lookPeriodMs = 1000;
/** A late subscriber gets so many of the newest events. */
const shownEvents = 200;
/** The twin's topics may take so much of one turn; the rest waits for the next. ms */
const turnMs = 0.8;

/** The twin's own topics of the present: state, events, status, and what of a robot's usual topics ROS does not give. */
export class TwinFeed {
  private readonly robots = new Map<string, LiveRobot>();
  /** Things with a state: what of them was advertised, and when it was sent. */
  private readonly things = new Map<
    string,
    { channel: Channel; shape: string; sentAt: number; revision: number }
  >();
  private topics = new Map<string, string>();
  private nextLook = 0;
  private nextStatus = 0;
  /** What is to be looked over in this turn and the next ones. */
  private readonly pending: (() => void)[] = [];
  private robotTurn = 0;
  private thingTurn = 0;

  constructor(private readonly context: FeedContext) {}

  /** Robot → prefix of its topics. */
  prefixes(): ReadonlyMap<string, string> {
    this.topics = topicPrefixes(this.context.engine.robots.keys(), this.context.namespaceOf);
    return this.topics;
  }

  /** All that can be subscribed to is advertised. */
  prepare(now: number): void {
    const { channels } = this.context;
    for (const kind of [eventChannel, logChannel, statusChannel]) channels.ensure(kind);
    this.look(now);
  }

  /** A client asks for a topic now: it does not wait for the next change. */
  subscribing(channel: Channel): void {
    const { topic } = channel.kind;
    if (topic === eventChannel.topic || topic === logChannel.topic) this.showEvents(channel);
    if (topic === statusChannel.topic) this.nextStatus = 0;
    for (const robot of this.robots.values()) robot.again();
    for (const thing of this.things.values()) if (thing.channel === channel) thing.revision = -1;
  }

  event(event: TwinEvent): void {
    const { channels } = this.context;
    for (const [kind, text] of [
      [eventChannel, eventJson(event)],
      [logChannel, logJson(event)],
    ] as const) {
      const channel = channels.of(kind.topic);
      if (channel !== undefined) this.context.publish(channel, event.time, Buffer.from(text));
    }
  }

  tick(now: number): void {
    if (now >= this.nextLook) this.look(now);
    const ends = performance.now() + turnMs;
    const hasTime = (): boolean => performance.now() < ends;
    this.robotTurn = inTurn([...this.robots.values()], this.robotTurn, hasTime, (robot) =>
      robot.publishMotion(now),
    );
    if (now >= this.nextStatus) this.publishStatus(now);
    this.thingTurn = inTurn([...this.things], this.thingTurn, hasTime, ([id, thing]) =>
      this.publishState(id, thing, now),
    );
    // At least one each time, however much there is to send.
    do this.pending.shift()?.();
    while (this.pending.length > 0 && hasTime());
  }

  /** Looks over what there is; most of it in the turns to come. */
  private look(now: number): void {
    this.nextLook = now + lookPeriodMs;
    const { engine } = this.context;
    const prefixes = this.prefixes();
    for (const [id, robot] of this.robots) {
      if (prefixes.get(id) === robot.prefix) continue;
      robot.end();
      this.robots.delete(id);
    }
    for (const [id, prefix] of prefixes) {
      if (!this.robots.has(id)) this.robots.set(id, new LiveRobot(this.context, id, prefix));
    }
    for (const [id, { channel }] of this.things) {
      if (engine.graph.things.has(id)) continue;
      this.things.delete(id);
      this.context.channels.remove(channel.kind.topic);
    }
    // What was not looked at since the last time comes first.
    if (this.pending.length > 0) return;
    for (const [id, robot] of this.robots) {
      this.pending.push(() => {
        if (this.robots.get(id) === robot) robot.look(now);
      });
    }
    for (const [id, thing] of engine.graph.things) {
      if (hasState(thing)) this.pending.push(() => this.describe(id, now));
    }
  }

  /** Advertises the state of a thing, anew where it has other fields now. */
  private describe(id: string, now: number): void {
    const { engine, channels } = this.context;
    const thing = engine.graph.things.get(id);
    if (thing === undefined) return;
    const shape = this.shapeOf(id);
    const known = this.things.get(id);
    if (known?.shape === shape) return;
    const properties = engine.thingJson(id)?.properties ?? {};
    const channel = channels.ensure(stateChannel(id, thingState(properties, now)));
    this.things.set(id, { channel, shape, sentAt: 0, revision: -1 });
  }

  /** Changes with the fields that the state of a thing has. */
  private shapeOf(id: string): string {
    const { graph } = this.context.engine;
    let filled = 0;
    const properties = graph.things.get(id)?.properties;
    for (const { registers } of properties?.values() ?? []) {
      for (const row of [registers.reported, registers.desired, registers.estimated, registers.predicted]) {
        if (row >= 0 && graph.table.filled[row] === 1) filled++;
      }
    }
    return `${properties?.size} ${filled}`;
  }

  private publishState(
    id: string,
    thing: { channel: Channel; sentAt: number; revision: number },
    now: number,
  ): void {
    const { engine } = this.context;
    const { revision } = engine.graph;
    if (now - thing.sentAt < statePeriodMs || thing.revision === revision) return;
    if (!this.context.isWanted(thing.channel)) return;
    const properties = engine.thingJson(id)?.properties;
    if (properties === undefined) return;
    thing.sentAt = now;
    thing.revision = revision;
    this.context.publish(thing.channel, now, Buffer.from(JSON.stringify(thingState(properties, now))));
  }

  private publishStatus(now: number): void {
    this.nextStatus = now + statusPeriodMs;
    const { engine, channels } = this.context;
    const channel = channels.of(statusChannel.topic);
    if (channel === undefined || !this.context.isWanted(channel)) return;
    const control = [...engine.control.values()].map((one) => {
      const { robot, lease, stopped } = one.status();
      return { robot, holder: lease?.holder ?? "", stoppedBy: stopped?.by ?? "" };
    });
    this.context.publish(channel, now, Buffer.from(statusJson(now, engine.status.values(), control)));
  }

  /** The newest events are there for a subscriber that comes now. */
  private showEvents(channel: Channel): void {
    const textOf = channel.kind.topic === logChannel.topic ? logJson : eventJson;
    channel.dropAll();
    for (const event of this.context.engine.events.all().slice(-shownEvents)) {
      const payload = Buffer.from(textOf(event));
      channel.keep(String(event.id), { time: nanoseconds(event.time), payload });
    }
  }
}

/** Begins with the one whose turn it is, and stops when the time is over; the next turn goes on from there. */
function inTurn<T>(all: readonly T[], turn: number, hasTime: () => boolean, act: (one: T) => void): number {
  let at = turn;
  for (let i = 0; i < all.length && hasTime(); i++) act(all[at++ % all.length] as T);
  return all.length === 0 ? 0 : at % all.length;
}
