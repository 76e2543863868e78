import type { DesiredOutcome, KnownCollisions } from "../../command/gate-output.ts";
import type { MeasuredJoints } from "../../command/validate-motion.ts";
import { type MakeEstimators, RobotEstimators } from "../../predict/robot-estimators.ts";
import type { JointStateMessage, OdometryMessage, TransformMessage } from "../../protocol/ros-decode.ts";
import type { SensorMessage } from "../../protocol/ros-sensors.ts";
import type { CollisionModel } from "../../robot/collision/collision-model.ts";
import { type Payload, withPayloads } from "../../robot/dynamics/payload.ts";
import type { RobotModel } from "../../robot/model.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import { jointPath, setJointUnits, unitOfPath } from "../../twin/joint-properties.ts";
import type { Property } from "../../twin/property.ts";
import { createSample, type Sample } from "../../twin/sample.ts";
import type { Thing } from "../../twin/thing.ts";
import { type Applied, joined, type Verdict } from "../../twin/verdict.ts";
import type { CollisionGeometry } from "../ports/collision-geometry.ts";
import type { TellEvent } from "../ports/event-log.ts";
import { DescriptionTurns } from "./description-turns.ts";
import { isPrismatic, JointRegisters } from "./joint-registers.ts";
import { collisionsOf, hasCollisions, knownOf } from "./robot-collisions.ts";
import { defineRobot, type LoadedDescription, loadDescription } from "./robot-description.ts";
import { RobotFrames } from "./robot-frames.ts";

const maxValues = 4096;

export type TwinOptions = {
  /** Further estimators, for each description. */
  estimators?: MakeEstimators | undefined;
  /** Whether somebody reads the collision geometry of its descriptions. */
  isGeometryRead?: boolean;
  /** The frame of tf to be in; null: found by itself. */
  fixedFrame?: string | null;
  /** Where events about it go. */
  tell?: TellEvent;
};

/** One robot in the graph: takes its messages, keeps its model. */
export class RobotTwin implements MeasuredJoints {
  readonly thing: Thing;
  description: LoadedDescription | null = null;
  readonly descriptionTurns = new DescriptionTurns();
  /** Grows with each description taken. */
  descriptionCount = 0;
  /** The SRDF; null before one came. It may belong to a description that is yet to come. */
  semantics: string | null = null;
  /** The robot alone. */
  collisions: KnownCollisions = { state: "none" };
  /** The same as a model, also where it has no pairs of its own; null: it is not known, or has no shapes. */
  collisionModel: CollisionModel | null = null;
  /** Links that are not checked for collisions: their geometry cannot be used. */
  uncheckedLinks: readonly string[] = [];
  /** What was made of the collision geometry of the description; null before. */
  geometry: CollisionGeometry | null = null;
  /** Computes from the measured state; null without a description. */
  estimators: RobotEstimators | null = null;
  private readonly makeEstimators: MakeEstimators | undefined;
  /** Whether somebody reads the collision geometry of its descriptions. */
  readonly isGeometryRead: boolean;
  private readonly joints: JointRegisters;
  readonly frames: RobotFrames;
  private readonly desired = createSample();
  /** The model with what it carries; null without a description. */
  loadedModel: RobotModel | null = null;
  private carried: readonly Payload[] = [];
  private carriedKey = "[]";

  constructor(
    private readonly graph: TwinGraph,
    readonly id: string,
    { estimators, isGeometryRead = false, fixedFrame = null, tell = () => undefined }: TwinOptions = {},
  ) {
    this.makeEstimators = estimators;
    this.isGeometryRead = isGeometryRead;
    this.thing = graph.define(id, "robot", {});
    this.joints = new JointRegisters(graph, this.thing, tell);
    this.frames = new RobotFrames(graph, this.thing, fixedFrame, tell);
    this.desired.source = graph.source(`command:${id}`).index;
  }

  get model(): RobotModel | null {
    return this.description?.model ?? null;
  }

  /** Takes a URDF; a broken one leaves the robot as it was and comes back as one line. "" when nothing changed. */
  takeDescription(text: string): { fault: string | null; changed: boolean; warnings: string[] } {
    const unchanged = this.description?.text === text;
    if (unchanged) return { fault: null, changed: false, warnings: [] };
    const loaded = loadDescription(text);
    if ("fault" in loaded) return { fault: loaded.fault, changed: false, warnings: [] };
    this.description = loaded;
    this.descriptionCount++;
    this.geometry = null;
    this.collisions = { state: this.isGeometryRead && hasCollisions(loaded) ? "reading" : "none" };
    this.collisionModel = null;
    this.uncheckedLinks = [];
    this.joints.forget();
    defineRobot(this.graph, this.id, loaded);
    setJointUnits(this.graph, this.thing, (joint) => isPrismatic(loaded.model, joint));
    this.frames.setRoot(loaded.model.rootLink);
    this.estimate(loaded);
    return { fault: null, changed: true, warnings: loaded.warnings };
  }

  /** Has the dynamics carry these bodies from now on. */
  carry(payloads: readonly Payload[]): void {
    const key = JSON.stringify(payloads.map(({ vertices, ...rest }) => [rest, vertices?.length]));
    if (key === this.carriedKey) return;
    this.carriedKey = key;
    this.carried = payloads;
    if (this.description !== null) this.estimate(this.description);
  }

  private estimate({ model }: LoadedDescription): void {
    this.loadedModel = withPayloads(model, this.carried);
    this.estimators = new RobotEstimators(this.graph, this.thing, this.loadedModel, this.makeEstimators);
  }

  /** Takes an SRDF: which links may touch. */
  takeSemantics(text: string): void {
    this.semantics = text;
  }

  /** Drops all that is known of the robot: another takes its place. */
  forget(): void {
    this.description = null;
    this.loadedModel = null;
    this.semantics = null;
    this.geometry = null;
    this.collisions = { state: "none" };
    this.collisionModel = null;
    this.uncheckedLinks = [];
    this.estimators = null;
    this.descriptionCount++;
    this.joints.forget();
    this.frames.forget();
    for (const path of [...this.thing.properties.keys()]) this.graph.drop(this.thing, path);
    for (const id of [...this.graph.things.keys()]) if (id.startsWith(`${this.id}/`)) this.graph.remove(id);
    this.graph.define(this.id, "robot", {});
    this.thing.relationships = [];
  }

  /** What was made of the collision geometry; false when it is of another description. */
  takeCollisionGeometry(hash: string, geometry: CollisionGeometry): boolean {
    if (this.description?.hash !== hash) return false;
    this.geometry = geometry;
    const { model, leftOut } = collisionsOf(this.description, geometry);
    this.collisions = knownOf(model);
    this.collisionModel = model.shapes.length === 0 ? null : model;
    this.uncheckedLinks = leftOut;
    return true;
  }

  takeJointState(message: JointStateMessage, sample: Sample, publishers?: readonly string[]): Applied {
    return this.joints.apply(message, sample, this.model, publishers);
  }

  /** Measured joints that the description does not have; each is reported once. */
  takeUnknownJoints(): readonly string[] {
    return this.joints.takeUnknown();
  }

  takeOdometry(message: OdometryMessage, sample: Sample, publishers?: readonly string[]): Applied {
    return this.frames.takeOdometry(message, sample, publishers);
  }

  takeTransforms(
    transforms: readonly TransformMessage[],
    sample: Sample,
    publishers?: readonly string[],
  ): Applied {
    return this.frames.take(transforms, sample, publishers);
  }

  takeSensor({ values }: SensorMessage, sample: Sample): Applied {
    let verdict: Verdict = values.length === 0 ? "taken" : "rejected";
    let reason = "";
    for (const { path, unit, value } of values) {
      if (!this.thing.properties.has(path) && this.thing.properties.size > maxValues) {
        reason ||= `more than ${maxValues} values`;
        continue;
      }
      const applied = this.takeValue(path, unit, value, false, sample);
      reason ||= applied.reason;
      verdict = joined(verdict, applied.verdict);
    }
    return { verdict, reason };
  }

  /** One value of a mapped topic. What came first does not fix its kind, unless others keep its register. */
  takeValue(
    path: string,
    unit: string,
    value: number | string | boolean,
    retained: boolean,
    sample: Sample,
  ): Applied {
    const isNumber = typeof value === "number";
    const own = unitOfPath(path, unit, (joint) => isPrismatic(this.model, joint));
    const property = this.graph.property(this.thing, path, isNumber ? "number" : "other", own);
    if ((property.kind === "number") !== isNumber) {
      if (!this.mayChangeKind(property)) {
        return { verdict: "rejected", reason: `${path} takes no ${typeof value}` };
      }
      const verdict = this.graph.judge(this.graph.row(property, "reported"), sample);
      if (verdict !== "taken") return { verdict, reason: "" };
      this.graph.changeKind(property, isNumber ? "number" : "other");
    }
    const row = this.graph.row(property, "reported");
    const verdict = isNumber
      ? this.graph.setNumber(row, value, sample)
      : this.graph.setOther(row, value, sample);
    if (verdict === "taken" && retained) this.graph.setQuality(row, "uncertain", "initial");
    return { verdict, reason: "" };
  }

  private mayChangeKind({ thing, path, kind, registers }: Property): boolean {
    if (thing !== this.id || /^(?:joint|link|base|frame)\//.test(path)) return false;
    return (kind === "number" || kind === "other") && registers.desired < 0 && registers.estimated < 0;
  }

  /** Where joints are asked to be, from server ms `now`: rad or m. */
  desire(joints: readonly string[], positions: readonly number[], now: number): void {
    this.desired.received = now;
    for (const [i, joint] of joints.entries()) {
      const property = this.thing.properties.get(jointPath(joint, "position"));
      if (property === undefined) continue;
      const row = this.graph.row(property, "desired");
      this.graph.setNumber(row, positions[i] as number, this.desired);
      this.graph.setDesiredState(row, "sent");
    }
  }

  desireBecomes(joints: readonly string[], state: DesiredOutcome, reason: string): void {
    for (const joint of joints) {
      const row = this.thing.properties.get(jointPath(joint, "position"))?.registers.desired ?? -1;
      if (row >= 0) this.graph.setDesiredState(row, state, reason);
    }
  }

  /** Where a frame of tf is in the root link's frame at server ms `now`; null where that is not known. */
  rootFrom(frame: string, now: number): readonly number[] | null {
    return this.frames.rootFrom(frame, now);
  }

  position(joint: string): number | undefined {
    const row = this.measuredRow(joint, "position");
    if (row < 0) return undefined;
    return this.graph.table.numbers[this.graph.table.offset[row] as number];
  }

  velocity(joint: string): number | undefined {
    return this.goodNumber(joint, "velocity");
  }

  effort(joint: string): number | undefined {
    return this.goodNumber(joint, "effort");
  }

  private goodNumber(joint: string, leaf: "velocity" | "effort"): number | undefined {
    const row = this.measuredRow(joint, leaf);
    if (row < 0 || this.graph.table.quality[row] !== 0) return undefined;
    return this.graph.table.numbers[this.graph.table.offset[row] as number];
  }

  /**
   * Whether the pose of the base is measured now; where nothing ever measured it, whether any joint is. Null where nothing
   * was ever measured.
   */
  isBaseSeen(): boolean | null {
    const row = this.thing.properties.get("base/pose")?.registers.reported ?? -1;
    const { table } = this.graph;
    if (row < 0 || table.filled[row] === 0) return this.isAnyJointSeen();
    return table.quality[row] === 0 || (table.quality[row] === 1 && table.reason[row] !== "stale");
  }

  private isAnyJointSeen(): boolean | null {
    let isKnown = false;
    for (const { name } of this.model?.joints ?? []) {
      const row = this.measuredRow(name, "position");
      if (row >= 0 && this.graph.table.quality[row] === 0) return true;
      isKnown ||= row >= 0;
    }
    return isKnown ? false : null;
  }

  isFresh(joint: string): boolean {
    const row = this.measuredRow(joint, "position");
    return row >= 0 && this.graph.table.quality[row] === 0;
  }

  receivedAt(joint: string): number | undefined {
    const row = this.measuredRow(joint, "position");
    return row < 0 ? undefined : this.graph.table.received[row];
  }

  private measuredRow(joint: string, leaf: "position" | "velocity" | "effort"): number {
    const row = this.thing.properties.get(jointPath(joint, leaf))?.registers.reported ?? -1;
    return row >= 0 && this.graph.table.filled[row] === 1 ? row : -1;
  }
}
