import type { DeviceMessage } from "../protocol/device-profile.ts";
import type { DeviceFleet } from "./devices/device-fleet.ts";
import type { EngineRobot } from "./ports/engine-robot.ts";
import type { RobotFleet } from "./robot-fleet.ts";

/**
 * Robots that exist because a device's birth names them: taken in with the first such birth, where the configuration
 * allows it, and removed when no device names them any more.
 */
export class BirthAdmission {
  private readonly admitted = new Set<string>();

  constructor(
    private readonly robots: RobotFleet,
    private readonly devices: DeviceFleet,
    private readonly admit: (robot: string, isThere: boolean) => EngineRobot | null,
  ) {}

  /** Takes in the robot that a birth names, applies the birth by `apply`, and removes the robot it named before. */
  takeBirth({ device, birth }: Extract<DeviceMessage, { kind: "birth" }>, apply: () => void): void {
    const before = this.devices.robotOf(device);
    if (birth.robot !== undefined) this.takeIn(birth.robot);
    apply();
    if (before !== null && before !== this.devices.robotOf(device)) this.removeUnnamed(before);
  }

  /** Removes what no device names any more, after devices were forgotten. */
  review(): void {
    for (const robot of [...this.admitted]) this.removeUnnamed(robot);
  }

  private takeIn(id: string): void {
    if (this.admitted.has(id)) return;
    const robot = this.admit(id, this.robots.twins.has(id));
    if (robot === null) return;
    this.robots.found(robot, "birth");
    if (this.robots.twins.has(id)) this.admitted.add(id);
  }

  private removeUnnamed(robot: string): void {
    if (!this.admitted.has(robot) || this.devices.isNamed(robot)) return;
    this.admitted.delete(robot);
    this.robots.lost(robot, "birth", "no device names it any more");
  }
}
