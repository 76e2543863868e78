import { qualities } from "../../core/quality.ts";
import { type Stamp, stampFromMs } from "../../core/stamp.ts";
import {
  type History,
  type SampleChunk,
  type SeriesInfo,
  type SeriesSelection,
  sampleKinds,
} from "../../history/history-query.ts";
import { jointStateCdr, jointStateSchema } from "../../protocol/mcap/joint-state-message.ts";
import { offeredQosText } from "../../protocol/mcap/offered-qos.ts";
import { nanosecondsOf, type RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import { isCommandEvent, seriesChannel, twinChannel } from "../../protocol/mcap/twin-channels.ts";
import type { Recording } from "./recording.ts";

/** What is in memory at a time: a window of the range. A window with many samples is followed by a shorter one. */
const mostWindowMs = 60_000;
const leastWindowMs = 250;
const wantedSamples = 200_000;
const mostEvents = 10_000;

type Quantity = "position" | "velocity" | "effort";
type Joints = { time: number; stamp: Stamp | null; values: Map<string, Partial<Record<Quantity, number>>> };
type Message = { channel: number; time: number; stamp: Stamp | null; data: Uint8Array };

/** Cuts a range out of history into a recording: joints as sensor_msgs/JointState, all else as JSON, and the events. */
export class McapExport {
  private readonly channels = new Map<string, number>();
  private samples = 0;

  constructor(
    private readonly history: Pick<History, "samples" | "events">,
    private readonly recording: Recording,
  ) {}

  /** `onProgress` gets the share of the range, 0 … 1, and the samples so far. Resolves to the number of samples. */
  async run(query: SeriesSelection, onProgress: (share: number, samples: number) => void): Promise<number> {
    const { from, to } = query;
    for (let begin = from, length = leastWindowMs * 4; begin < to; ) {
      const end = Math.min(to, begin + length);
      const count = await this.window({ ...query, from: begin, to: end });
      this.samples += count;
      onProgress((end - from) / (to - from), this.samples);
      begin = end;
      length = Math.min(
        mostWindowMs,
        Math.max(leastWindowMs, (length * wantedSamples) / Math.max(count, wantedSamples / 2)),
      );
    }
    return this.samples;
  }

  private async window(query: SeriesSelection): Promise<number> {
    const messages: Message[] = [];
    const joints = new Map<string, Joints>();
    let count = 0;
    for await (const chunk of this.history.samples(query)) {
      count += chunk.time.length;
      const joint = jointOf(chunk.series);
      if (joint === null) this.addSeries(chunk, messages);
      else addJoints(chunk, joint, joints);
    }
    for (const [key, state] of joints) messages.push(this.jointMessage(key.split("\n")[0] as string, state));
    const { from, to } = query;
    for (const event of await this.history.events({ from, to, kind: "*", limit: mostEvents })) {
      const name = isCommandEvent(event.kind) ? "commands" : "events";
      const channel = this.channelOf(name, () => twinChannel(name));
      messages.push({ channel, time: event.time, stamp: null, data: Buffer.from(JSON.stringify(event)) });
    }
    messages.sort((a, b) => a.time - b.time);
    for (const { channel, time, stamp, data } of messages) {
      const logTime = nanosecondsOf(time);
      const sent = stamp === null ? logTime : BigInt(stamp.sec) * 1_000_000_000n + BigInt(stamp.nanosec);
      this.recording.write(channel, logTime, sent < 0n ? 0n : sent, data, 0);
    }
    return count;
  }

  private addSeries(chunk: SampleChunk, messages: Message[]): void {
    const { series, words } = chunk;
    const key = `${series.facet}\n${series.name}`;
    const channel = this.channelOf(key, () =>
      seriesChannel(series.name, series.facet, series.unit, series.kind),
    );
    for (let i = 0; i < chunk.time.length; i++) {
      const stamp = stampAt(chunk, i);
      const number = chunk.value[i] as number;
      const value = series.kind === "number" ? (Number.isFinite(number) ? number : null) : chunk.other[i];
      const reason = words[chunk.reason[i] as number] ?? "";
      const message = {
        ...(value === null || value === undefined ? {} : { value }),
        ...(stamp === null ? {} : { stamp }),
        quality: qualities[chunk.quality[i] as number],
        ...(reason === "" ? {} : { reason }),
        source: words[chunk.source[i] as number],
        kind: sampleKinds[chunk.kind[i] as number],
      };
      messages.push({
        channel,
        time: chunk.time[i] as number,
        stamp,
        data: Buffer.from(JSON.stringify(message)),
      });
    }
  }

  private jointMessage(thing: string, { time, stamp, values }: Joints): Message {
    const topic = `/${thing.replace(/[^A-Za-z0-9_]/g, "_")}/joint_states`;
    const channel = this.channelOf(topic, () => jointChannel(topic));
    const names = [...values.keys()].sort();
    const column = (quantity: Quantity): number[] => {
      const all = names.map((name) => values.get(name)?.[quantity]);
      return all.every((value) => value === undefined) ? [] : all.map((value) => value ?? Number.NaN);
    };
    const data = jointStateCdr(
      stamp ?? stampFromMs(time),
      names,
      column("position"),
      column("velocity"),
      column("effort"),
    );
    return { channel, time, stamp, data };
  }

  private channelOf(key: string, make: () => RecordedChannel): number {
    const known = this.channels.get(key);
    if (known !== undefined) return known;
    const id = this.channels.size + 1;
    this.channels.set(key, id);
    this.recording.register(id, make());
    return id;
  }
}

/** The joint and its quantity that a series measures; null for another series. */
function jointOf({ path, facet, kind }: SeriesInfo): { name: string; quantity: Quantity } | null {
  const [, name, quantity] = /^joint\/(.+)\/(position|velocity|effort)$/.exec(path) ?? [];
  if (name === undefined || facet !== "reported" || kind !== "number") return null;
  return { name, quantity: quantity as Quantity };
}

/** Values of one moment and sender are one message, as they were when they came. */
function addJoints(
  chunk: SampleChunk,
  { name, quantity }: { name: string; quantity: Quantity },
  joints: Map<string, Joints>,
): void {
  for (let i = 0; i < chunk.time.length; i++) {
    const value = chunk.value[i] as number;
    if (Number.isNaN(value) || sampleKinds[chunk.kind[i] as number] === "rejected") continue;
    const time = chunk.time[i] as number;
    const stamp = stampAt(chunk, i);
    const source = chunk.words[chunk.source[i] as number] ?? "";
    const moment = stamp === null ? `${time}` : `${stamp.sec}.${stamp.nanosec}`;
    const key = `${chunk.series.thing}\n${source}\n${moment}`;
    let state = joints.get(key);
    if (state === undefined) {
      state = { time, stamp, values: new Map() };
      joints.set(key, state);
    }
    const joint = state.values.get(name) ?? {};
    joint[quantity] = value;
    state.values.set(name, joint);
  }
}

function stampAt({ stampSec, stampNanosec }: SampleChunk, i: number): Stamp | null {
  const sec = stampSec[i] as number;
  return Number.isFinite(sec) ? { sec, nanosec: stampNanosec[i] as number } : null;
}

function jointChannel(topic: string): RecordedChannel {
  return {
    topic,
    messageEncoding: "cdr",
    schema: jointStateSchema,
    metadata: { offered_qos_profiles: offeredQosText([{ reliability: 1, durability: 2 }]) },
    isLatched: false,
  };
}
