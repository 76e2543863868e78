import { type Motion, Turns } from "./turns.ts";

/** A frame that gets its old parent back within this time has two that publish it. ms */
const turnsWithinMs = 3000;
/** Of a frame's position, in m. */
const motion: Motion = { noise: 0.02, acceleration: 20 };

type Known = {
  parent: string;
  before: string;
  changedAt: number;
  doubtedUntil: number;
  /** The parents by /tf_static and by /tf; "": none yet. */
  byStatic: string;
  byMoving: string;
  position: Turns | null;
};

/** Something odd about the frames, to be told once. */
export type FrameFault = { key: string; text: string };

/** Notices frames that get two parents, or two places, in turns. */
export class FrameConflicts {
  private readonly frames = new Map<string, Known>();
  private readonly told = new Set<string>();

  clear(): void {
    this.frames.clear();
    this.told.clear();
  }

  /** Whether a fault of this key is new. */
  isNew(key: string): boolean {
    if (this.told.has(key)) return false;
    this.told.add(key);
    return true;
  }

  /**
   * Notes what a message says of `frame` at `now` (ms); whether it contradicts others, and what is to be told of it.
   * `publishers` are the nodes behind the topic, where there are several.
   */
  note(
    frame: string,
    parent: string,
    pose: ArrayLike<number>,
    isStatic: boolean,
    now: number,
    publishers: readonly string[] | undefined,
  ): { isDoubtful: boolean; fault: FrameFault | null } {
    const known = this.frames.get(frame);
    if (known === undefined) {
      this.frames.set(frame, {
        parent,
        before: "",
        changedAt: now,
        doubtedUntil: Number.NEGATIVE_INFINITY,
        byStatic: isStatic ? parent : "",
        byMoving: isStatic ? "" : parent,
        position: null,
      });
      return fine;
    }
    const other = this.otherParent(known, parent, isStatic, now, publishers);
    if (isStatic) known.byStatic = parent;
    else known.byMoving = parent;
    if (known.parent !== parent) {
      known.before = known.parent;
      known.parent = parent;
      known.changedAt = now;
    }
    if (other !== "") {
      const text = `frame ${frame} has two parents, ${other} and ${parent}${by(publishers)}. Publish one of them only.`;
      return { isDoubtful: true, fault: { key: `parents ${frame}`, text } };
    }
    if (now < known.doubtedUntil) return { isDoubtful: true, fault: null };
    return publishers === undefined ? fine : this.noteTurns(known, frame, pose, now, publishers);
  }

  /** The parent that contradicts `parent`; "" where none does. */
  private otherParent(
    known: Known,
    parent: string,
    isStatic: boolean,
    now: number,
    publishers: readonly string[] | undefined,
  ): string {
    const ofOtherKind = isStatic ? known.byMoving : known.byStatic;
    if (ofOtherKind !== "" && ofOtherKind !== parent) return ofOtherKind;
    if (known.parent === parent) return "";
    const isSoon = now - known.changedAt <= turnsWithinMs;
    const isBack = isSoon && known.before === parent;
    // Static frames are said once: two nodes that start together are heard one after the other.
    const isStaticOfOther = isSoon && isStatic && publishers !== undefined;
    if (!isBack && !isStaticOfOther) return "";
    known.doubtedUntil = now + turnsWithinMs;
    return known.parent;
  }

  /** Two that publish one frame in the same parent, at different places. */
  private noteTurns(
    known: Known,
    frame: string,
    pose: ArrayLike<number>,
    now: number,
    publishers: readonly string[],
  ): { isDoubtful: boolean; fault: FrameFault | null } {
    known.position ??= new Turns(3);
    let takesTurns = false;
    for (let i = 0; i < 3; i++) {
      takesTurns = known.position.note(i, pose[i] as number, now, motion) || takesTurns;
    }
    if (!takesTurns) return fine;
    const text = `frame ${frame} in ${known.parent} jumps between two places${by(publishers)}. Stop one that publishes it.`;
    return { isDoubtful: true, fault: { key: `places ${frame}`, text } };
  }
}

const fine = { isDoubtful: false, fault: null };

/** Who may be meant, for the end of a sentence. */
export function by(publishers: readonly string[] | undefined): string {
  return publishers === undefined ? "" : ` (the topic is published by ${publishers.join(", ")})`;
}
