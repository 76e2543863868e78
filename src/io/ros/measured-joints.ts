/** Where the joints of one robot were measured last, for controllers that do not tell how far they are. */
export class MeasuredJoints {
  /** For each joint its position (rad or m) and the server ms at which it came. */
  private readonly joints = new Map<string, Float64Array>();

  /** Takes one joint state. Allocates only for joints that are new. */
  note(names: readonly string[], positions: ArrayLike<number>, now: number): void {
    for (let i = 0; i < names.length; i++) {
      const position = positions[i];
      if (position === undefined || !Number.isFinite(position)) continue;
      const name = names[i] as string;
      let entry = this.joints.get(name);
      if (entry === undefined) {
        entry = new Float64Array(2);
        this.joints.set(name, entry);
      }
      entry[0] = position;
      entry[1] = now;
    }
  }

  /** rad or m; null where it was not measured since server ms `since`. */
  position(joint: string, since: number): number | null {
    const entry = this.joints.get(joint);
    return entry === undefined || (entry[1] as number) < since ? null : (entry[0] as number);
  }
}
