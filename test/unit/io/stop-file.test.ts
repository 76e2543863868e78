import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StopFile } from "../../../src/io/stop-file.ts";

const stop = { by: "Ann", at: 1, reason: "smoke" };
let folder = "";
let faults: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twin-stop-"));
  faults = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function opened(name = "deep/stops.json"): StopFile {
  return new StopFile(join(folder, name), (message) => faults.push(message));
}

describe("a stop that is kept", () => {
  it("is there after a restart, and gone after its reset", () => {
    opened().remember(["robot"], stop);
    const again = opened();
    expect(again.of("robot")).toEqual(stop);
    expect(again.of("other")).toBeNull();
    again.remember(["robot"], null);
    expect(opened().of("robot")).toBeNull();
    expect(faults).toEqual([]);
  });

  it("makes no file while nothing is stopped", () => {
    opened();
    expect(existsSync(join(folder, "deep"))).toBe(false);
  });

  it("leaves the others stopped when one robot is reset", () => {
    const file = opened();
    file.remember(["a"], stop);
    file.remember(["b"], { ...stop, by: "Bob" });
    file.remember(["a"], null);
    expect(opened().of("a")).toBeNull();
    expect(opened().of("b")?.by).toBe("Bob");
  });

  for (const [what, text] of [
    ["cut in the middle", '{"robot":{"by":"An'],
    ["empty", ""],
    ["of another shape", '{"robot":true}'],
    ["binary", "\u0000\u0001"],
  ] as const) {
    it(`in a file that is ${what} counts as everything stopped, until each is reset`, () => {
      mkdirSync(join(folder, "deep"));
      writeFileSync(join(folder, "deep/stops.json"), text);
      const file = opened();
      expect(file.of("a")?.by).toBe("twinbridge");
      expect(file.of("b")?.reason).toContain("damaged");
      file.remember(["a"], null);
      expect(file.of("a")).toBeNull();
      expect(opened().of("b")?.by).toBe("twinbridge");
      // One that nobody asked for before the reset of another.
      expect(file.of("late")?.by).toBe("twinbridge");
      expect(opened().of("later")?.by).toBe("twinbridge");
      expect(opened().of("a")).toBeNull();
      file.remember(["b", "late"], null);
      expect([opened().of("b"), opened().of("late")]).toEqual([null, null]);
    });
  }

  it("says so when it cannot be written, and throws nothing", () => {
    writeFileSync(join(folder, "deep"), "a file where a folder should be");
    const file = opened();
    file.remember(["a"], stop);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("a is stopped, but a restart would forget it");
    expect(file.of("a")).toEqual(stop);
  });

  it("that could not be written is tried again, and told when it is kept", () => {
    vi.useFakeTimers();
    const blocked = join(folder, "deep");
    writeFileSync(blocked, "a file where a folder should be");
    const kept = vi.fn();
    const file = new StopFile(join(folder, "deep/stops.json"), (message) => faults.push(message), kept);
    file.remember(["a"], stop);
    vi.advanceTimersByTime(6000);
    expect([faults.length, kept.mock.calls.length]).toEqual([1, 0]);
    rmSync(blocked);
    vi.advanceTimersByTime(60_000);
    expect(kept).toHaveBeenCalledOnce();
    expect(opened().of("a")).toEqual(stop);
    vi.useRealTimers();
  });

  it("is written as a whole or not at all", () => {
    const file = opened();
    file.remember(["a"], stop);
    expect(existsSync(join(folder, "deep/stops.json.new"))).toBe(false);
    expect(JSON.parse(readFileSync(join(folder, "deep/stops.json"), "utf8"))).toEqual({ a: stop });
    chmodSync(join(folder, "deep/stops.json"), 0o600);
  });
});
