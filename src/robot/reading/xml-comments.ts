/** What a comment may not hold, by XML; robots' own readers (tinyxml) pass over it. */
export const oddComment =
  'there is "--" inside this comment, which XML does not allow; some readers refuse the file, so write it without';

/**
 * The text with comments that any XML reader takes: `--` within one becomes blanks. Its length and its lines stay as they
 * are. `odd` are the lines, from 1, on which such comments begin. A comment ends at its first `-->`.
 */
export function plainComments(text: string): { text: string; odd: number[] } {
  const odd: number[] = [];
  let out = "";
  let copied = 0;
  let line = 1;
  let counted = 0;
  for (let at = text.indexOf("<!"); at >= 0; at = text.indexOf("<!", at + 2)) {
    if (text.startsWith("<![CDATA[", at)) {
      const end = text.indexOf("]]>", at);
      if (end < 0) break;
      at = end;
      continue;
    }
    if (!text.startsWith("<!--", at)) continue;
    const end = text.indexOf("-->", at + 4);
    if (end < 0) break;
    const inside = text.slice(at + 4, end);
    if (inside.includes("--") || inside.endsWith("-")) {
      for (let i = text.indexOf("\n", counted); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) {
        line++;
        counted = i + 1;
      }
      odd.push(line);
      out += text.slice(copied, at + 4) + inside.replaceAll("-", " ");
      copied = end;
    }
    at = end;
  }
  return { text: out + text.slice(copied), odd };
}
