import { describe, expect, it } from "vitest";
import { EventLog } from "../../../../src/engine/ports/event-log.ts";

describe("the audit trail", () => {
  it("keeps who stopped, who drove and what was asked through a flood of other events", () => {
    const log = new EventLog();
    log.add(1, 1, "info", "lease.granted", "Bob drives", "robot");
    log.add(2, 2, "info", "command.accepted", "elbow", "robot");
    log.add(3, 3, "warning", "stop.latched", "stopped by Ada", "robot");
    for (let i = 0; i < 10_000; i++) log.add(4 + i, 4, "warning", "source.lost", "again");
    const kinds = log.all().map((event) => event.kind);
    expect(kinds.slice(0, 3)).toEqual(["lease.granted", "command.accepted", "stop.latched"]);
    expect(kinds.length).toBe(2003);
    const ids = log.all().map((event) => event.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it("keeps who stopped and who drove through a flood of commands, too", () => {
    const log = new EventLog();
    log.add(1, 1, "warning", "stop.latched", "stopped by Ada", "robot");
    for (let i = 0; i < 10_000; i++) log.add(2 + i, 2, "warning", "command.refused", "again");
    expect(log.all()[0]?.kind).toBe("stop.latched");
    expect(log.all().length).toBe(2501);
  });

  it("does not grow without bound, even by stops", () => {
    const log = new EventLog();
    for (let i = 0; i < 10_000; i++) log.add(i, i, "warning", "stop.latched", "again");
    expect(log.all().length).toBe(2500);
  });
});
