import type { TransformMessage } from "../../protocol/ros-decode.ts";

/** How long frames without the prefix may come alone before that is told. ms */
const patienceMs = 5000;
const mostNamed = 5;
const mostKnown = 4096;

/**
 * The prefix of one robot's frames, as robot_state_publisher's `frame_prefix` puts it before them so that several robots
 * can share /tf: `r2/odom` is the robot's own `odom`.
 */
export class FramePrefix {
  /** With its slash; "": the frames have none. */
  readonly text: string;
  private hasOwn = false;
  private since = Number.NaN;
  private readonly others = new Set<string>();
  /** The robot's own frames that had the prefix, without it. */
  private readonly known = new Set<string>();

  /** `configured` is `auto`, or the prefix; `namespace` is the robot's, without slashes around it. */
  constructor(configured: string, namespace: string) {
    const prefix = configured === "auto" ? namespace : configured;
    this.text = /[A-Za-z0-9]$/.test(prefix) ? `${prefix}/` : prefix;
  }

  /** A frame's name without the prefix. */
  bare(frame: string): string {
    if (this.text === "" || !frame.startsWith(this.text)) return frame;
    const bare = frame.slice(this.text.length);
    if (this.known.size < mostKnown) this.known.add(bare);
    return bare;
  }

  /** A frame's name as ROS has it: with the prefix where the robot's own frame of that name has it. */
  full(frame: string): string {
    return this.known.has(frame) ? `${this.text}${frame}` : frame;
  }

  /** Of transforms on a topic of all robots those of this one, at `now` (ms). A parent may belong to all, as `map`. */
  own(transforms: readonly TransformMessage[], now: number): TransformMessage[] {
    const own = transforms.filter(({ child }) => child.startsWith(this.text));
    if (own.length > 0) this.hasOwn = true;
    if (!this.hasOwn && transforms.length > 0) {
      if (Number.isNaN(this.since)) this.since = now;
      for (const { child } of transforms) if (this.others.size < mostNamed) this.others.add(child);
    }
    return this.bareAll(own);
  }

  bareAll(transforms: readonly TransformMessage[]): TransformMessage[] {
    return transforms.map((t) => ({ ...t, parent: this.bare(t.parent), child: this.bare(t.child) }));
  }

  /** What to say, once, when only frames without the prefix came for a while; null otherwise. */
  complaint(topic: string, now: number): string | null {
    if (this.hasOwn || !(now - this.since > patienceMs)) return null;
    this.hasOwn = true;
    const named = [...this.others].join(", ");
    return (
      `no frame of ${topic} begins with "${this.text}"; there are ${named}. Set robots[].tfPrefix to the prefix of this ` +
      'robot\'s frames, or to "" if its own tf topic has them.'
    );
  }
}
