import type { RegisterTable } from "./register-table.ts";
import type { Sample } from "./sample.ts";
import type { Source } from "./source.ts";

/**
 * Whether `sample` replaces the value of `row`. From another source: unless that source has a higher priority and its
 * value is good. From the same source: by (epoch, sequence), else by stamp. Equal stamps are not late. A stale value
 * gives way to any stamp: its sender's clock was set back (a simulation that restarted, a bag in a loop), and no
 * network delays a message for that long.
 */
export function judge(
  table: RegisterTable,
  sources: readonly Source[],
  row: number,
  sample: Sample,
): "taken" | "late" | "outranked" {
  if (table.filled[row] === 0) return "taken";
  if (table.source[row] !== sample.source) {
    return isOutranked(table, sources, row, sample) ? "outranked" : "taken";
  }
  return isNewer(table, row, sample) ? "taken" : "late";
}

/** Of two samples from one source. */
function isNewer(t: RegisterTable, row: number, sample: Sample): boolean {
  const epoch = t.epoch[row] as number;
  if (sample.epoch !== epoch) return sample.epoch > epoch;
  if (sample.sequence >= 0) return sample.sequence > (t.sequence[row] as number);
  if (!sample.hasStamp || t.hasStamp[row] === 0) return true;
  if (sample.received - (t.received[row] as number) > (t.staleAfterMs[row] as number)) return true;
  const seconds = sample.stampSec - (t.stampSec[row] as number);
  return seconds > 0 || (seconds === 0 && sample.stampNanosec >= (t.stampNanosec[row] as number));
}

function isOutranked(t: RegisterTable, sources: readonly Source[], row: number, sample: Sample): boolean {
  if (t.quality[row] !== 0) return false;
  const holder = sources[t.source[row] as number];
  const asker = sources[sample.source];
  return holder !== undefined && asker !== undefined && holder.priority > asker.priority;
}
