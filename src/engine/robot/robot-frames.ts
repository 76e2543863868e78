import { inverseTimes } from "../../core/pose-product.ts";
import type { OdometryMessage, TransformMessage } from "../../protocol/ros-decode.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import { type Sample, setStamp } from "../../twin/sample.ts";
import type { Thing } from "../../twin/thing.ts";
import { type Applied, joined, type Verdict } from "../../twin/verdict.ts";
import type { TellEvent } from "../ports/event-log.ts";
import { chainTo, edgesAbove, type FrameEdge, loopOf, placeByChain } from "./frame-chain.ts";
import { FrameConflicts, type FrameFault } from "./frame-conflicts.ts";
import { type FramePose, rootFromFrame } from "./frame-lookup.ts";
import { OdometryCheck } from "./odometry-check.ts";

const maxFrames = 4096;
const badQuality = 2;
/** How long the frame that the configuration names may be missing before that is told. ms */
const patienceMs = 5000;
/** An edge that comes from odometry is older than this: it is not followed. ms */
const odometryAgeMs = 1000;

/**
 * The frames of tf around a robot: each as `frame/<name>`, and where they place the robot's root link, `base/pose` in
 * the fixed frame. Without a configured one that is the topmost of map and odom, and a robot with odometry is in the
 * odometry's frame.
 *
 *   map ◀── odom ◀── base_footprint (root link)      base/pose = mapFromOdom ∘ odomFromRoot
 */
export class RobotFrames {
  private readonly edges = new Map<string, FrameEdge>();
  private readonly conflicts = new FrameConflicts();
  private readonly odometry = new FrameConflicts();
  private readonly odometryCheck = new OdometryCheck();
  private chain: readonly FrameEdge[] = [];
  private isChainKnown = false;
  private root: string | null = null;
  private odometryFrame = "";
  private readonly pose = new Float64Array(7);
  private since = Number.NaN;

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    /** The frame to be in; null: found by itself. */
    private readonly fixed: string | null,
    private readonly tell: TellEvent,
  ) {}

  /** The root link of the description; null: there is none any more. */
  setRoot(root: string | null): void {
    this.root = root;
    this.isChainKnown = false;
  }

  forget(): void {
    this.edges.clear();
    this.conflicts.clear();
    this.odometry.clear();
    this.odometryCheck.clear();
    this.odometryFrame = "";
    this.since = Number.NaN;
    this.setRoot(null);
  }

  takeOdometry(message: OdometryMessage, sample: Sample, publishers: readonly string[] | undefined): Applied {
    this.odometryFrame = message.frame;
    let verdict: Verdict | null = null;
    const isDoubtful = this.isOdometryDoubtful(message, sample.received, publishers);
    if (message.pose !== null) {
      if (this.fixed !== null && this.fixed !== message.frame) this.takeOdometryEdge(message, sample);
      else {
        this.nameFrames(message.frame, message.childFrame);
        const row = this.graph.row(this.graph.property(this.thing, "base/pose", "pose", "m"), "reported");
        verdict = this.graph.setNumbers(row, message.pose, sample);
        if (verdict === "taken" && isDoubtful) this.graph.setQuality(row, "uncertain", "contradiction");
        if (message.childFrame === this.root)
          this.checkOdometry(message.pose, message.frame, sample.received);
      }
    }
    if (message.twist !== null) {
      const twist = this.graph.property(this.thing, "base/twist", "twist", "m/s");
      const done = this.graph.setNumbers(this.graph.row(twist, "reported"), message.twist, sample);
      verdict = verdict === null ? done : joined(verdict, done);
    }
    return { verdict: verdict ?? "late", reason: "" };
  }

  private checkOdometry(pose: ArrayLike<number>, frame: string, now: number): void {
    const { root } = this;
    if (root === null || !this.odometryCheck.isDue(now)) return;
    const rootFrom = rootFromFrame(this.edges, root, frame, (edge) => this.isAlive(edge, now));
    const text = this.odometryCheck.fault(pose, frame, now, rootFrom);
    if (text !== null) this.tellOnce({ key: "odometry and tf", text });
  }

  /** Whether several publish odometry and do not agree where the robot is. */
  private isOdometryDoubtful(
    { frame, childFrame, pose }: OdometryMessage,
    now: number,
    publishers: readonly string[] | undefined,
  ): boolean {
    if (publishers === undefined || pose === null) return false;
    const { isDoubtful, fault } = this.odometry.note(childFrame, frame, pose, false, now, publishers);
    if (fault !== null) this.tellOnce({ ...fault, key: `odometry ${fault.key}` });
    return isDoubtful;
  }

  /** Takes those that can be taken; the reason is of the first that cannot. */
  take(
    transforms: readonly TransformMessage[],
    sample: Sample,
    publishers: readonly string[] | undefined,
  ): Applied {
    const isStatic = sample.staleAfterMs === Number.POSITIVE_INFINITY;
    let verdict: Verdict = transforms.length === 0 ? "taken" : "rejected";
    let reason = "";
    for (const transform of transforms) {
      const fault = this.unfit(transform);
      if (fault !== null) reason ||= fault;
      else verdict = joined(verdict, this.takeOne(transform, sample, isStatic, publishers));
    }
    this.placeBase(sample);
    return { verdict, reason };
  }

  private takeOne(
    { stamp, parent, child, pose }: TransformMessage,
    sample: Sample,
    isStatic: boolean,
    publishers: readonly string[] | undefined,
  ): Verdict {
    const { received } = sample;
    const { isDoubtful, fault } = this.conflicts.note(child, parent, pose, isStatic, received, publishers);
    if (fault !== null) this.tellOnce(fault);
    const property = this.graph.property(this.thing, `frame/${child}`, "other", "m");
    // What does not age is said once: the newest arrival counts, whatever its sender's clock.
    if (!isStatic) setStamp(sample, stamp.sec, stamp.nanosec);
    const row = this.graph.row(property, "reported");
    const value = { parent, position: pose.slice(0, 3), quaternion: pose.slice(3) };
    const verdict = this.graph.setOther(row, value, sample);
    if (verdict !== "taken") return verdict;
    if (isDoubtful) this.graph.setQuality(row, "uncertain", "contradiction");
    this.setEdge(child, parent, pose, row, isStatic, sample);
    return verdict;
  }

  private setEdge(
    frame: string,
    parent: string,
    pose: ArrayLike<number>,
    row: number,
    isStatic: boolean,
    sample: Sample,
  ): void {
    let edge = this.edges.get(frame);
    if (edge === undefined) {
      edge = {
        frame,
        parent: "",
        pose: new Float64Array(7),
        row,
        isStatic,
        stampSec: 0,
        stampNanosec: 0,
        received: 0,
      };
      this.edges.set(frame, edge);
    }
    if (edge.parent !== parent) this.isChainKnown = false;
    edge.parent = parent;
    edge.pose.set(pose);
    edge.row = row;
    edge.isStatic = isStatic;
    edge.stampSec = sample.hasStamp ? sample.stampSec : 0;
    edge.stampNanosec = sample.hasStamp ? sample.stampNanosec : 0;
    edge.received = sample.received;
  }

  /** Odometry in another frame than the fixed one: one more edge, unless tf has it. */
  private takeOdometryEdge({ frame, pose }: OdometryMessage, sample: Sample): void {
    const { root } = this;
    if (root === null || pose === null) return;
    const known = this.edges.get(root);
    if (known !== undefined && known.row >= 0 && this.isAlive(known, sample.received)) return;
    if (loopOf(this.edges, root, frame, (edge) => this.isAlive(edge, sample.received)) !== null) return;
    this.setEdge(root, frame, pose, -1, false, sample);
    this.placeBase(sample);
  }

  /** Why a transform is not taken; null when it is. */
  private unfit({ child, parent }: TransformMessage): string | null {
    const known = this.edges.get(child);
    if (known?.parent === parent) return null;
    if (known === undefined && this.thing.properties.size > maxFrames) return `more than ${maxFrames} frames`;
    const loop = loopOf(this.edges, child, parent, (edge) => edge.row >= 0 && this.isAlive(edge, 0));
    if (loop === null) return null;
    const text = `${loop.join(" in ")}: frames in a loop; the last one that came (${child} in ${parent}) is left out`;
    this.tellOnce({ key: `loop ${[...loop].sort().join(" ")}`, text });
    return text;
  }

  /** Where a frame of tf is in the root link's frame now; null where that is not known. */
  rootFrom(frame: string, now: number): FramePose | null {
    if (this.root === null) return null;
    if (frame === this.root) return [0, 0, 0, 0, 0, 0, 1];
    const found = rootFromFrame(this.edges, this.root, frame, (edge) => this.isAlive(edge, now));
    if (found !== null || this.odometryFrame !== frame) return found;
    // Odometry is no edge of the tree where it is the fixed frame's own.
    const pose = this.basePose();
    return pose === null ? null : inverseTimes(pose, [0, 0, 0, 0, 0, 0, 1]);
  }

  /** Where the root link is measured in the fixed frame; null: it is not now. Read at once, not kept. */
  basePose(): Float64Array | null {
    const row = this.thing.properties.get("base/pose")?.registers.reported ?? -1;
    const { table } = this.graph;
    if (row < 0 || table.filled[row] === 0 || table.quality[row] !== 0) return null;
    const at = table.offset[row] as number;
    return table.numbers.subarray(at, at + 7);
  }

  private isAlive(edge: FrameEdge, now: number): boolean {
    if (edge.row < 0) return now - edge.received <= odometryAgeMs;
    const { quality, reason } = this.graph.table;
    return edge.isStatic || (quality[edge.row] !== badQuality && reason[edge.row] !== "stale");
  }

  /** Writes where the root stands, when what moves it was taken with this message. */
  private placeBase(sample: Sample): void {
    if (this.root === null) return;
    if (!this.isChainKnown) this.findChain();
    const { chain } = this;
    if (chain.length === 0) {
      this.tellUnplaced(sample.received);
      return;
    }
    const moving = chain.find((edge) => !edge.isStatic);
    const news = moving ?? (chain[0] as FrameEdge);
    if (news.received !== sample.received || this.isPlacedByOdometry()) return;
    const frame = (chain.at(-1) as FrameEdge).parent;
    placeByChain(chain, this.pose);
    setStamp(sample, news.stampSec, news.stampNanosec);
    sample.staleAfterMs = moving === undefined ? Number.POSITIVE_INFINITY : 0;
    const property = this.graph.property(this.thing, "base/pose", "pose", "m");
    const row = this.graph.row(property, "reported");
    this.nameFrames(frame, this.root);
    if (this.graph.setNumbers(row, this.pose, sample) !== "taken") return;
    for (const edge of chain) {
      if (edge.row < 0 || this.graph.table.quality[edge.row] === 0) continue;
      this.graph.setQuality(row, "uncertain", this.graph.table.reason[edge.row] ?? "");
      break;
    }
  }

  private findChain(): void {
    this.chain = this.root === null ? [] : chainTo(edgesAbove(this.edges, this.root), this.fixed);
    this.isChainKnown = true;
  }

  /** Odometry goes first, unless another frame was configured, and until its publisher is gone. */
  private isPlacedByOdometry(): boolean {
    if (this.odometryFrame === "") return false;
    if (this.fixed !== null) return this.fixed === this.odometryFrame;
    const row = this.thing.properties.get("base/pose")?.registers.reported ?? -1;
    const { filled, quality } = this.graph.table;
    if (row >= 0 && filled[row] === 1 && quality[row] !== badQuality) return true;
    this.odometryFrame = "";
    return false;
  }

  private nameFrames(odometryFrame: string, baseFrame: string): void {
    const { definition } = this.thing;
    if (definition.odometryFrame === odometryFrame && definition.baseFrame === baseFrame) return;
    definition.odometryFrame = odometryFrame;
    definition.baseFrame = baseFrame;
    this.graph.definitionChanged(this.thing);
  }

  /** The root's frames end elsewhere than at the fixed one. */
  private tellUnplaced(now: number): void {
    if (Number.isNaN(this.since)) this.since = now;
    const { root, fixed } = this;
    if (now - this.since < patienceMs || root === null) return;
    const top = edgesAbove(this.edges, root).at(-1)?.parent;
    if (fixed !== null) {
      const why =
        top === undefined ? `nobody says where ${root} is` : `the frames above ${root} end at ${top}`;
      const text = `fixedFrame ${fixed} is not reached by tf: ${why}. The robot is shown at the origin.`;
      this.tellOnce({ key: "unplaced", text });
    } else if (top !== undefined && this.odometryFrame === "" && this.conflicts.isNew("unplaced")) {
      const text = `tf says where ${root} stands in ${top}; set robots[].fixedFrame to ${top} to show the robot there`;
      this.tell("info", "robot.frames", text);
    }
  }

  private tellOnce({ key, text }: FrameFault): void {
    if (this.conflicts.isNew(key)) this.tell("warning", "robot.frames", text);
  }
}
