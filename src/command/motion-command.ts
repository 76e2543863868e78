/** A vector in m/s or rad/s along the axes of `base_link` (REP-103: x forward, y left, z up). */
export type Vector = { x: number; y: number; z: number };

/** One motion command, as clients state it (C in the contract). Units are SI. */
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

/** A motion planned as a whole and checked along its path before it is sent. */
export type JointMotionCommand = Extract<MotionCommand, { kind: "jointPosition" | "jointTrajectory" }>;

const namedJoints = 8;
const nameCharacters = 64;

/** What a command moves, by the names in the graph: `joint/elbow`, `device/gripper/position`, `base`. */
export function targetOf(command: MotionCommand): string {
  switch (command.kind) {
    case "jointPosition":
      return jointNames(Object.keys(command.positions));
    case "jointVelocity":
      return jointNames(Object.keys(command.velocities));
    case "jointTrajectory":
      return jointNames(Object.keys(command.points[0]?.positions ?? {}));
    case "twist":
      return "base";
    case "device":
      return `device/${cut(command.device)}/${cut(command.signal)}`;
    case "pose":
      return `frame/${cut(command.frame)}`;
    case "plan":
      return `plan/${cut(command.planId)}`;
  }
}

function cut(name: string): string {
  return name.length <= nameCharacters ? name : `${name.slice(0, nameCharacters - 1)}…`;
}

function jointNames(names: readonly string[]): string {
  const more = names.length - namedJoints;
  const named = names.slice(0, namedJoints).map((name) => `joint/${cut(name)}`);
  return more > 0 ? `${named.join(" ")} and ${more} more` : named.join(" ");
}

/** A command with what is needed to judge it: whose, under which lease, how old. Times are server ms. */
export type CommandRequest = {
  session: string;
  id: string | number;
  epoch: number;
  seq: number;
  issued: number;
  ttlMs: number;
  command: MotionCommand;
};
