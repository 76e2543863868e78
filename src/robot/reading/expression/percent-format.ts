import { ExpressionFault } from "./fault.ts";
import { floatText, repr, str } from "./text.ts";
import { Dict, keyOf, numberIn, Tuple, typeOf, type Value } from "./values.ts";
import { boundedText, type Work } from "./work.ts";

const directive = /%(?:\(([^)]*)\))?([#0\- +]*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g;

/** Wider fields than this are refused: no name or number needs them. */
const widest = 1000;

/**
 * Python's `text % value`: %s %r %d %i %x %o %f %e %g with flags, width and precision, and %(key)s of a
 * dict. https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting
 */
export function formatPercent(format: string, value: Value, work: Work): string {
  const values = value instanceof Tuple ? [...value.items] : [value];
  const isDict = value instanceof Dict;
  let used = 0;
  const next = (): Value => {
    if (used >= values.length) throw new ExpressionFault("% has fewer values than places for them");
    used += 1;
    return values[used - 1] as Value;
  };
  const text = format.replaceAll(
    directive,
    (_, key, flags: string, width: string, digits, letter: string) => {
      work.spend(30);
      if (letter === "%") return "%";
      if (Number(width) > widest || Number(digits ?? 0) > 100)
        throw new ExpressionFault("a field of % is too wide");
      if (key !== undefined && !isDict) throw new ExpressionFault("%(…) needs a dict after the %");
      const one = key === undefined ? next() : (value as Dict).items.get(keyOf(key));
      if (one === undefined) throw new ExpressionFault(`the dict has no key "${key}"`);
      const precision = digits === undefined ? null : Number(digits);
      return padded(shaped(one, letter, precision, flags, work), flags, Number(width), letter);
    },
  );
  if (used < values.length && !isDict) throw new ExpressionFault("% has more values than places for them");
  return boundedText(text, work);
}

function shaped(value: Value, letter: string, precision: number | null, flags: string, work: Work): string {
  if (letter === "s" || letter === "r") {
    const text = letter === "s" ? str(value, work) : repr(value, work);
    return precision === null ? text : text.slice(0, precision);
  }
  const number = numberIn(value);
  if (number === null) throw new ExpressionFault(`%${letter} needs a number, not a ${typeOf(value)}`);
  const text = digitsOf(number, letter, precision);
  if (text.startsWith("-")) return text;
  return (flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + text;
}

function digitsOf(number: bigint | number, letter: string, precision: number | null): string {
  if ("diuxXo".includes(letter)) {
    if (typeof number === "number" && !Number.isFinite(number))
      throw new ExpressionFault(`%${letter} needs an int`);
    const whole = typeof number === "bigint" ? number : BigInt(Math.trunc(number));
    const base = letter === "o" ? 8 : letter === "x" || letter === "X" ? 16 : 10;
    const text = whole.toString(base);
    return letter === "X" ? text.toUpperCase() : text;
  }
  const float = Number(number);
  if (!Number.isFinite(float)) return floatText(float);
  switch (letter) {
    case "f":
    case "F":
      return float.toFixed(precision ?? 6);
    case "e":
    case "E":
      return cased(withTwoDigits(float.toExponential(precision ?? 6)), letter);
    case "g":
    case "G":
      return cased(general(float, precision ?? 6), letter);
    default:
      throw new ExpressionFault(`%${letter} is not known`);
  }
}

function cased(text: string, letter: string): string {
  return letter === letter.toUpperCase() ? text.toUpperCase() : text;
}

/** JavaScript writes 1e-5, C and Python 1e-05. */
function withTwoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** C's %g: the shorter of %e and %f, without zeros at the end. */
function general(float: number, precision: number): string {
  const digits = Math.max(precision, 1);
  if (float === 0) return "0";
  const [mantissa = "0", power = "0"] = float.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= digits)
    return withTwoDigits(`${trimmed(mantissa)}e${exponent < 0 ? "" : "+"}${exponent}`);
  return trimmed(float.toFixed(Math.max(0, digits - 1 - exponent)));
}

function padded(text: string, flags: string, width: number, letter: string): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || letter === "s" || letter === "r") return text.padStart(width);
  const sign = /^[+\- ]/.test(text) ? (text[0] as string) : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
