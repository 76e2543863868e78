import type { GridAtHand } from "../command/base-plan-work.ts";
import type { TopicProcess, TopicProcessEnds } from "../io/topics/topic-process.ts";
import { wholeLevel } from "../protocol/topics/detail.ts";
import { takenCells } from "../protocol/topics/taken-cells.ts";
import { OccupiedCells } from "../robot/footprint/occupied-cells.ts";

/** Which cells of a robot's map are not free. */
export type MapSettings = {
  /** Whether cells that nobody has seen are free. */
  isUnknownFree: boolean;
  /** From this value on a cell is occupied, 1 to 100. */
  threshold: number;
};

/** What is said of maps. */
export type MapReport =
  /** A robot has a new map, in this frame of tf. */
  | { kind: "map"; robot: string; topic: string; frame: string }
  /** So many messages of a topic cannot be used. */
  | { kind: "mapRejected"; topic: string; count: number; reason: string };

type Listening = { feed: number; robots: Map<string, MapSettings> };

/**
 * The maps of robots, as occupancy grids on topics of ROS: read by a process of its own, which sends the cells as runs, and kept
 * here, in the thread that judges the ways of bases. A map that cannot be used leaves the one before it.
 */
export class MapIntake {
  private readonly topics = new Map<string, Listening>();
  private readonly grids = new Map<string, GridAtHand>();
  private process: Pick<TopicProcess, "order"> | null = null;
  private count = 0;

  constructor(
    private readonly start: (ends: TopicProcessEnds) => Pick<TopicProcess, "order">,
    private readonly report: (report: MapReport) => void,
  ) {}

  /** The map of a robot; null: none has come yet. */
  gridOf(robot: string): GridAtHand | null {
    return this.grids.get(robot) ?? null;
  }

  /** From now on the map of a robot is on this topic; null: it has none any more. */
  listen(robot: string, topic: string | null, settings: MapSettings): void {
    for (const [name, { feed, robots }] of this.topics) {
      if (name === topic || !robots.delete(robot) || robots.size > 0) continue;
      this.topics.delete(name);
      this.process?.order({ op: "close", feed });
    }
    if (topic === null) {
      this.grids.delete(robot);
      return;
    }
    const known = this.topics.get(topic);
    if (known !== undefined && !known.robots.has(robot)) {
      // A feed that is open sends its newest message only to who opens it.
      this.process?.order({ op: "close", feed: known.feed });
      this.topics.delete(topic);
      this.open(topic, new Map([...known.robots, [robot, settings]]));
    } else if (known === undefined) this.open(topic, new Map([[robot, settings]]));
  }

  private open(topic: string, robots: Map<string, MapSettings>): void {
    this.count = (this.count + 1) % 65_536;
    const feed = this.count;
    this.topics.set(topic, { feed, robots });
    this.process ??= this.start({
      report: (report) => {
        if (report.op === "rejected") {
          const { topic: name, count, reason } = report;
          this.report({ kind: "mapRejected", topic: name, count, reason });
        } else if (report.op === "failed") this.failed(report.feed, report.message);
      },
      message: (message) => this.take(message.feed, message.bytes),
      failed: (text) => {
        for (const name of this.topics.keys()) this.reject(name, text);
      },
    });
    this.process.order({ op: "open", feed, topic, levels: [wholeLevel] });
  }

  private take(feed: number, bytes: Uint8Array): void {
    const [topic, listening] = this.byFeed(feed) ?? [];
    if (topic === undefined || listening === undefined) return;
    for (const [robot, { isUnknownFree, threshold }] of listening.robots) {
      const read = takenCells(bytes, isUnknownFree, threshold);
      if (!read.ok) {
        this.reject(topic, `${read.path}: ${read.reason}`);
        return;
      }
      const { frame, shape, isTaken } = read.value;
      this.grids.set(robot, { frame, cells: new OccupiedCells(shape, isTaken) });
      this.report({ kind: "map", robot, topic, frame });
    }
  }

  private failed(feed: number, reason: string): void {
    const [topic] = this.byFeed(feed) ?? [];
    if (topic === undefined) return;
    // It is opened again with the next map that is found.
    this.topics.delete(topic);
    this.reject(topic, reason);
  }

  private reject(topic: string, reason: string): void {
    this.report({ kind: "mapRejected", topic, count: 1, reason });
  }

  private byFeed(feed: number): [string, Listening] | undefined {
    return [...this.topics].find(([, listening]) => listening.feed === feed);
  }
}
