import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Listeners } from "../../../src/client/listeners.ts";

describe("listeners", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are called with each value until their subscription ends, once for each", () => {
    const listeners = new Listeners<[number]>();
    const heard: number[] = [];
    const listener = (value: number) => heard.push(value);
    const ends = [listeners.add(listener), listeners.add(listener)];
    listeners.emit(1);
    ends[0]?.();
    ends[0]?.();
    listeners.emit(2);
    ends[1]?.();
    listeners.emit(3);
    expect(heard).toEqual([1, 1, 2]);
  });

  it("that throw do not keep others from being called, and their fault is seen outside", () => {
    const listeners = new Listeners<[]>();
    const heard: string[] = [];
    listeners.add(() => {
      throw new Error("a bug of the program");
    });
    listeners.add(() => heard.push("other"));
    listeners.emit();
    expect(heard).toEqual(["other"]);
    expect(() => vi.runAllTimers()).toThrow("a bug of the program");
  });

  it("that end or begin a subscription while they are called do not confuse the others", () => {
    const listeners = new Listeners<[]>();
    const heard: string[] = [];
    const end = listeners.add(() => {
      heard.push("first");
      end();
      listeners.add(() => heard.push("late"));
    });
    listeners.add(() => heard.push("second"));
    listeners.emit();
    expect(heard).toEqual(["first", "second"]);
    listeners.emit();
    expect(heard).toEqual(["first", "second", "second", "late"]);
  });
});
