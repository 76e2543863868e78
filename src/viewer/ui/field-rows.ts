const mostRows = 400;
/** Elements of a list of numbers that are shown each on a line of its own. */
const mostElements = 200;
const mostInLine = 12;
const digits = 6;

/** A line of the tree of a message. `way`: the names and places to it. */
export type FieldRow = {
  name: string;
  value: string;
  depth: number;
  way: string[];
  isNumber: boolean;
  /** A list on one line, which can be opened. */
  isList: boolean;
};

/** The fields in their order; lists of plain values on one line, but those of `open`, by their ways joined with slashes. */
export function rowsOf(message: unknown, open: ReadonlySet<string> = new Set()): FieldRow[] {
  const rows: FieldRow[] = [];
  const none = { isNumber: false, isList: false };
  const visit = (name: string, value: unknown, depth: number, way: string[]): void => {
    if (rows.length >= mostRows) return;
    if (typeof value !== "object" || value === null) {
      // A number that is not finite has no JSON.
      const isNumber = typeof value === "number" || typeof value === "boolean" || value === null;
      rows.push({ ...none, name, value: words(value), depth, way, isNumber });
      return;
    }
    const parts = Object.entries(value);
    if (Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null)) {
      const shown = value.slice(0, mostInLine).map(words).join(", ");
      const text = value.length > mostInLine ? `${shown}, … (${value.length})` : shown || "none";
      const isList = value.length > 0 && value.every((one) => typeof one !== "string");
      rows.push({ ...none, name, value: text, depth, way, isList });
      if (!open.has(way.join("/"))) return;
      for (const [part, inner] of parts.slice(0, mostElements)) {
        visit(`[${part}]`, inner, depth + 1, [...way, part]);
      }
      return;
    }
    if (name !== "") {
      rows.push({ ...none, name, value: Array.isArray(value) ? `(${value.length})` : "", depth, way });
    }
    const deeper = name === "" ? depth : depth + 1;
    for (const [part, inner] of parts)
      visit(Array.isArray(value) ? `[${part}]` : part, inner, deeper, [...way, part]);
  };
  visit("", message, 0, []);
  if (rows.length >= mostRows) {
    rows.push({ ...none, name: "…", value: "the rest is not shown", depth: 0, way: [] });
  }
  return rows;
}

function words(value: unknown): string {
  if (value === null) return "not finite";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}
