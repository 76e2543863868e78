/**
 * Which device has which state of which joint: two that say they measure or drive the same would take turns in showing
 * and pulling it. The first that lives has it; who dies gives it back.
 */
export class JointClaims {
  private readonly owners = new Map<string, string>();

  /** `mayBind` tells whether a device may have anything of a joint at all. */
  constructor(private readonly mayBind: (device: string, joint: string) => boolean) {}

  /** Null when `device` has `what` (`position`, …, or `drive`) of the joint from now on; else why not. */
  claim(device: string, robot: string, joint: string, what: string): string | null {
    if (!this.mayBind(device, joint)) return `mqtt.joints does not leave ${joint} to ${device}`;
    const key = `${robot}/${joint}/${what}`;
    const owner = this.owners.get(key) ?? device;
    if (owner !== device) return `${joint} is ${what === "drive" ? "driven" : "measured"} by ${owner}`;
    this.owners.set(key, device);
    return null;
  }

  /** Gives back all that `device` has. */
  release(device: string): void {
    for (const [key, owner] of this.owners) if (owner === device) this.owners.delete(key);
  }
}
