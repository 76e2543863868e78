import { stampToMs } from "../../core/stamp.ts";
import type { TopicState } from "../topics/topic-desk.ts";
import { useReading, useViewer } from "./viewer-context.ts";

/** After so many of its usual periods without a message a topic counts as standing; ms at least. */
const standsAfterPeriods = 4;
const standsAfterMs = 1000;

/** A topic in words: its type, rate and age, why it is not seen, and whether it stands. */
type Reading = { line: string; problem: string | null; isStanding: boolean };
const nothing: Reading = { line: "", problem: null, isStanding: false };

export function useTopicReading(topic: string): Reading {
  const { desk, board, videos } = useViewer().topics;
  const reading = useReading(() => {
    const state = desk.states.get(topic);
    if (state === undefined) return "";
    return JSON.stringify(
      readTopic(
        state,
        desk.rate(topic),
        desk.serverTime(),
        videos.problems.get(topic) ?? board.get()?.problems.get(topic),
      ),
    );
  });
  return reading === "" ? nothing : (JSON.parse(reading) as Reading);
}

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
