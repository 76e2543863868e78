import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { stampToMs } from "../../core/stamp.ts";
import type { TopicState } from "../topics/topic-desk.ts";
import { kindOf } from "../topics/topic-kinds.ts";
import { FieldTree } from "./field-tree.tsx";
import { TopicLookFields } from "./topic-look.tsx";
import { TopicPicture } from "./topic-picture.tsx";
import { useReading, useViewer } from "./viewer-context.ts";

/** After so many of its usual periods without a message a topic counts as standing; ms at least. */
const standsAfterPeriods = 4;
const standsAfterMs = 1000;

/** One topic that is shown: its rate and age in words, why it is not seen, and what came last. */
export function TopicCard({ topic }: { topic: string }) {
  const { topics } = useViewer();
  const { desk } = topics;
  const reading = useReading(() => {
    const state = desk.states.get(topic);
    if (state === undefined) return "";
    return JSON.stringify(
      readTopic(state, desk.rate(topic), desk.serverTime(), topics.board.get()?.problems.get(topic)),
    );
  });
  const { line, problem, isStanding } = reading === "" ? nothing : (JSON.parse(reading) as Reading);
  const state = desk.states.get(topic);
  const kind = kindOf(state?.type ?? "");
  return (
    <section className="topic-card" aria-label={topic} data-standing={isStanding}>
      <div className="topic-head">
        <h3 className="topic-title">{topic}</h3>
        <HideButton topic={topic} />
      </div>
      <Text size="xs" className={isStanding ? "topic-standing" : "dim"}>
        {line}
      </Text>
      {problem !== null && (
        <Text size="xs" className="refusal">
          {problem}
        </Text>
      )}
      {kind === "picture" && <TopicPicture topic={topic} isStanding={isStanding} />}
      {kind === "fields" && <FieldTree topic={topic} />}
      {kind === "layer" && <TopicLookFields topic={topic} type={state?.type ?? ""} />}
      {kind === "layer" && <Fields topic={topic} />}
    </section>
  );
}

/** Of what is drawn in 3D the fields are seen where they are asked for, if they came at all. */
function Fields({ topic }: { topic: string }) {
  const { desk } = useViewer().topics;
  const [isOpen, setOpen] = useState(false);
  const hasFields = useReading(() => desk.states.get(topic)?.message?.header.format === "message");
  if (!hasFields) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Fields</summary>
      {isOpen && <FieldTree topic={topic} />}
    </details>
  );
}

type Reading = { line: string; problem: string | null; isStanding: boolean };
const nothing: Reading = { line: "", problem: null, isStanding: false };

function readTopic(
  state: TopicState,
  rate: number,
  nowMs: number | null,
  notDrawn: string | undefined,
): Reading {
  const { message, publishers, type, isLatched } = state;
  const problem = state.problem ?? notDrawn ?? null;
  const kind = type === "" ? "" : `${type.replace("/msg/", "/")}, `;
  if (message === null) {
    const waits = publishers === 0 || publishers === null ? "nobody publishes it" : "no message yet";
    return {
      line: problem === null ? `${kind}${waits}` : kind.replace(/, $/, ""),
      problem,
      isStanding: false,
    };
  }
  const { header } = message;
  const age = nowMs === null ? 0 : Math.max(0, nowMs - header.received);
  const newest = state.arrivals.at(-1) ?? header.received;
  const isStill = rate === 0 && nowMs !== null && nowMs - newest > standsAfterMs;
  const isStanding = publishers === 0 || (isStill && !isLatched);
  const period = rate > 0 ? 1000 / rate : standsAfterMs;
  const isLate = age > Math.max(standsAfterMs, standsAfterPeriods * period);
  const gone = publishers === 0 ? "; nobody publishes it any more" : "";
  const stamp = header.stamp === null ? "" : `, stamped ${clock(stampToMs(header.stamp))}`;
  const reduced = header.reduced === null ? "" : `. Shown: ${header.reduced}`;
  const ago = `${(age / 1000).toFixed(age < 60_000 ? 1 : 0)} s ago`;
  const last = isLatched && publishers !== 0 ? `came ${ago} and holds` : `the last one came ${ago}`;
  const text =
    isLate || isStill || publishers === 0 ? last : `${rate.toFixed(1)} Hz, ${Math.round(age)} ms old`;
  return {
    line: `${kind}${text}${gone}${stamp}${reduced}`,
    problem,
    isStanding,
  };
}

function clock(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "at no time" : date.toLocaleTimeString(undefined, { hour12: false });
}

function HideButton({ topic }: { topic: string }) {
  const { desk } = useViewer().topics;
  return (
    <Button size="compact-xs" variant="default" aria-label={`Hide ${topic}`} onClick={() => desk.hide(topic)}>
      Hide
    </Button>
  );
}
