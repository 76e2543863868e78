import { describe, expect, it } from "vitest";
import type { DiagnosticState } from "../../../../src/protocol/topics/digests/diagnostics-digest.ts";
import { diagnosticAlarms } from "../../../../src/viewer/topics/diagnostic-alarms.ts";

const now = 100_000;
const state = (
  name: string,
  level: number,
  message = "",
  more: Partial<DiagnosticState> = {},
): DiagnosticState => ({
  ...{ name, level, message, hardware: "", values: [], at: now - 100 },
  changes: [
    { at: now - 9000, level: 0, message: "ok" },
    { at: now - 3000, level, message },
  ],
  ...more,
});

describe("diagnostics among the alarms", () => {
  it("are those that are not ok, errors first, since their level is what it is", () => {
    const changes = [
      { at: 1000, level: 2, message: "a" },
      { at: 2000, level: 1, message: "b" },
      { at: 3000, level: 1, message: "c" },
    ];
    const states = [
      state("/a", 0),
      state("/b", 1, "warm", { changes }),
      state("/c", 2, "broken"),
      state("/d", 3),
    ];
    expect(diagnosticAlarms(states, now)).toEqual([
      { id: "diagnostics /c", severity: "error", text: "/c: broken", sinceMs: now - 3000 },
      { id: "diagnostics /b", severity: "warning", text: "/b: warm", sinceMs: 2000 },
      { id: "diagnostics /d", severity: "warning", text: "/d: stale", sinceMs: now - 3000 },
    ]);
    expect(diagnosticAlarms([state("/a", 0)], now)).toEqual([]);
    expect(diagnosticAlarms([], now)).toEqual([]);
  });

  it("tell what is not heard any more, whatever it said, and once where nobody is heard", () => {
    const old = { at: now - 60_000 };
    expect(diagnosticAlarms([state("/a", 0), state("/b", 0, "fine", old)], now)).toEqual([
      { id: "diagnostics /b", severity: "warning", text: "/b: not heard any more", sinceMs: old.at },
    ]);
    expect(diagnosticAlarms([state("/a", 2, "x", old), state("/b", 0, "", old)], now)).toMatchObject([
      { id: "diagnostics", severity: "warning", sinceMs: old.at },
    ]);
  });

  it("are thirty at most, and a number", () => {
    const states = [state("/ok", 0), ...Array.from({ length: 500 }, (_, i) => state(`/n${i}`, 1, "w"))];
    const alarms = diagnosticAlarms(states, now);
    expect(alarms).toHaveLength(31);
    expect(alarms.at(-1)?.text).toMatch(/^470 more/);
  });
});
