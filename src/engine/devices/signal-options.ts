import type { TwinGraph } from "../../twin/graph.ts";
import type { JointClaims } from "./joint-claims.ts";

/** What the signals of a device are made with. */
export type SignalOptions = {
  graph: TwinGraph;
  /** The device's. */
  id: string;
  /** Whose joints and links a birth means that names no robot. */
  defaultRobot: string;
  /** How many signals more all devices together may have; shared by them. */
  room: { signals: number };
  claims: JointClaims;
};
