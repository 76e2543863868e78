import { stampToMs } from "../../core/stamp.ts";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import { DelayWindow } from "../store/delay-window.ts";
import { kindOf } from "./topic-kinds.ts";

export type OneTopicDelays = { stamped: DelayWindow; arrived: DelayWindow; drawn: DelayWindow };

/** What waits for its picture at most, and for how long, ms. */
const mostWaiting = 500;
const longestWaitMs = 2000;

/** The delays of watched topics: from the stamp to the server, from there to this page, and of what is drawn in 3D to the picture. */
export class TopicDelays {
  readonly topics = new Map<string, OneTopicDelays>();
  private waiting: { topic: string; arrivedMs: number }[] = [];
  /** Server ms at which the newest message of each topic had come to the server: what is handed over anew is none. */
  private readonly last = new Map<string, number>();

  constructor(private readonly now: () => number | null) {}

  took(topic: string, { header }: TopicMessage): void {
    const nowMs = this.now();
    const isFirst = !this.last.has(topic);
    const isKnown = this.last.get(topic) === header.received;
    this.last.set(topic, header.received);
    if (nowMs === null || isFirst || isKnown) return;
    const delays = this.topics.get(topic) ?? {
      ...{ stamped: new DelayWindow(), arrived: new DelayWindow(), drawn: new DelayWindow() },
    };
    this.topics.set(topic, delays);
    const { stamp } = header;
    if (stamp !== null && (stamp.sec !== 0 || stamp.nanosec !== 0)) {
      delays.stamped.add(nowMs, header.received - stampToMs(stamp));
    }
    delays.arrived.add(nowMs, nowMs - header.received);
    if (kindOf(header.type) === "layer") this.wait(topic, nowMs);
  }

  /** What is not drawn soon is not drawn at all, as in a tab that nobody sees. */
  private wait(topic: string, arrivedMs: number): void {
    while ((this.waiting[0]?.arrivedMs ?? arrivedMs) < arrivedMs - longestWaitMs) this.waiting.shift();
    if (this.waiting.length < mostWaiting) this.waiting.push({ topic, arrivedMs });
  }

  /** A picture is there. */
  drew(): void {
    const nowMs = this.now();
    if (nowMs === null) return;
    for (const { topic, arrivedMs } of this.waiting.splice(0)) {
      this.topics.get(topic)?.drawn.add(nowMs, nowMs - arrivedMs);
    }
  }
}
