import type { JogCommand } from "../../client/jog.ts";

/** What precise mode leaves of the speed of a jog and of the way of a drag. */
export const preciseShare = 0.1;

/** The same jog at a share of its speed. */
export function slowed(command: JogCommand, share: number): JogCommand {
  if (command.kind === "jointVelocity") {
    const slow = Object.entries(command.velocities).map(([joint, velocity]) => [joint, velocity * share]);
    return { kind: "jointVelocity", velocities: Object.fromEntries(slow) };
  }
  const { linear, angular } = command;
  const scaled = (v: typeof linear) => ({ x: v.x * share, y: v.y * share, z: v.z * share });
  return { ...command, linear: scaled(linear), angular: scaled(angular) };
}
