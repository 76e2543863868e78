import type { MotionRevision, Property } from "./property.ts";

/** The kinds of things in a twin. */
export type ThingType = "robot" | "link" | "joint" | "device" | "sensor" | "object";

/** `hasLink`, `hasJoint`, `parentJoint`, `parentLink`, `childLink`, `mountedOn`, `measures`, `controls`, `attachedTo`. */
export type Relationship = { name: string; target: string };

/** A part of the twin. `definition` describes it and rarely changes; `properties` hold its state. */
export type Thing = {
  readonly id: string;
  readonly type: ThingType;
  definition: Record<string, unknown>;
  relationships: Relationship[];
  /** A property may belong to two things: a device's signal also appears under the link it is mounted on. */
  readonly properties: Map<string, Property>;
  /** The graph's `definitions` when it was defined or changed last. */
  defined: number;
  /** When a property of motion changed last: to see at a glance that nothing did. */
  readonly motion: MotionRevision;
};
