import { describe, expect, it } from "vitest";
import { EventLog } from "../../../src/engine/event-log.ts";

describe("the audit trail", () => {
  it("keeps who stopped and who drove through a flood of other events", () => {
    const log = new EventLog();
    log.add(1, 1, "warning", "stop.latched", "stopped by Ada", "robot");
    log.add(2, 2, "info", "lease.granted", "Bob drives", "robot");
    for (let i = 0; i < 10_000; i++) log.add(3 + i, 3, "warning", "command.refused", "again");
    const kinds = log.all().map((event) => event.kind);
    expect(kinds.slice(0, 2)).toEqual(["stop.latched", "lease.granted"]);
    expect(kinds.length).toBe(2002);
    const ids = log.all().map((event) => event.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it("does not grow without bound, even by stops", () => {
    const log = new EventLog();
    for (let i = 0; i < 10_000; i++) log.add(i, i, "warning", "stop.latched", "again");
    expect(log.all().length).toBe(2500);
  });
});
