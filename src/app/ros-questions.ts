import type { TopicOrder } from "../io/topics/topic-orders.ts";
import type { RosAnswer, RosQuestion } from "../protocol/topics/ros-questions.ts";

/** Beyond this nothing is waited for: the process has gone, ms. */
const answerWithinMs = 45_000;
const mostOpen = 32;

/** Questions about the ROS graph, which the process for topics answers. */
export class RosQuestions {
  private readonly open = new Map<number, (answer: RosAnswer) => void>();
  private count = 0;

  /** `order`: to the process; null: there is no ROS. */
  constructor(private readonly order: ((order: TopicOrder) => void) | null) {}

  /** Never rejects. */
  readonly ask = (question: RosQuestion): Promise<RosAnswer> => {
    const { order } = this;
    if (order === null) return Promise.resolve(failed(503, "this twin is not connected to ROS 2"));
    if (this.open.size >= mostOpen) return Promise.resolve(failed(429, "too many questions wait for ROS"));
    const id = ++this.count;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.open.delete(id);
        resolve(failed(504, "ROS was not asked in time: the process for topics does not answer"));
      }, answerWithinMs).unref();
      this.open.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      order({ op: "ask", id, question });
    });
  };

  take(id: number, answer: RosAnswer): void {
    const waits = this.open.get(id);
    this.open.delete(id);
    waits?.(answer);
  }

  /** The process has gone: what it was asked is not answered any more. */
  fail(reason: string): void {
    for (const id of [...this.open.keys()]) this.take(id, failed(503, reason));
  }
}

function failed(status: number, reason: string): RosAnswer {
  return { ok: false, status, reason };
}
