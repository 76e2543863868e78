import type { Engine } from "../../engine/engine.ts";
import { type FrameReading, frameOf, type JointReading, type RobotReading } from "./robot-reading.ts";

type Rows = { name: string; position: number; velocity: number; effort: number };
const badQuality = 2;

/** Reads where one robot is straight from the graph; its rows are looked up when the graph's structure changes. */
export class LiveReading {
  private structure = -1;
  private properties = -1;
  private rows: Rows[] = [];
  private base = -1;
  private frameRows: { name: string; row: number }[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly robot: string,
  ) {}

  read(): RobotReading {
    const { graph } = this.engine;
    const thing = graph.things.get(this.robot);
    if (thing === undefined) return { time: -1, joints: [], base: null, frames: new Map() };
    if (this.structure !== graph.structure || this.properties !== thing.properties.size) this.lookUp();
    const { table } = graph;
    let time = -1;
    const numberAt = (row: number): number =>
      row >= 0 && table.filled[row] === 1
        ? (table.numbers[table.offset[row] as number] as number)
        : Number.NaN;
    const joints: JointReading[] = [];
    for (const { name, position, velocity, effort } of this.rows) {
      if (position < 0 || table.filled[position] !== 1) continue;
      time = Math.max(time, table.received[position] as number);
      joints.push({
        name,
        position: numberAt(position),
        velocity: numberAt(velocity),
        effort: numberAt(effort),
      });
    }
    let base: FrameReading | null = null;
    if (this.base >= 0 && table.filled[this.base] === 1) {
      const at = table.offset[this.base] as number;
      const { odometryFrame } = thing.definition;
      const parent = typeof odometryFrame === "string" && odometryFrame !== "" ? odometryFrame : "odom";
      base = { parent, pose: Array.from(table.numbers.subarray(at, at + 7)) };
      time = Math.max(time, table.received[this.base] as number);
    }
    const frames = new Map<string, FrameReading>();
    for (const { name, row } of this.frameRows) {
      if (table.filled[row] !== 1 || table.quality[row] === badQuality) continue;
      const frame = frameOf(table.others[row]);
      if (frame !== null) frames.set(name, frame);
    }
    return { time, joints, base, frames };
  }

  private lookUp(): void {
    const { graph } = this.engine;
    const properties = graph.things.get(this.robot)?.properties ?? new Map<string, never>();
    this.structure = graph.structure;
    this.properties = properties.size;
    const rowOf = (path: string): number => properties.get(path)?.registers.reported ?? -1;
    this.rows = [];
    this.frameRows = [];
    this.base = rowOf("base/pose");
    for (const path of properties.keys()) {
      const name = /^joint\/(.+)\/position$/.exec(path)?.[1];
      if (name !== undefined) {
        const [velocity, effort] = [rowOf(`joint/${name}/velocity`), rowOf(`joint/${name}/effort`)];
        this.rows.push({ name, position: rowOf(path), velocity, effort });
      } else if (path.startsWith("frame/")) {
        const row = rowOf(path);
        if (row >= 0) this.frameRows.push({ name: path.slice("frame/".length), row });
      }
    }
  }
}
