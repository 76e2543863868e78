import type { Engine } from "../../engine/engine.ts";
import type { History, SeriesInfo } from "../../history/history-query.ts";
import { nanoseconds } from "../../protocol/foxglove/server-messages.ts";
import { hasState, stateChannel, thingState } from "../../protocol/foxglove/thing-state.ts";
import { eventChannel, eventJson, logChannel, logJson } from "../../protocol/foxglove/twin-channels.ts";
import type { PropertyJson, ThingJson } from "../../protocol/state-messages.ts";
import type { RobotModel } from "../../robot/model.ts";
import type { Channel, ChannelTable } from "./channel-table.ts";
import type { ClientSession } from "./client-session.ts";
import type { PastGraph } from "./past-graph.ts";
import { PastModels } from "./past-models.ts";
import { jointStateCdr, RobotTransforms, type Transform, textCdr, transformsCdr } from "./robot-messages.ts";
import { readingOf } from "./robot-reading.ts";
import { type RosChannels, rosTypes } from "./ros-channels.ts";
import { framePrefix, topicPrefixes } from "./topic-names.ts";

type PastContext = { engine: Engine; namespaceOf(robot: string): string };

const mostEvents = 1000;

/** The topics of the past for one client: made from the graph as it was, with the times of then. */
export class PastFeed {
  private prefixes = new Map<string, string>();
  private readonly transforms = new Map<string, { model: RobotModel; of: RobotTransforms }>();
  private readonly models: PastModels;
  /** All fields that the state of a thing was seen with: fields that come and go make no new channel. */
  private readonly fields = new Map<string, { channel: Channel; properties: Record<string, PropertyJson> }>();
  /** Robots whose joints moved since the last moment, and things that changed since the last step. */
  private readonly movedRobots = new Set<string>();
  private readonly changed = new Set<string>();

  constructor(
    private readonly context: PastContext,
    private readonly history: History,
    private readonly channels: ChannelTable,
    private readonly ros: RosChannels,
    private readonly session: ClientSession,
  ) {
    this.models = new PastModels(context.engine, history);
  }

  /** Advertises what there is in the graph, and reads the descriptions of then. */
  async advertise({ things }: PastGraph): Promise<void> {
    await this.models.learn(things);
    const robots = Object.entries(things).filter(([, { type }]) => type === "robot");
    this.prefixes = topicPrefixes(
      robots.map(([id]) => id),
      this.context.namespaceOf,
    );
    for (const kind of [eventChannel, logChannel]) this.channels.ensure(kind);
    for (const [id, thing] of robots) {
      const prefix = this.prefixes.get(id) ?? "";
      this.rosChannel(`${prefix}/joint_states`, rosTypes.jointState);
      this.rosChannel("/tf", rosTypes.transforms);
      this.rosChannel("/tf_static", rosTypes.transforms);
      this.describe(thing, prefix);
    }
    for (const [id, thing] of Object.entries(things)) if (hasState(thing)) this.advertiseState(id, thing);
  }

  /** All that is known of the moment `time`; of one channel, or of all with null. */
  show({ things }: PastGraph, time: number, channel: Channel | null): void {
    this.changed.clear();
    this.movedRobots.clear();
    for (const [id, thing] of Object.entries(things)) {
      if (hasState(thing)) this.showState(id, thing, time, channel);
      if (thing.type === "robot") this.showJoints(id, thing, time, channel);
    }
    this.showTransforms(things, time, channel);
    this.showFixed(things, time, channel);
  }

  /** A sample of this series was taken. */
  moved({ thing, path }: SeriesInfo): void {
    this.changed.add(thing);
    if (path.startsWith("joint/") && path.endsWith("/position")) this.movedRobots.add(thing);
  }

  /** All samples of one moment are in the graph. */
  showMoment({ things }: PastGraph, time: number): void {
    for (const id of this.movedRobots) {
      const thing = things[id];
      if (thing?.type === "robot") this.showJoints(id, thing, time, null);
    }
    this.movedRobots.clear();
  }

  /** What changed in a step that ends at `time`. */
  showFrames({ things }: PastGraph, time: number): void {
    if (this.changed.size === 0) return;
    for (const id of this.changed) {
      const thing = things[id];
      if (thing !== undefined && hasState(thing)) this.showState(id, thing, time, null);
    }
    this.changed.clear();
    this.showTransforms(things, time, null);
  }

  async showEvents(from: number, to: number): Promise<void> {
    const wanted = [eventChannel, logChannel].map(({ topic }) => this.channels.of(topic));
    if (!wanted.some((channel) => this.session.isSubscribed(channel))) return;
    for (const event of await this.history.events({ from, to, kind: "*", limit: mostEvents })) {
      const [events, log] = wanted;
      if (events !== undefined) this.publish(events, event.time, Buffer.from(eventJson(event)));
      if (log !== undefined) this.publish(log, event.time, Buffer.from(logJson(event)));
    }
  }

  private showJoints(id: string, thing: ThingJson, time: number, only: Channel | null): void {
    const channel = this.channels.of(`${this.prefixes.get(id) ?? ""}/joint_states`);
    if (channel === undefined || !this.isAsked(channel, only)) return;
    const payload = jointStateCdr(readingOf(thing));
    if (payload !== null) this.publish(channel, time, payload);
  }

  private showState(id: string, { properties }: ThingJson, time: number, only: Channel | null): void {
    const channel = this.fields.get(id)?.channel;
    if (channel === undefined || !this.isAsked(channel, only)) return;
    this.publish(channel, time, Buffer.from(JSON.stringify(thingState(properties, time))));
  }

  private showTransforms(
    things: Readonly<Record<string, ThingJson>>,
    time: number,
    only: Channel | null,
  ): void {
    const channel = this.channels.of("/tf");
    if (channel === undefined || !this.isAsked(channel, only)) return;
    const transforms = this.transformsOf(things, "moving", time);
    if (transforms.length > 0) this.publish(channel, time, transformsCdr(transforms));
  }

  private showFixed(things: Readonly<Record<string, ThingJson>>, time: number, only: Channel | null): void {
    const channel = this.channels.of("/tf_static");
    if (channel === undefined || !this.isAsked(channel, only)) return;
    const transforms = this.transformsOf(things, "fixed", time);
    if (transforms.length > 0) this.publish(channel, time, transformsCdr(transforms));
  }

  private transformsOf(
    things: Readonly<Record<string, ThingJson>>,
    kind: "moving" | "fixed",
    time: number,
  ): Transform[] {
    const found: Transform[] = [];
    for (const id of this.prefixes.keys()) {
      const thing = things[id];
      const transforms = thing === undefined ? null : this.robotTransforms(id, thing);
      if (thing === undefined || transforms === null) continue;
      const reading = readingOf(thing);
      found.push(...transforms.of(reading, kind, (frame) => reading.frames.has(frame), time));
      if (kind === "moving") found.push(...transforms.given(reading, time));
    }
    return found;
  }

  /** By the description that the robot had then. */
  private robotTransforms(id: string, thing: ThingJson): RobotTransforms | null {
    const model = this.models.of(thing)?.model;
    if (model === undefined) return null;
    let known = this.transforms.get(id);
    if (known?.model !== model) {
      known = { model, of: new RobotTransforms(model, framePrefix(this.prefixes.get(id) ?? "")) };
      this.transforms.set(id, known);
    }
    return known.of;
  }

  private describe(thing: ThingJson, prefix: string): void {
    const text = this.models.of(thing)?.text;
    const channel = this.rosChannel(`${prefix}/robot_description`, rosTypes.text);
    if (text === undefined || channel === null || channel.latched(text) !== undefined) return;
    channel.dropAll();
    const message = { time: 0n, payload: textCdr(text) };
    channel.keep(text, message);
    this.session.publish(channel, message);
  }

  private advertiseState(id: string, { properties }: ThingJson): void {
    const known = this.fields.get(id);
    const hasNew = Object.keys(properties).some((path) => !Object.hasOwn(known?.properties ?? {}, path));
    if (known !== undefined && !hasNew) return;
    const all = { ...known?.properties, ...properties };
    const channel = this.channels.ensure(stateChannel(id, thingState(all, 0)));
    this.fields.set(id, { channel, properties: all });
  }

  private rosChannel(topic: string, type: string): Channel | null {
    const kind = this.ros.kindOf(topic, type);
    return kind === null ? null : this.channels.ensure(kind);
  }

  private isAsked(channel: Channel, only: Channel | null): boolean {
    return (only === null || only === channel) && this.session.isSubscribed(channel);
  }

  private publish(channel: Channel, time: number, payload: Uint8Array): void {
    this.session.publish(channel, { time: nanoseconds(time), payload });
  }
}
