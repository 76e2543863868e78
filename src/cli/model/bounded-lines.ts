/** A line, or word that one was longer than the bound and was skipped. */
export type BoundedLine = { text: string } | { tooLong: true };

/**
 * Splits a byte stream into lines (LF or CRLF; the last may lack its end) without ever keeping more than
 * `maxCharacters` and one chunk in memory. Bytes that are not UTF-8 become U+FFFD.
 */
export async function* boundedLines(
  input: AsyncIterable<Uint8Array>,
  maxCharacters: number,
): AsyncGenerator<BoundedLine> {
  const decoder = new TextDecoder();
  let rest = "";
  let skipping = false;
  for await (const chunk of input) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    for (const [index, piece] of pieces.entries()) {
      const ends = index < pieces.length - 1;
      if (!skipping) rest += piece;
      if (!skipping && rest.length > maxCharacters) {
        yield { tooLong: true };
        skipping = true;
        rest = "";
      }
      if (!ends) continue;
      if (!skipping) yield { text: rest.endsWith("\r") ? rest.slice(0, -1) : rest };
      skipping = false;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (!skipping && rest !== "") yield { text: rest };
}
