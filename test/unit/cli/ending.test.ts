import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Ending } from "../../../src/cli/ending.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"] as const;

describe("the end of a command that runs until it is told to stop", () => {
  let before: Map<string, unknown[]>;
  let ends: number[];
  let said: string;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubEnv("npm_command", undefined);
    before = new Map(signals.map((signal) => [signal, process.listeners(signal as NodeJS.Signals)]));
    ends = [];
    said = "";
    vi.spyOn(process, "exit").mockImplementation((code) => void ends.push(Number(code)) as never);
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += String(text);
      return true;
    });
  });
  afterEach(() => {
    for (const signal of signals) for (const added of addedOn(signal)) process.off(signal, added as never);
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });

  const addedOn = (signal: string): (() => void)[] =>
    process
      .listeners(signal as NodeJS.Signals)
      .filter((one) => !before.get(signal)?.includes(one)) as unknown as (() => void)[];

  it.each(signals)("comes by %s, after what was to be done, with 0", async (signal) => {
    const done: string[] = [];
    const ending = new Ending();
    ending.by(async () => {
      await Promise.resolve();
      done.push("stopped");
    });
    expect(ending.isEnding).toBe(false);
    for (const end of addedOn(signal)) end();
    expect(ending.isEnding).toBe(true);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect([done, ends]).toEqual([["stopped"], [0]]);
  });

  it("comes with 0 also before anything was begun that is to be stopped", async () => {
    new Ending().end();
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual([0]);
  });

  it("comes once, however often it is asked for", async () => {
    let stops = 0;
    const ending = new Ending();
    ending.by(() => {
      stops++;
    });
    for (let i = 0; i < 3; i++) ending.end();
    await vi.advanceTimersByTimeAsync(0);
    expect([stops, ends]).toEqual([1, [0]]);
  });

  it.each([
    [
      "at once",
      () => {
        throw new Error("no way");
      },
    ],
    [
      "later",
      async () => {
        throw new Error("no way");
      },
    ],
  ])("is a fault where what was to be done fails %s", async (_, stop) => {
    const ending = new Ending();
    ending.by(stop);
    ending.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual([1]);
    expect(said).toBe("twin: shutdown failed: no way\n");
  });

  it("is cut short after 5 s", async () => {
    const ending = new Ending();
    ending.by(() => new Promise<void>(() => undefined));
    ending.end();
    await vi.advanceTimersByTimeAsync(4999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toEqual([1]);
    expect(said).toBe("twin: shutdown took longer than 5 s and was aborted\n");
  });

  it("comes with the end of npm, which passes no signal on", async () => {
    vi.stubEnv("npm_command", "exec");
    const parent = vi.spyOn(process, "ppid", "get").mockReturnValue(4242);
    const ending = new Ending();
    await vi.advanceTimersByTimeAsync(2000);
    expect(ending.isEnding).toBe(false);
    parent.mockReturnValue(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(ending.isEnding).toBe(true);
  });

  it("does not come with the end of a parent that is not npm", async () => {
    const parent = vi.spyOn(process, "ppid", "get").mockReturnValue(4242);
    const ending = new Ending();
    parent.mockReturnValue(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(ending.isEnding).toBe(false);
  });
});
