import { Button, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { LogLine } from "../../../protocol/topics/digests/log-digest.ts";
import { formatClock } from "../../store/format.ts";
import { shownLines } from "../../topics/log-lines.ts";
import { useTopic, useTopicProblem } from "./use-topic.ts";

const levels = [
  { value: "0", label: "All" },
  { value: "20", label: "Info" },
  { value: "30", label: "Warnings" },
  { value: "40", label: "Errors" },
];
const mostShown = 300;

/** What the nodes of ROS say on /rosout, the newest first. */
export function LogView() {
  const message = useTopic("/rosout");
  const problem = useTopicProblem("/rosout");
  const [level, setLevel] = useState("20");
  const [search, setSearch] = useState("");
  const [held, setHeld] = useState<readonly LogLine[] | null>(null);
  const all = held ?? ((message?.header.meta.lines ?? []) as LogLine[]);
  const lines = shownLines(all, Number(level), search);
  return (
    <>
      <SegmentedControl
        size="xs"
        mb={8}
        fullWidth
        aria-label="Least level"
        value={level}
        data={levels}
        onChange={setLevel}
      />
      <div className="ros-row">
        <TextInput
          size="xs"
          aria-label="Find in the log"
          placeholder="Find by node or text"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button
          size="xs"
          variant="default"
          aria-pressed={held !== null}
          onClick={() => setHeld(held === null ? all : null)}
        >
          {held === null ? "Hold" : "Go on"}
        </Button>
      </div>
      {problem !== null && (
        <Text size="xs" c="dimmed">
          {problem}
        </Text>
      )}
      {problem === null && lines.length === 0 && (
        <Text size="xs" c="dimmed">
          {all.length === 0 ? "Nothing was said yet." : `None of ${all.length} lines fits.`}
        </Text>
      )}
      <ol className="events" aria-label="Log">
        {lines.slice(0, mostShown).map((line) => (
          <li key={line.number} data-severity={severityOf(line.level)}>
            <time className="figure">{formatClock(line.at)}</time>
            <span>
              {line.text}
              <small title={line.from}>
                {levelWord(line.level)} · {line.name}
              </small>
            </span>
          </li>
        ))}
      </ol>
      {lines.length > mostShown && (
        <Text size="xs" c="dimmed">
          {lines.length - mostShown} older ones: narrow the search.
        </Text>
      )}
    </>
  );
}

function severityOf(level: number): string {
  if (level >= 40) return "error";
  return level >= 30 ? "warning" : "info";
}

function levelWord(level: number): string {
  if (level >= 50) return "fatal";
  if (level >= 40) return "error";
  if (level >= 30) return "warn";
  return level >= 20 ? "info" : "debug";
}
