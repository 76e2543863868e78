import { useEffect, useState } from "react";
import type { Activity } from "../drive/activity.ts";
import { isOpen } from "../drive/activity.ts";
import { formatBreach } from "../store/format.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

const keepDoneMs = 6000;

/** How far the last move of this page has come. A refusal stays until the next move. */
export function MoveLine() {
  const moves = useSignal(useViewer().driver.log.moves);
  const [hidden, setHidden] = useState<number | null>(null);
  const newest = moves[0];
  const done = newest?.stage === "done" ? newest.id : null;
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(() => setHidden(done), keepDoneMs);
    return () => clearTimeout(timer);
  }, [done]);
  // Always there, so that a screen reader reports what appears in it.
  return (
    <output className="move-place" aria-label="Last move" aria-live="polite" aria-atomic="true">
      {newest !== undefined && newest.id !== hidden && <Line move={newest} />}
    </output>
  );
}

function Line({ move }: { move: Activity }) {
  const { angles } = useSignal(useViewer().settings);
  const { stage, progress, label, breach } = move;
  const message = breach === null ? move.message : formatBreach(breach, angles);
  const failed = stage === "refused" || stage === "aborted";
  return (
    <div className="move-line" data-tone={failed ? "bad" : isOpen(move) ? "busy" : "good"}>
      <span>{label}</span>
      <b>
        {stage === "waiting" ? "asked" : stage}
        {stage === "executing" && progress !== null && (
          // Not read out: it changes ten times a second.
          <span aria-hidden> {Math.round(progress * 100)} %</span>
        )}
      </b>
      {message !== "" && <span className="move-message">{message}</span>}
    </div>
  );
}
