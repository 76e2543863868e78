import { Chance } from "../../src/core/chance.ts";

/** An array in an array, and so on; or an object in an object. */
const deep = (open: string, close: string): unknown => JSON.parse(`${open.repeat(200)}1${close.repeat(200)}`);

/** Values that no field expects, and some that one does. No number is a position that a joint at 0 could be moved to. */
const scraps: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER + 2,
  4294967296,
  1e15,
  "",
  " ",
  "0",
  "NaN",
  "*",
  "robot",
  "nobody",
  "elbow",
  "base_link",
  "constructor",
  "toString",
  "../../etc/passwd",
  "\u0000",
  "\ud800",
  "\u202e",
  "ä".repeat(300),
  "x".repeat(5000),
  [],
  {},
  [null],
  [[], {}],
  deep("[", "]"),
  deep('{"a":', "}"),
  { constructor: { prototype: {} } },
  { elbow: 1e300 },
  { elbow: "1" },
  { "": 0 },
];

const words = ["id", "robot", "op", "kind", "epoch", "positions", "constructor", "extra", "", "0"];
const cuts = [
  '{"__proto__":',
  "NaN",
  "1e999",
  "-",
  '"',
  "}",
  "[",
  ",",
  "\u0000",
  "\\u",
  "\\",
  "//",
  "/*",
  "<",
  "\ufeff",
];

/** Makes messages out of templates: whole ones, some with changed fields, some with changed text. The same seed, the same ones. */
export class MessageMutator {
  private readonly chance: Chance;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  /** One of `list`. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** A whole number from 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.chance.next() * n);
  }

  /** The text of a message, which may be no JSON. */
  text(templates: readonly unknown[]): string {
    const kind = this.below(10);
    let value: unknown = structuredClone(this.pick(templates));
    const edits = kind < 2 ? 0 : 1 + this.below(3);
    for (let i = 0; i < edits; i++) value = this.edited(value, templates);
    const text = JSON.stringify(value);
    return kind === 9 ? this.spoilt(text) : text;
  }

  /** A text of the same kind with a part left out, doubled or replaced. */
  spoilt(text: string): string {
    const at = this.below(text.length + 1);
    const length = this.below(Math.min(20, text.length + 1));
    switch (this.below(4)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text.slice(0, at) + text.slice(at + length);
      case 2:
        return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
      default:
        return text.slice(0, at) + this.pick(cuts) + text.slice(at + length);
    }
  }

  private edited(value: unknown, templates: readonly unknown[]): unknown {
    if (typeof value !== "object" || value === null || this.below(12) === 0) return this.stuff(templates);
    const holder = value as Record<string, unknown>;
    const keys = Object.keys(holder);
    const key = this.pick([...keys, this.pick(words)]);
    const isInside = typeof holder[key] === "object" && holder[key] !== null && this.below(3) > 0;
    if (isInside) holder[key] = this.edited(holder[key], templates);
    else if (this.below(4) === 0) delete holder[key];
    else holder[key] = this.stuff(templates);
    return value;
  }

  /** Something to be put anywhere: a scrap, or a part of another template. */
  private stuff(templates: readonly unknown[]): unknown {
    if (this.below(3) > 0) return structuredClone(this.pick(scraps));
    let part: unknown = structuredClone(this.pick(templates));
    while (typeof part === "object" && part !== null && this.below(2) === 0) {
      const inner = Object.values(part);
      if (inner.length === 0) break;
      part = this.pick(inner);
    }
    return part;
  }
}
