import type { Property } from "./property.ts";

/** What kinds of things a twin is made of. */
export type ThingType = "robot" | "link" | "joint" | "device" | "sensor";

/** `hasLink`, `hasJoint`, `parentJoint`, `parentLink`, `childLink`, `mountedOn`, `measures`, `controls`. */
export type Relationship = { name: string; target: string };

/** A part of the twin. `definition` says what it is and rarely changes; `properties` say how it is. */
export type Thing = {
  readonly id: string;
  readonly type: ThingType;
  definition: Record<string, unknown>;
  relationships: Relationship[];
  /** A property may be under two things: a device's signal also under the link it sits on. */
  readonly properties: Map<string, Property>;
};
