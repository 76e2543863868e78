import { WebSocket } from "ws";
import { PieceJoiner, type TopicMessage, unpackTopicMessage } from "../../src/protocol/topics/topic-frame.ts";
import type { TopicAnswer } from "../../src/protocol/topics/topic-requests.ts";
import { eventually } from "../support/eventually.ts";

/** A client that watches topics, as a script would. */
export class TopicWatcher {
  readonly answers: TopicAnswer[] = [];
  readonly messages: TopicMessage[] = [];
  private readonly joiner = new PieceJoiner();
  private readonly socket: WebSocket;

  constructor(url: string) {
    this.socket = new WebSocket(`${url.replace("http", "ws")}/ws/state`, "twin.v1");
    this.socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) {
        this.answers.push(JSON.parse(String(data)) as TopicAnswer);
        return;
      }
      const joined = this.joiner.take(new Uint8Array(data));
      const message = joined === null ? null : unpackTopicMessage(joined.message);
      if (message?.ok === true) this.messages.push(message.value);
    });
  }

  async open(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) {
      await new Promise((resolve, reject) => {
        this.socket.once("open", resolve);
        this.socket.once("error", reject);
      });
    }
    return this;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  watch(topic: string, bytesPerSecond = 1e8): void {
    this.send({ op: "watch", topic, budget: { bytesPerSecond, maxAgeMs: 2000 } });
  }

  of(topic: string): TopicMessage[] {
    return this.messages.filter(({ header }) => header.topic === topic);
  }

  /** The newest message of a topic, once `count` have come. */
  newest(topic: string, count = 1): Promise<TopicMessage> {
    return eventually(
      `${count} of ${topic}`,
      () => {
        const found = this.of(topic);
        return found.length >= count ? found.at(-1) : undefined;
      },
      30_000,
    );
  }

  said<Op extends TopicAnswer["op"]>(op: Op): Extract<TopicAnswer, { op: Op }>[] {
    return this.answers.filter((answer): answer is Extract<TopicAnswer, { op: Op }> => answer.op === op);
  }

  end(): void {
    this.socket.terminate();
  }
}
