import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { askDocument, type DocumentReply } from "../../client/server-documents.ts";
import { Signal } from "../../client/signal.ts";
import { type NamedPose, readPoses } from "./named-pose.ts";
import { readSequences, type Sequence, writeSteps } from "./sequence.ts";

/** What was deleted last, to be put back. */
export type Deleted = { kind: "pose"; pose: NamedPose } | { kind: "sequence"; sequence: Sequence };

/** The named poses and sequences of one robot, as the server keeps them, and this page's changes. */
export class TeachBook {
  /** Null before the server said which there are, or where it keeps none. */
  readonly poses = new Signal<readonly NamedPose[] | null>(null);
  readonly sequences = new Signal<readonly Sequence[] | null>(null);
  /** Why something is not shown or was not changed; null when there is nothing to say. */
  readonly problem = new Signal<string | null>(null);
  readonly deleted = new Signal<Deleted | null>(null);

  constructor(
    readonly robot: string,
    private readonly address: ServerAddress,
    private readonly platform: Platform,
  ) {}

  async refresh(): Promise<void> {
    const [poses, sequences] = await Promise.all([
      this.ask("GET", "api/poses"),
      this.ask("GET", "api/sequences"),
    ]);
    this.poses.set(poses.ok ? readPoses(poses.value, this.robot) : null);
    this.sequences.set(sequences.ok ? readSequences(sequences.value) : null);
    if (!poses.ok) this.problem.set(poses.missing ? "This server keeps no poses." : poses.message);
  }

  /** Teach: the joints as they are measured now, under a name. */
  saveHere(name: string): Promise<boolean> {
    return this.change("PUT", this.poseAt(name), { here: true });
  }

  async deletePose(pose: NamedPose): Promise<void> {
    if (await this.change("DELETE", this.poseAt(pose.name))) this.deleted.set({ kind: "pose", pose });
  }

  saveSequence({ name, steps }: Sequence): Promise<boolean> {
    return this.change("PUT", `api/sequences/${encodeURIComponent(name)}`, { steps: writeSteps(steps) });
  }

  async deleteSequence(sequence: Sequence): Promise<void> {
    const isGone = await this.change("DELETE", `api/sequences/${encodeURIComponent(sequence.name)}`);
    if (isGone) this.deleted.set({ kind: "sequence", sequence });
  }

  /** Puts back what was deleted last. */
  async undo(): Promise<void> {
    const deleted = this.deleted.get();
    if (deleted === null) return;
    const isBack =
      deleted.kind === "pose"
        ? await this.change("PUT", this.poseAt(deleted.pose.name), { joints: deleted.pose.positions })
        : await this.saveSequence(deleted.sequence);
    if (isBack) this.deleted.set(null);
  }

  private async change(method: "PUT" | "DELETE", path: string, body?: unknown): Promise<boolean> {
    const reply = await this.ask(method, path, body);
    this.problem.set(reply.ok ? null : `Not changed: ${reply.message}`);
    if (reply.ok) await this.refresh();
    return reply.ok;
  }

  private ask(method: "GET" | "PUT" | "DELETE", path: string, body?: unknown): Promise<DocumentReply> {
    return askDocument(this.address, this.platform, method, path, body);
  }

  private poseAt(name: string): string {
    return `api/poses/${encodeURIComponent(this.robot)}/${encodeURIComponent(name)}`;
  }
}
