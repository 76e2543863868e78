import type { DeviceMessage } from "../protocol/device-profile.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { createSample, setStamp } from "../twin/sample.ts";
import type { Source, SourceCounts } from "../twin/source.ts";
import type { Applied, Verdict } from "../twin/verdict.ts";
import type { DeviceFleet } from "./devices/device-fleet.ts";
import type { Input } from "./ports/inputs.ts";
import type { Library } from "./robot/library.ts";
import type { RobotTwin } from "./robot/robot-twin.ts";
import { SourceDelays } from "./source-delays.ts";
import { TopicNumbers } from "./topic-numbers.ts";

/** Where a message of each verdict is counted. A message whose values were all left out counts as late. */
const counterOf: Readonly<Record<Verdict, keyof SourceCounts>> = {
  taken: "accepted",
  late: "late",
  outranked: "outranked",
  historical: "historical",
  rejected: "late",
};
const fine: Applied = { verdict: "taken", reason: "" };
/** How often a sender that is always wrong is named; each message is counted. */
const namedEveryMs = 5000;
/** More different faults of one source in that time are noise: a fuzzer, not a person who mends a message. */
const mostKindsNamed = 8;
/** A device that writes more lines for people has the rest left out. */
const noteEveryMs = 200;

/** What one source said, as against what a client or the program itself wants. */
export type SourceInput = Extract<
  Input,
  {
    kind:
      | "jointState"
      | "odometry"
      | "transforms"
      | "sensor"
      | "description"
      | "clock"
      | "device"
      | "deviceNote"
      | "linkLost"
      | "mapped"
      | "library"
      | "topicRecords"
      | "topicNumbers"
      | "map"
      | "rejected"
      | "leftOut"
      | "sourceLost"
      | "sourceEpoch";
  }
>;

/** What the intake works on, and whom it tells. */
export type IntakeContext = {
  graph: TwinGraph;
  robots: ReadonlyMap<string, RobotTwin>;
  devices: DeviceFleet;
  library: Library;
  event(severity: EventSeverity, kind: string, message: string, robot?: string): void;
  /** A robot has a description it had not before. */
  onDescription(robot: RobotTwin, warnings: readonly string[]): void;
};

/** Applies what sources say to the graph: stamps, counts. */
export class SourceIntake {
  /** How much later than their stamps messages arrive. */
  readonly delays = new SourceDelays();
  private readonly sample = createSample();
  private readonly lastNamed = new Map<string, number>();
  /** When each kind of fault of a source was told last. */
  private readonly named = new Map<string, Map<string, number>>();
  /** The kinds of faults of a source that are reported once. */
  private readonly told = new Map<string, Set<string>>();
  private now = 0;

  private readonly topicNumbers: TopicNumbers;

  constructor(private readonly context: IntakeContext) {
    this.topicNumbers = new TopicNumbers(context.graph);
  }

  /** `now` is the cycle's, `received` the arrival's server ms. */
  take(name: string, received: number, input: SourceInput, now: number): void {
    this.now = now;
    const source = this.context.graph.source(this.sourceNameOf(name, input));
    switch (input.kind) {
      case "library":
        this.context.library.set(input.saved);
        return;
      case "topicRecords":
        this.topicNumbers.setRecords(input.records);
        return;
      case "rejected":
        if (input.once === true) {
          source.counts.rejected += input.count ?? 1;
          this.tellOnce(source, "source.rejected", input.reason);
        } else this.reject(source, input.reason);
        return;
      case "leftOut":
        this.tellOnce(source, "source.left_out", input.reason);
        return;
      case "sourceLost":
        if (source.lost !== null) return;
        this.context.graph.lose(source, "no-communication");
        source.lost = input.reason;
        this.context.event("warning", "source.lost", `${source.name}: ${input.reason}`);
        return;
      case "sourceEpoch":
        source.epoch++;
        return;
    }
    if (input.kind === "deviceNote") {
      this.note(input);
      return;
    }
    if (input.kind === "linkLost") {
      this.context.devices.unreachable(input.link);
      return;
    }
    if (isSignOfLife(input)) {
      if (source.lost !== null) this.context.event("info", "source.back", `${source.name} is back`);
      source.lost = null;
    }
    const sample = this.sample;
    sample.source = source.index;
    sample.epoch = source.epoch;
    sample.sequence = -1;
    sample.hasStamp = false;
    sample.received = received;
    sample.staleAfterMs = 0;
    const { verdict, reason } = this.apply(source, input);
    if (sample.hasStamp && verdict !== "historical") {
      this.delays.note(source.name, received, sample.stampSec, sample.stampNanosec);
    }
    if (reason !== "") this.reject(source, reason);
    else source.counts[counterOf[verdict]]++;
  }

  private apply(source: Source, input: SourceInput): Applied {
    const { sample, context } = this;
    switch (input.kind) {
      case "device": {
        return context.devices.take(source, input, sample, this.now);
      }
      case "jointState":
        setStamp(sample, input.message.stamp.sec, input.message.stamp.nanosec);
        return this.takeJointState(source, input);
      case "odometry":
        setStamp(sample, input.message.stamp.sec, input.message.stamp.nanosec);
        return (
          this.robot(input.robot)?.takeOdometry(input.message, sample, input.publishers) ??
          unknownRobot(input.robot)
        );
      case "sensor":
        setStamp(sample, input.message.stamp.sec, input.message.stamp.nanosec);
        return this.robot(input.robot)?.takeSensor(input.message, sample) ?? unknownRobot(input.robot);
      case "transforms":
        if (input.isStatic) sample.staleAfterMs = Number.POSITIVE_INFINITY;
        return (
          this.robot(input.robot)?.takeTransforms(input.transforms, sample, input.publishers) ??
          unknownRobot(input.robot)
        );
      case "mapped": {
        if (input.stamp !== null) setStamp(sample, input.stamp.sec, input.stamp.nanosec);
        sample.sequence = input.sequence;
        const { path, unit, value, retained } = input;
        return (
          this.robot(input.robot)?.takeValue(path, unit, value, retained, sample) ?? unknownRobot(input.robot)
        );
      }
      case "topicNumbers":
        return this.topicNumbers.take(input, sample);
      case "description":
        return this.takeDescription(source, input);
      default:
        return fine;
    }
  }

  private takeJointState(
    source: Source,
    { robot: id, message, publishers }: Extract<SourceInput, { kind: "jointState" }>,
  ): Applied {
    const robot = this.robot(id);
    if (robot === undefined) return unknownRobot(id);
    const applied = robot.takeJointState(message, this.sample, publishers);
    const unknown = robot.takeUnknownJoints();
    if (unknown.length > 0) {
      const named = unknown.slice(0, 8).join(", ");
      const text = `${source.name} measures joints that the description does not have: ${named}`;
      this.context.event("warning", "robot.unknown_joints", text, id);
    }
    return applied;
  }

  private takeDescription(
    source: Source,
    { robot: id, text, publishers }: Extract<SourceInput, { kind: "description" }>,
  ): Applied {
    const robot = this.robot(id);
    if (robot === undefined) return unknownRobot(id);
    const { take, tell } = robot.descriptionTurns.note(text, this.sample.received, publishers);
    if (tell) {
      const nodes = publishers?.join(" and ");
      const contradiction = `${source.name}: ${nodes} publish different descriptions of the robot. Stop all but one.`;
      this.context.event("warning", "robot.contradiction", contradiction, id);
    }
    if (!take) return { verdict: "late", reason: "" };
    const taken = robot.takeDescription(text);
    if (taken.fault !== null) {
      const reason = `URDF refused: ${taken.fault}`;
      this.context.event("error", "robot.description", reason, id);
      return { verdict: "rejected", reason };
    }
    if (taken.changed) this.context.onDescription(robot, taken.warnings);
    return fine;
  }

  private robot(id: string): RobotTwin | undefined {
    return this.context.robots.get(id);
  }

  /** Devices beyond the bound share one source, so that strangers do not fill the table of sources. */
  private sourceNameOf(name: string, input: SourceInput): string {
    if (input.kind !== "device" || !this.context.devices.isStranger(input.message.device)) return name;
    return `${name.split(":")[0]}:devices`;
  }

  private note({ device, level, text }: Extract<SourceInput, { kind: "deviceNote" }>): void {
    const last = this.lastNamed.get(`note:${device}`) ?? Number.NEGATIVE_INFINITY;
    if (level === "debug" || this.now - last < noteEveryMs) return;
    this.lastNamed.set(`note:${device}`, this.now);
    const severity = level === "warn" ? "warning" : level;
    this.context.event(severity, "device.note", `${device}: ${text}`);
  }

  /** Tells what a source goes on doing: once a kind. */
  private tellOnce(source: Source, event: string, text: string): void {
    const told = this.told.get(source.name) ?? new Set<string>();
    this.told.set(source.name, told);
    const kind = kindOf(text);
    if (told.has(kind) || told.size >= mostKindsNamed) return;
    told.add(kind);
    this.context.event("warning", event, `${source.name}: ${text}`);
  }

  /**
   * Whether one more fault is told: each kind of a source's faults once in a while, so that a second mistake is seen
   * beside the first, and a few kinds of one source at most.
   */
  private mayName(source: Source, kind: string): boolean {
    const named = this.named.get(source.name) ?? new Map<string, number>();
    this.named.set(source.name, named);
    for (const [other, at] of named) if (this.now - at >= namedEveryMs) named.delete(other);
    if (named.has(kind) || named.size >= mostKindsNamed) return false;
    named.set(kind, this.now);
    return true;
  }

  private reject(source: Source, reason: string): void {
    source.counts.rejected++;
    if (!this.mayName(source, kindOf(reason))) return;
    this.context.event("warning", "source.rejected", `${source.name}: ${reason}`);
  }
}

/** Faults that differ in numbers only are of one kind. */
function kindOf(reason: string): string {
  return reason.replaceAll(/\d+(?:\.\d+)?/g, "#");
}

/**
 * Whether the sender itself spoke just now. What a broker kept, and a last will, do not come from the
 * sender; births and answers come out of its rhythm.
 */
function isSignOfLife(input: SourceInput): boolean {
  switch (input.kind) {
    case "device":
      return isLive(input.message, input.retained);
    case "mapped":
      return !input.retained;
    default:
      return true;
  }
}

function isLive(message: DeviceMessage, retained: boolean): boolean {
  if (message.kind !== "telemetry" || message.telemetry.historical === true) return false;
  return !(message.telemetry.retained ?? retained);
}

function unknownRobot(robot: string): Applied {
  return { verdict: "rejected", reason: `no robot "${robot}" is configured` };
}
