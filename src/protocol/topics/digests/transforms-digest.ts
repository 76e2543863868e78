import { bareFrame } from "../bare-frame.ts";
import { readStampMs } from "../read-stamp.ts";
import type { TopicContent } from "../topic-content.ts";
import { shortText, type TopicDigest } from "./topic-digest.ts";

/** tf2_msgs/msg/TFMessage, as it is read. */
type TransformsMessage = {
  transforms: readonly {
    header: { stamp: unknown; frame_id: string };
    child_frame_id: string;
    transform: {
      translation: { x: number; y: number; z: number };
      rotation: { x: number; y: number; z: number; w: number };
    };
  }[];
};

/** One frame as the topic tells of it. Times are ms; m; unit quaternion. */
export type TransformState = {
  child: string;
  parent: string;
  /** Messages a second, of the last seconds. */
  hz: number;
  /** The newest stamp, and when it arrived (server ms). */
  stamp: number;
  at: number;
  translation: [number, number, number];
  rotation: [number, number, number, number];
  /** What is wrong with it now, as sentences. */
  problems: string[];
};

type Known = TransformState & {
  arrivals: number[];
  /** The parent before this one, and when it changed. */
  other: string;
  switches: number[];
  /** When stamps went back, or came twice. */
  backwards: number[];
  repeated: number[];
};

const mostFrames = 2000;
const longestName = 256;
const windowMs = 5000;
/** How often it must happen in the window before it is told. */
const tellFrom = 3;

/** The frames of a topic of transforms: how often each comes, and where what is told of it does not fit together. */
export class TransformsDigest implements TopicDigest {
  private readonly frames = new Map<string, Known>();
  private isCut = false;
  private newest = 0;

  take(message: unknown, received: number): void {
    this.newest = received;
    for (const { header, child_frame_id, transform } of (message as TransformsMessage).transforms) {
      const child = shortText(bareFrame(child_frame_id), longestName);
      const parent = shortText(bareFrame(header.frame_id), longestName);
      const known = this.frames.get(child) ?? this.begin(child, parent, received);
      if (known === null) continue;
      const stamp = readStampMs(header.stamp);
      if (known.arrivals.length > 0) {
        if (parent !== known.parent) {
          known.other = known.parent;
          known.switches.push(received);
        }
        if (stamp < known.stamp) known.backwards.push(received);
        if (stamp === known.stamp) known.repeated.push(received);
      }
      const { translation: t, rotation: q } = transform;
      known.parent = parent;
      known.stamp = stamp;
      known.at = received;
      known.translation = [t.x, t.y, t.z];
      known.rotation = [q.x, q.y, q.z, q.w];
      known.arrivals.push(received);
      forgetAll(known, received);
    }
  }

  /** meta.frames by their names. */
  content(): TopicContent {
    const frames = [...this.frames.values()].map((known) => this.state(known));
    frames.sort((a, b) => (a.child < b.child ? -1 : 1));
    const reduced = this.isCut ? `more than ${mostFrames} frames: the others are left out` : null;
    return { format: "transforms", meta: { frames }, arrays: {}, reduced };
  }

  private begin(child: string, parent: string, at: number): Known | null {
    if (this.frames.size >= mostFrames) {
      this.isCut = true;
      return null;
    }
    const known: Known = {
      ...{ child, parent, hz: 0, stamp: 0, at, translation: [0, 0, 0], rotation: [0, 0, 0, 1], problems: [] },
      ...{ arrivals: [], other: "", switches: [], backwards: [], repeated: [] },
    };
    this.frames.set(child, known);
    return known;
  }

  private state(known: Known): TransformState {
    const {
      child,
      parent,
      stamp,
      at,
      translation,
      rotation,
      arrivals,
      other,
      switches,
      backwards,
      repeated,
    } = known;
    forgetAll(known, this.newest);
    const problems: string[] = [];
    // Once is no contradiction: it was hung elsewhere.
    if (switches.length > 1) problems.push(`two parents: ${parent} and ${other}. Two programs publish it`);
    if (backwards.length >= tellFrom) {
      problems.push(
        `${backwards.length} stamps went back in ${windowMs / 1000} s: two programs publish it, or a clock jumps`,
      );
    }
    if (repeated.length >= tellFrom && repeated.length * 2 > arrivals.length) {
      problems.push("its stamps repeat: it is published more often than it is measured");
    }
    const length = Math.hypot(...rotation);
    if (!Number.isFinite(length) || !translation.every(Number.isFinite)) problems.push("it is not finite");
    else if (Math.abs(length - 1) > 0.01) {
      problems.push(`its quaternion has the length ${length.toFixed(3)}, not 1`);
    }
    if (child === parent) problems.push("it is its own parent");
    const hz = arrivals.length / (windowMs / 1000);
    return { child, parent, hz, stamp, at, translation, rotation, problems };
  }
}

function forgetAll({ arrivals, switches, backwards, repeated }: Known, now: number): void {
  for (const times of [arrivals, switches, backwards, repeated]) {
    while ((times[0] ?? now) < now - windowMs) times.shift();
  }
}
