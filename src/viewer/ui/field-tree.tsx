import { UnstyledButton } from "@mantine/core";
import { withLines } from "../plots/plot-lines.ts";
import { topicLine } from "../plots/topic-lines.ts";
import { useReading, useViewer } from "./viewer-context.ts";

const mostRows = 400;
const digits = 6;

/** The fields of a topic's newest message as a tree, a line for each value. */
export function FieldTree({ topic }: { topic: string }) {
  const viewer = useViewer();
  const { desk } = viewer.topics;
  const text = useReading(() => {
    const message = desk.states.get(topic)?.message?.header.meta.message;
    return message === undefined ? "" : JSON.stringify(rowsOf(message));
  });
  if (text === "") return null;
  const rows = JSON.parse(text) as Row[];
  return (
    <ul className="field-tree" aria-label={`Fields of ${topic}`}>
      {rows.map(({ name, value, depth, way, isNumber }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are those of one message, in its order
        <li key={i} style={{ paddingLeft: depth * 12 }}>
          <span className="dim">{name}</span> {value}
          {isNumber && (
            <UnstyledButton
              className="inline-link field-plot"
              aria-label={`Plot ${way.join("/")} of ${topic}`}
              onClick={() => {
                viewer.plotLines.update((lines) => withLines(lines, [topicLine(topic, way)]));
                viewer.docks.show("plots");
              }}
            >
              plot
            </UnstyledButton>
          )}
        </li>
      ))}
    </ul>
  );
}

/** `way`: the names and places to it. */
type Row = { name: string; value: string; depth: number; way: string[]; isNumber: boolean };

/** The fields in their order; arrays of numbers on one line. */
export function rowsOf(message: unknown): Row[] {
  const rows: Row[] = [];
  const visit = (name: string, value: unknown, depth: number, way: string[]): void => {
    if (rows.length >= mostRows) return;
    if (typeof value !== "object" || value === null) {
      rows.push({ name, value: words(value), depth, way, isNumber: typeof value === "number" });
      return;
    }
    const parts = Object.entries(value);
    if (Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null)) {
      const shown = value.slice(0, 12).map(words).join(", ");
      rows.push({
        name,
        value: value.length > 12 ? `${shown}, … (${value.length})` : shown || "none",
        ...{ depth, way, isNumber: false },
      });
      return;
    }
    if (name !== "") {
      rows.push({
        name,
        value: Array.isArray(value) ? `(${value.length})` : "",
        ...{ depth, way, isNumber: false },
      });
    }
    const deeper = name === "" ? depth : depth + 1;
    for (const [part, inner] of parts)
      visit(Array.isArray(value) ? `[${part}]` : part, inner, deeper, [...way, part]);
  };
  visit("", message, 0, []);
  if (rows.length >= mostRows) {
    rows.push({ name: "…", value: "the rest is not shown", depth: 0, way: [], isNumber: false });
  }
  return rows;
}

function words(value: unknown): string {
  if (value === null) return "not finite";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}
