import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import type { WayAnswer, WayQuestion } from "../../../../src/command/way-question.ts";
import { MoveGroup } from "../../../../src/io/ros/move-group.ts";
import type { PlannerProcess } from "../../../../src/io/ros/move-group-process.ts";
import { getMotionPlan } from "../../../../src/protocol/moveit-plan.ts";

const service = "/plan_kinematic_path";
const way = { found: "way", way: { joints: ["a"], points: [[0], [1]] } } as const;

class FakeProcess extends EventEmitter {
  killed = 0;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();

  async say(line: object | string): Promise<void> {
    this.stdout.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }

  kill(): boolean {
    this.killed += 1;
    return true;
  }

  /** The ids that it was asked since the last call, and `ping`. */
  asked(): string[] {
    const text = String(this.stdin.read() ?? "");
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line).plan?.id ?? "ping");
  }
}

let now: number;
let isThere: boolean;
let children: FakeProcess[];
let answers: WayAnswer[];
let group: MoveGroup;

beforeEach(() => {
  now = 100_000;
  isThere = true;
  children = [];
  answers = [];
  const services = () => (isThere ? [{ name: service, types: [getMotionPlan] }] : []);
  const start = () => {
    children.push(new FakeProcess());
    return children.at(-1) as unknown as PlannerProcess;
  };
  const take = (answer: WayAnswer) => answers.push(answer);
  group = new MoveGroup({ getServiceNamesAndTypes: services }, service, start, take, () => now);
});

const child = () => children.at(-1) as FakeProcess;
const question = (id: string): WayQuestion => ({
  ...{ id, robot: "r", group: "arm", start: { a: 0 }, speed: 1 },
  goal: { kind: "joints", positions: { a: 1 } },
});
async function ready(): Promise<void> {
  group.poll();
  await child().say({ ready: true });
}
const codes = () =>
  answers.map(({ id, outcome }) => `${id} ${outcome.found === "way" ? "way" : outcome.objection.code}`);

describe("MoveIt beside a robot", () => {
  it("is offered once its process sees it, and not before", async () => {
    isThere = false;
    group.poll();
    expect(children).toHaveLength(0);
    isThere = true;
    group.poll();
    group.poll();
    expect(children).toHaveLength(1);
    expect(group.current()).toEqual({});
    await child().say("a line of a library");
    await child().say({ ready: true });
    expect(group.current()).toEqual({ planner: service });
  });

  it("is asked one question after the other; those that were dropped are not asked", async () => {
    await ready();
    for (const id of ["1", "2", "3"]) group.find(question(id));
    expect(child().asked()).toEqual(["1"]);
    group.drop("2");
    await child().say({ id: "1", outcome: way });
    expect(child().asked()).toEqual(["3"]);
    await child().say({ id: "1", outcome: way });
    await child().say({ id: "3", outcome: way });
    expect(codes()).toEqual(["1 way", "3 way"]);
  });

  it("that is silent is given up, and the next is asked; its late answer is nothing", async () => {
    await ready();
    group.find(question("1"));
    group.find(question("2"));
    now += 7999;
    group.watch();
    expect(answers).toEqual([]);
    now += 1;
    group.watch();
    expect(codes()).toEqual(["1 no_answer"]);
    expect(child().asked()).toEqual(["1", "ping", "2"]);
    await child().say({ id: "1", outcome: way });
    expect(answers).toHaveLength(1);
  });

  it("stays where only MoveIt is slow, and is ended where its process hangs", async () => {
    await ready();
    group.find(question("1"));
    now += 8000;
    group.watch();
    await child().say({ pong: true });
    now += 5000;
    group.watch();
    expect(child().killed).toBe(0);
    group.find(question("2"));
    group.find(question("3"));
    now += 8000;
    group.watch();
    now += 2000;
    group.watch();
    expect(child().killed).toBe(1);
    expect(codes()).toEqual(["1 no_answer", "2 no_answer", "3 planner_gone"]);
    expect(group.current()).toEqual({});
    now += 6000;
    await ready();
    expect(children).toHaveLength(2);
    expect(group.current()).toEqual({ planner: service });
  });

  it("that is gone ends what was asked, and is started anew when it is back", async () => {
    await ready();
    group.find(question("1"));
    group.find(question("2"));
    await child().say({ ready: false });
    expect(codes()).toEqual(["1 planner_gone", "2 planner_gone"]);
    expect(group.current()).toEqual({});
    group.find(question("3"));
    expect(codes().at(-1)).toBe("3 planner_gone");
    isThere = false;
    group.poll();
    expect(child().stdin.writableEnded).toBe(true);
    isThere = true;
    now += 5001;
    await ready();
    expect(children).toHaveLength(2);
    expect(group.current()).toEqual({ planner: service });
  });

  it("whose process is killed is asked again by another one 5 s later", async () => {
    await ready();
    group.find(question("1"));
    child().emit("exit", null, "SIGKILL");
    expect(codes()).toEqual(["1 planner_gone"]);
    group.poll();
    expect(children).toHaveLength(1);
    now += 5001;
    group.poll();
    expect(children).toHaveLength(2);
  });

  it("without its message package gives the reason, and is not tried again until it comes anew", async () => {
    group.poll();
    await child().say({ fault: "not installed" });
    expect(group.current()).toEqual({ noPlanner: "not installed" });
    child().emit("exit", 0, null);
    now += 60_000;
    group.poll();
    expect(children).toHaveLength(1);
    isThere = false;
    group.poll();
    expect(group.current()).toEqual({});
    isThere = true;
    group.poll();
    expect(children).toHaveLength(2);
  });

  it("has an end to what waits for it", async () => {
    await ready();
    for (let i = 0; i < 20; i++) group.find(question(String(i)));
    expect(codes().filter((code) => code.endsWith("too_many"))).toHaveLength(11);
    group.end();
    expect(group.current()).toEqual({});
  });
});
