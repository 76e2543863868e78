/** The entry of `words` that the author of `given` may have meant; null when none is near. */
export function nearWord(given: string, words: Iterable<string>): string | null {
  const wanted = given.toLowerCase();
  let best: string | null = null;
  // A third of the letters may differ; in a short word one.
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const word of words) {
    const distance = wordDistance(wanted, word.toLowerCase(), least);
    if (distance < least) {
      least = distance;
      best = word;
    }
  }
  return best;
}

/** `; did you mean "port"?`, or nothing when no word is near. */
export function didYouMean(given: string, words: Iterable<string>): string {
  const near = nearWord(given, words);
  return near === null ? "" : `; did you mean "${near}"?`;
}

/**
 * Letters to add, remove, change or swap with their neighbour (Damerau's distance, each letter touched once). Gives up
 * at `enough`.
 */
function wordDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? enough;
}
