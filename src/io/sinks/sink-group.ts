import { statSync } from "node:fs";
import { join } from "node:path";
import { listSegments, SegmentReader } from "../history/journal-segment.ts";
import { type OpenSink, openSink, type SinkPace, usualPace } from "./open-sink.ts";
import type { SinkOptions } from "./sink-options.ts";
import { sinkName } from "./sink-options.ts";
import { newStatus, type SinkStatus } from "./sink-status.ts";
import type { SinksOptions } from "./sinks-messages.ts";
import { neededFrom, type SpoolSegment } from "./spool-bound.ts";

/** How long after a failure to open a sink it is tried again. ms */
const reopenMs = 5000;

type Member = { options: SinkOptions; sink: OpenSink | null; fault: SinkStatus; openAt: number };

/** All sinks of one history. */
export class SinkGroup {
  private readonly members: Member[];
  private readonly firsts = new Map<string, number>();

  constructor(
    private readonly options: SinksOptions,
    private readonly now: () => number,
    private readonly pace: SinkPace = usualPace,
  ) {
    this.members = options.sinks.map((sink) => ({
      options: sink,
      sink: null,
      fault: newStatus(sinkName(sink), now()),
      openAt: 0,
    }));
  }

  /** Opens what is not open. */
  async tend(): Promise<void> {
    for (const member of this.members) {
      if (member.sink !== null || this.now() < member.openAt) continue;
      try {
        member.sink = await openSink(this.options.directory, member.options, this.now, this.pace);
        member.sink.start();
      } catch (error) {
        member.openAt = this.now() + reopenMs;
        member.fault.state = "error";
        member.fault.reason = `the place where it was cannot be read: ${error instanceof Error ? error.message : String(error)}`;
        member.fault.remedy = `Check the folder ${join(this.options.directory, "sinks")}. Without the file of this sink, all rows are sent again.`;
      }
    }
  }

  statuses(): SinkStatus[] {
    return this.members.map(({ sink, fault }) => ({ ...(sink?.status ?? fault) }));
  }

  /** The journal is needed from this sample on. */
  needed(): number {
    const done = this.members.map(({ sink }) => sink?.done ?? 0);
    return neededFrom(this.segments(), Math.min(...done), this.options.spoolBytes);
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ sink }) => sink?.stop()));
  }

  private segments(): SpoolSegment[] {
    const found: SpoolSegment[] = [];
    try {
      for (const { path } of listSegments(join(this.options.directory, "journal"))) {
        const first = this.firstOf(path);
        if (first !== null) found.push({ first, bytes: statSync(path).size });
      }
    } catch {
      // It is made, or was deleted, just now.
    }
    return found;
  }

  private firstOf(path: string): number | null {
    const known = this.firsts.get(path);
    if (known !== undefined) return known;
    const reader = new SegmentReader(path);
    reader.next();
    const first = reader.head?.first ?? null;
    reader.close();
    if (first !== null) this.firsts.set(path, first);
    return first;
  }
}
