/** A segment of the journal: running number of its first sample, and its size. */
export type SpoolSegment = { first: number; bytes: number };

/**
 * From which sample on the journal is kept for readers that need it from `done` on, where it may take at most `most` bytes.
 * Segments are oldest first.
 */
export function neededFrom(segments: readonly SpoolSegment[], done: number, most: number): number {
  let bytes = 0;
  for (const { bytes: more } of segments) bytes += more;
  let needed = done;
  for (let i = 0; i < segments.length - 1 && bytes > most; i++) {
    bytes -= (segments[i] as SpoolSegment).bytes;
    needed = Math.max(needed, (segments[i + 1] as SpoolSegment).first);
  }
  return needed;
}
