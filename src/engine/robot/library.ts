import type { SequenceStep } from "../../command/sequence-runner.ts";
import type { NamedPose } from "../../protocol/library-json.ts";
import { parseSrdf } from "../../robot/reading/srdf.ts";
import { type ResolvedGroup, resolveGroups } from "../../robot/reading/srdf-groups.ts";
import type { SavedLibrary } from "../ports/saved-library.ts";
import type { RobotTwin } from "./robot-twin.ts";

const pairs = /<disable_collisions\b[^<>]*\/>/g;

type Groups = ReadonlyMap<string, ResolvedGroup>;
type Known = { text: string; description: number; poses: Map<string, NamedPose>; groups: Groups };

/**
 * The named poses of robots, of their SRDF and saved ones, and the sequences. A saved pose hides one of the SRDF. What a
 * pose says of followers is left out: they go where their masters are, and no command may name one.
 */
export class Library {
  private saved: SavedLibrary = { poses: {}, sequences: {} };
  private readonly ofSrdf = new WeakMap<RobotTwin, Known>();

  set(saved: SavedLibrary): void {
    this.saved = saved;
  }

  /** The steps of a sequence; null: there is none of that name. */
  sequence(name: string): readonly SequenceStep[] | null {
    return Object.hasOwn(this.saved.sequences, name) ? (this.saved.sequences[name] ?? null) : null;
  }

  poses(twin: RobotTwin): Map<string, NamedPose> {
    const all = new Map(this.statesOf(twin));
    const saved = Object.hasOwn(this.saved.poses, twin.id) ? this.saved.poses[twin.id] : undefined;
    for (const [name, joints] of Object.entries(saved ?? {})) {
      const own = Object.entries(joints).filter(([joint]) => !isFollower(twin, joint));
      if (own.length > 0) all.set(name, { joints: Object.fromEntries(own), source: "saved" });
    }
    return all;
  }

  /** The groups of joints of the SRDF; null: none is known. */
  groups(twin: RobotTwin): Groups | null {
    return this.readSrdf(twin)?.groups ?? null;
  }

  /** The group states of the SRDF; joints of one axis only. */
  private statesOf(twin: RobotTwin): Map<string, NamedPose> {
    return this.readSrdf(twin)?.poses ?? new Map();
  }

  /** Read once for each SRDF and description. */
  private readSrdf(twin: RobotTwin): Known | null {
    const { semantics: text, description, descriptionCount } = twin;
    if (text === null || description === null) return null;
    const known = this.ofSrdf.get(twin);
    if (known?.text === text && known.description === descriptionCount) return known;
    // What may touch is most of an SRDF, is read elsewhere, and would hold up the cycle here.
    const { semantics } = parseSrdf(text.replaceAll(pairs, ""), description.description);
    const poses = new Map<string, NamedPose>();
    for (const { name, group, positions } of semantics?.states ?? []) {
      const joints: Record<string, number> = {};
      for (const [joint, values] of positions) {
        if (values.length === 1 && !isFollower(twin, joint)) joints[joint] = values[0] as number;
      }
      if (Object.keys(joints).length === 0) continue;
      // Two groups often have a state of the same name, as "home".
      const key = poses.has(name) && group !== null ? `${group} ${name}` : name;
      poses.set(key, { joints, source: "srdf" });
    }
    const groups = resolveGroups(description.description, semantics?.groups ?? []);
    const read = { text, description: descriptionCount, poses, groups };
    this.ofSrdf.set(twin, read);
    return read;
  }
}

function isFollower({ model }: RobotTwin, joint: string): boolean {
  const index = model?.jointIndex.get(joint);
  return index !== undefined && (model?.joints[index]?.mimic ?? null) !== null;
}
