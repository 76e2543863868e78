import { describe, expect, it } from "vitest";
import type { TwinEvent } from "../../../src/protocol/state-messages.ts";
import { groupEvents } from "../../../src/viewer/ui/event-groups.ts";

let ids = 0;
function event(kind: string, data: Record<string, unknown> = {}, more: Partial<TwinEvent> = {}): TwinEvent {
  ids += 1;
  return {
    id: ids,
    time: ids,
    revision: ids,
    severity: "info",
    kind,
    robot: "r",
    message: kind,
    data,
    ...more,
  };
}

/** Kinds and counts, newest first, of events given in the order in which they came. */
function grouped(...events: TwinEvent[]): string[] {
  return groupEvents([...events].reverse()).map(({ newest, count }) => `${newest.kind} ${count}`);
}

describe("events in groups", () => {
  const jog = (id: number) => [
    event("command.accepted", { session: "s", id, target: "base" }),
    event("command.done", { session: "s", id, target: "base" }),
  ];

  it("makes one line of a held pad's jogs, and counts the commands", () => {
    expect(grouped(...jog(1), ...jog(2), ...jog(3))).toEqual(["command.done 3"]);
  });

  it("keeps what lies between, and every warning, apart", () => {
    const refused = event(
      "command.refused",
      { session: "s", id: 9, target: "base" },
      { severity: "warning" },
    );
    expect(grouped(...jog(1), event("stop.latched"), ...jog(2))).toEqual([
      "command.done 1",
      "stop.latched 1",
      "command.done 1",
    ]);
    expect(grouped(...jog(1), refused, refused)).toEqual([
      "command.refused 1",
      "command.refused 1",
      "command.done 1",
    ]);
  });

  it("keeps robots, targets and sessions apart", () => {
    const base = { session: "s", id: 1, target: "base" };
    expect(
      grouped(
        event("command.done", base),
        event("command.done", { ...base, target: "joint/elbow" }),
        event("command.done", { ...base, target: "joint/elbow", session: "t" }),
        event("command.done", { ...base, target: "joint/elbow", session: "t" }, { robot: "other" }),
      ),
    ).toHaveLength(4);
  });
});
