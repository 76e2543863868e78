import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RobotId } from "../../src/core/names.ts";
import { stampFromMs } from "../../src/core/stamp.ts";
import { Engine } from "../../src/engine/engine.ts";
import { HistoryFeed } from "../../src/engine/history/history-feed.ts";
import { HistoryStore } from "../../src/io/history/store.ts";
import type { TwinProcess } from "../support/twin-process.ts";

const urdf = readFileSync(new URL("../../urdf/rover.urdf", import.meta.url), "utf8");
const cycleMs = 50;
const hourMs = 3_600_000;
/** Where the hour has no samples: the twin was off. */
const offFrom = 1_500_000;
const offTo = 1_620_000;

export const writtenJoints = [
  "shoulder_pan",
  "shoulder_lift",
  "elbow",
  "wrist_1",
  "wrist_2",
  "wrist_3",
] as const;

/** Of each run; `at` is ms from its begin. */
const writtenEvents = [
  { at: 600_000, severity: "info", kind: "command.accepted", message: "Ada moves elbow to 0.5 rad" },
  { at: 900_000, severity: "warning", kind: "stop.latched", message: "Ada stopped the robot" },
] as const;

/** An hour of a moving rover in the store of a twin, as the engine itself records it. Times in server ms. */
export type WrittenHour = {
  from: number;
  to: number;
  gap: { from: number; to: number };
  /** What was written last at or before a moment, to the last bit. */
  positionAt(joint: (typeof writtenJoints)[number], timeMs: number): number;
};

/** Starts and ends the twin once, so that its state folder is there, and writes the hour before `endMs` into it. */
export async function writeHour(twin: TwinProcess, endMs: number): Promise<WrittenHour> {
  await twin.up("--port", "0");
  await twin.stop();
  const base = join(twin.folder, "twinbridge");
  const directory = readdirSync(base)
    .map((name) => join(base, name, "history"))
    .find((path) => readdirSync(path).length > 0);
  if (directory === undefined) throw new Error(`the twin made no history in ${base}`);
  rmSync(directory, { recursive: true });
  const from = endMs - hourMs;
  const position = (at: number, timeMs: number) => {
    const step = Math.floor((timeMs - from) / cycleMs) * cycleMs;
    return 0.9 * Math.sin((from + step) / (900 + 170 * at));
  };
  writeRun(directory, from, from + offFrom, position);
  writeRun(directory, from + offTo, endMs, position);
  return {
    from,
    to: endMs,
    gap: { from: from + offFrom, to: from + offTo },
    positionAt: (joint, timeMs) => position(writtenJoints.indexOf(joint), timeMs),
  };
}

/** One run of a twin from `from` to `to`, with its events. */
function writeRun(
  directory: string,
  from: number,
  to: number,
  position: (joint: number, timeMs: number) => number,
): void {
  const store = HistoryStore.open(directory, `a run from ${from}`, from);
  const engine = new Engine({
    robots: [{ id: "robot", limits: {}, stop: null }],
    emit: () => {},
    runName: "run",
    version: "0",
  });
  const feed = new HistoryFeed({
    graph: engine.graph,
    samples: engine.samples,
    rules: [],
    post: (batch) => {
      store.write(batch, 0);
      feed.recycle(batch.buffer);
    },
  });
  const settle = () => {
    while (store.settle(50, () => performance.now()));
  };
  const robot = "robot" as RobotId;
  engine.inbox.push("ros:/robot_description", from, { kind: "description", robot, text: urdf });
  let isDescribed = false;
  for (let now = from; now < to; now += cycleMs) {
    const message = {
      stamp: stampFromMs(now),
      name: [...writtenJoints],
      position: writtenJoints.map((_, at) => position(at, now)),
      velocity: [],
      effort: [],
    };
    engine.inbox.push("ros:/joint_states", now, { kind: "jointState", robot, message });
    engine.cycle(now);
    const description = engine.robots.get(robot)?.description;
    if (!isDescribed && description != null) {
      feed.description(now, robot, description.hash, description.text);
      isDescribed = true;
    }
    feed.step(now);
    if (now % 1000 < cycleMs) settle();
  }
  for (const { at, severity, kind, message } of writtenEvents) {
    const time = from + at;
    if (time < to) feed.event({ time, severity, kind, message, robot });
  }
  feed.finish(to);
  settle();
  store.close(to);
}
