import { Text, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { recordedLine } from "../plots/plot-line.ts";
import { withLines } from "../plots/plot-lines.ts";
import { topicLine } from "../plots/topic-lines.ts";
import { fieldOf } from "../topics/record-desk.ts";
import { type FieldRow, rowsOf } from "./field-rows.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** The fields of a topic's newest message as a tree, a line for each value. */
export function FieldTree({ topic }: { topic: string }) {
  const viewer = useViewer();
  const { desk, records } = viewer.topics;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const text = useReading(() => {
    const message = desk.states.get(topic)?.message?.header.meta.message;
    return message === undefined ? "" : JSON.stringify(rowsOf(message, open));
  });
  // Others change them, too: the graph has the newest list.
  const recorded = useReading(() =>
    JSON.stringify(viewer.store.things.get().topics?.definition.records ?? []),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for anew when the list changes
  useEffect(() => {
    void records.load();
  }, [records, recorded]);
  const problem = useSignal(records.problem);
  if (text === "") return null;
  const rows = JSON.parse(text) as FieldRow[];
  const toggle = (way: string): void => {
    const next = new Set(open);
    if (!next.delete(way)) next.add(way);
    setOpen(next);
  };
  return (
    <>
      <ul className="field-tree" aria-label={`Fields of ${topic}`}>
        {rows.map(({ name, value, depth, way, isNumber, isList }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are those of one message, in its order
          <li key={i} style={{ paddingLeft: depth * 12 }}>
            <span className="dim">{name}</span> {value}
            {isNumber && <NumberButtons topic={topic} way={way} />}
            {isList && (
              <UnstyledButton
                className="inline-link field-plot"
                aria-label={`Elements of ${way.join("/")} of ${topic}`}
                aria-expanded={open.has(way.join("/"))}
                onClick={() => toggle(way.join("/"))}
              >
                elements
              </UnstyledButton>
            )}
          </li>
        ))}
      </ul>
      {problem !== null && (
        <Text size="xs" className="refusal" role="alert">
          {problem}
        </Text>
      )}
    </>
  );
}

/** What can be done with one number: its line over time, and whether the twin keeps it. */
function NumberButtons({ topic, way }: { topic: string; way: string[] }) {
  const viewer = useViewer();
  const { records } = viewer.topics;
  const { refused, mayChange } = useSignal(records.answer);
  const field = fieldOf(way);
  const known = records.find(topic, field);
  const plot = (): void => {
    const line = known === undefined ? topicLine(topic, way) : recordedLine(known.series);
    viewer.plotLines.update((lines) => withLines(lines, [line]));
    viewer.docks.show("plots");
  };
  return (
    <>
      <UnstyledButton
        className="inline-link field-plot"
        aria-label={`Plot ${way.join("/")} of ${topic}`}
        onClick={plot}
      >
        plot
      </UnstyledButton>
      {known?.origin === "config" && (
        <span className="dim field-plot" title="By topics.record of twin.yaml">
          recorded
        </span>
      )}
      {known?.origin !== "config" && refused === undefined && mayChange === true && (
        <UnstyledButton
          className="inline-link field-plot"
          aria-label={`${known === undefined ? "Record" : "Stop recording"} ${field} of ${topic}`}
          onClick={() => void (known === undefined ? records.record(topic, field) : records.stop(known))}
        >
          {known === undefined ? "record" : "stop recording"}
        </UnstyledButton>
      )}
    </>
  );
}
