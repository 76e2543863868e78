import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlanMessage } from "../../../src/app/plan-service.ts";
import { PlanThread } from "../../../src/app/plan-thread.ts";
import type { ComputeRequest, PlanAnswer } from "../../../src/command/plan-request.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";

/** The thread's side: keeps what it was told; answers to pings while it does not hang. */
class Thread extends EventEmitter {
  readonly told: PlanMessage[] = [];
  hangs = false;
  isEnded = false;
  unref = () => undefined;
  postMessage = (message: PlanMessage) => {
    this.told.push(message);
    if (message.kind === "ping" && !this.hangs) this.emit("message", { kind: "pong" });
  };
  terminate = async () => {
    this.isEnded = true;
  };
  kinds = () => this.told.map(({ kind }) => kind).filter((kind) => kind !== "ping");
}

function threadsOf() {
  const answers: PlanAnswer[] = [];
  const inbox = new Inbox(undefined, ({ input }) => {
    if (input.kind === "planAnswer") answers.push(input.answer);
  });
  const twin = { description: { hash: "h", text: "<robot/>" }, geometry: null };
  const engine = { robots: new Map([["robot", twin]]), inbox } as unknown as Engine;
  const threads: Thread[] = [];
  const warnings: string[] = [];
  const plans = new PlanThread(
    () => engine,
    () => Date.now(),
    (line) => warnings.push(line),
    null,
    () => {
      threads.push(new Thread());
      return threads.at(-1) as unknown as Worker;
    },
  );
  const ask = (id: string) => plans.compute({ id, robot: "robot" } as ComputeRequest);
  return { plans, threads, answers, warnings, ask };
}

describe("the thread that computes motions", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is ended where it hangs: what was asked of it is answered, and the next request has a new one", () => {
    const { threads, answers, warnings, ask } = threadsOf();
    ask("1");
    ask("2");
    (threads[0] as Thread).hangs = true;
    vi.advanceTimersByTime(7000);
    expect(answers).toEqual([]);
    vi.advanceTimersByTime(3000);
    expect(threads[0]?.isEnded).toBe(true);
    expect(answers.map(({ id, outcome }) => `${id} ${outcome.found}`)).toEqual([
      "1 objection",
      "2 objection",
    ]);
    expect(warnings).toHaveLength(1);
    // What the ended thread still says counts no more.
    threads[0]?.emit("message", { id: "1", robot: "robot", outcome: { found: "goal", positions: {} } });
    threads[0]?.emit("error", new Error("terminated"));
    expect(answers).toHaveLength(2);
    expect(warnings).toHaveLength(1);
    ask("3");
    expect(threads).toHaveLength(2);
    expect(threads[1]?.kinds()).toEqual(["robot", "request"]);
  });

  it("is ended where those who ask give up sooner, and ask again", () => {
    const { plans, threads, warnings, ask } = threadsOf();
    for (let i = 0; i < 4; i += 1) {
      ask(`${i}`);
      for (const thread of threads) thread.hangs = true;
      vi.advanceTimersByTime(5000);
      plans.drop(`${i}`);
    }
    expect(threads[0]?.isEnded).toBe(true);
    expect(threads.length).toBeGreaterThan(1);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it("may take long as long as it answers, and is not asked while it has nothing to do", () => {
    const { threads, answers, ask } = threadsOf();
    ask("1");
    vi.advanceTimersByTime(60_000);
    const [thread] = threads as [Thread];
    expect(thread.isEnded).toBe(false);
    thread.emit("message", { id: "1", robot: "robot", outcome: { found: "goal", positions: {} } });
    expect(answers).toHaveLength(1);
    const told = thread.told.length;
    vi.advanceTimersByTime(60_000);
    expect(thread.told.length).toBe(told);
    // A long rest is no silence.
    ask("2");
    vi.advanceTimersByTime(1500);
    expect(thread.isEnded).toBe(false);
  });

  it("is told what nobody waits for any more, and its late answer is not passed on", () => {
    const { plans, threads, answers, ask } = threadsOf();
    ask("1");
    plans.drop("1");
    plans.drop("1");
    plans.drop("unknown");
    expect(threads[0]?.kinds()).toEqual(["robot", "request", "drop"]);
    threads[0]?.emit("message", { id: "1", robot: "robot", outcome: { found: "goal", positions: {} } });
    expect(answers).toEqual([]);
  });
});
