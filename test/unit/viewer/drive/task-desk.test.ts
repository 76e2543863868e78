import { expect, it } from "vitest";
import { TaskDesk } from "../../../../src/viewer/drive/task-desk.ts";
import { connected, granted } from "./page-line.ts";

const call = { kind: "service", service: "/home" } as const;

it("keeps the last answer of each gripper and service of each robot, with its time", () => {
  const { driver, line } = granted();
  const desk = new TaskDesk(driver);
  expect(desk.ask("robot", "/home", call, "Call /home")).toBe(true);
  const id = line.lastId("command");
  expect(desk.of("robot", "/home")).toMatchObject({ activity: { stage: "waiting" }, endedMs: null });
  line.says({ op: "result", id, stage: "executing", code: "ok", message: "", progress: 0 });
  expect(desk.of("robot", "/home")?.endedMs).toBeNull();
  line.says({ op: "result", id, stage: "aborted", code: "service_failed", message: "stuck" });
  expect(desk.of("robot", "/home")).toMatchObject({
    activity: { stage: "aborted", code: "service_failed", message: "stuck" },
    endedMs: 10_000,
  });
  expect(desk.of("cart", "/home")).toBeNull();
  expect(desk.of("robot", "/lamp")).toBeNull();
});

it("keeps an answer that the list of moves has forgotten", () => {
  const { driver, line } = granted();
  const desk = new TaskDesk(driver);
  desk.ask("robot", "/home", call, "Call /home");
  line.says({ op: "result", id: line.lastId("command"), stage: "done", code: "ok", message: "homed" });
  for (let i = 0; i < 20; i++) driver.move({ kind: "jointPosition", positions: { elbow: i } }, "Move");
  expect(driver.log.moves.get().some(({ label }) => label === "Call /home")).toBe(false);
  expect(desk.of("robot", "/home")?.activity).toMatchObject({ stage: "done", message: "homed" });
});

it("sends nothing without the lease, and keeps the answer before", () => {
  const { driver, line } = connected();
  const desk = new TaskDesk(driver);
  expect(desk.ask("robot", "/home", call, "Call /home")).toBe(false);
  expect(line.of("command")).toEqual([]);
  expect(desk.of("robot", "/home")).toBeNull();
});
