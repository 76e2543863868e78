const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** The text of a string literal as PromQL writes it, quotes included; null when it is not closed or has a bad escape. */
export function stringValue(literal: string): string | null {
  const quote = literal[0] ?? "";
  if (literal.length < 2 || !literal.endsWith(quote)) return null;
  const inner = literal.slice(1, -1);
  if (quote === "`") return inner;
  let text = "";
  for (let i = 0; i < inner.length; i++) {
    const letter = inner[i] as string;
    if (letter === quote) return null;
    if (letter !== "\\") {
      text += letter;
      continue;
    }
    const next = inner[++i] ?? "";
    const plain = simple[next];
    const digits = { x: 2, u: 4, U: 8 }[next];
    if (plain !== undefined) text += plain;
    else if (digits !== undefined) {
      const code = inner.slice(i + 1, i + 1 + digits);
      if (!/^[0-9a-fA-F]+$/.test(code) || code.length !== digits) return null;
      const number = Number.parseInt(code, 16);
      if (number > 0x10ffff) return null;
      text += String.fromCodePoint(number);
      i += digits;
    } else if (/^[0-7]{3}$/.test(inner.slice(i, i + 3))) {
      text += String.fromCodePoint(Number.parseInt(inner.slice(i, i + 3), 8));
      i += 2;
    } else return null;
  }
  return text;
}
