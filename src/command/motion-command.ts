/** A vector in m/s or rad/s along the axes of `base_link` (REP-103: x forward, y left, z up). */
export type Vector = { x: number; y: number; z: number };

/** One wish for motion, as clients state it (C in the contract). Units are SI. */
export type MotionCommand =
  | { kind: "jointPosition"; positions: Record<string, number>; speed?: number | undefined }
  | {
      kind: "jointTrajectory";
      points: {
        time: number;
        positions: Record<string, number>;
        velocities?: Record<string, number> | undefined;
      }[];
    }
  | { kind: "jointVelocity"; velocities: Record<string, number> }
  | { kind: "twist"; linear: Vector; angular: Vector }
  | { kind: "device"; device: string; signal: string; value: number | boolean | string }
  | { kind: "pose"; frame: string; position: number[]; quaternion: number[] }
  | { kind: "plan"; planId: string; stateHash: string };

/** A wish with what is needed to judge it: whose, under which lease, how old. Times are server ms. */
export type CommandRequest = {
  session: string;
  id: string | number;
  epoch: number;
  seq: number;
  issued: number;
  ttlMs: number;
  command: MotionCommand;
};
