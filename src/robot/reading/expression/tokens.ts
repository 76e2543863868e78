import { ExpressionFault } from "./fault.ts";
import type { Token } from "./syntax.ts";
import { readFloat, readInt } from "./text.ts";

/** Python's keywords; those that no expression uses are refused as names, too. */
const keywords: ReadonlySet<string> = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

const space = /[ \t\r\n\f]+/y;
const name = /[\p{L}_][\p{L}\p{N}_]*/uy;
const number =
  /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
const sign = /\*\*|\/\/|<<|>>|==|!=|<=|>=|[-+*/%@&|^~<>()[\]{}.,:=]/y;

/** Whether Python would take it as the name of a variable. */
export function isIdentifier(text: string): boolean {
  name.lastIndex = 0;
  return name.exec(text)?.[0] === text && !keywords.has(text);
}

/** Splits an expression into tokens, `end` at its end. Throws an ExpressionFault at what is none. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (form: RegExp): string | null => {
    form.lastIndex = at;
    const found = form.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  while (at < text.length) {
    if (take(space) !== null) continue;
    const quote = /^[rRuUbBfF]{0,2}['"]/.exec(text.slice(at, at + 3))?.[0];
    if (quote !== undefined) {
      const { value, end } = readText(text, at, quote);
      tokens.push({ kind: "text", value });
      at = end;
      continue;
    }
    const word = take(name);
    if (word !== null) {
      tokens.push({ kind: keywords.has(word) ? "keyword" : "name", text: word });
      continue;
    }
    const digits = take(number);
    if (digits !== null) {
      tokens.push({ kind: "number", value: readNumber(digits, text[at]) });
      continue;
    }
    const mark = take(sign);
    if (mark === null) throw new ExpressionFault(`"${text[at]}" has no meaning in an expression`);
    tokens.push({ kind: "sign", text: mark });
  }
  tokens.push({ kind: "end", text: "the end" });
  return tokens;
}

function readNumber(digits: string, next: string | undefined): bigint | number {
  const plain = digits.replaceAll("_", "");
  const isBroken =
    digits.endsWith("_") || /^0\d*[1-9]\d*$/.test(plain) || (next !== undefined && /\w/.test(next));
  const isPrefixed = /^0[xob]/i.test(plain);
  const value = isPrefixed
    ? plain.length > 2
      ? BigInt(plain.toLowerCase())
      : null
    : (readInt(plain) ?? readFloat(plain));
  if (isBroken || value === null || plain.length > 4300) {
    throw new ExpressionFault(`"${digits.slice(0, 40)}${next ?? ""}" is not a number`);
  }
  return value;
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

function readText(text: string, begin: number, quote: string): { value: string; end: number } {
  const prefix = quote.slice(0, -1).toLowerCase();
  if (/[bf]/.test(prefix))
    throw new ExpressionFault(`texts that begin with ${quote} are not read; leave the letter out`);
  const mark = quote.at(-1) as string;
  const isRaw = prefix.includes("r");
  let value = "";
  for (let at = begin + quote.length; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === mark) return { value, end: at + 1 };
    if (character !== "\\" || at + 1 >= text.length) {
      value += character;
      continue;
    }
    at += 1;
    const escaped = text[at] as string;
    value += isRaw ? `\\${escaped}` : (escapes[escaped] ?? `\\${escaped}`);
  }
  throw new ExpressionFault(`a text that begins with ${mark} does not end`);
}
