import { useEffect, useState } from "react";
import type { Activity } from "../drive/activity.ts";
import { isOpen } from "../drive/activity.ts";
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
  if (!newest || newest.id === hidden) return null;
  const failed = newest.stage === "refused" || newest.stage === "aborted";
  return (
    <output
      className="move-line"
      data-tone={failed ? "bad" : isOpen(newest) ? "busy" : "good"}
      aria-label="Last move"
    >
      <span>{newest.label}</span>
      <b>{stageWords(newest)}</b>
      {newest.message !== "" && <span className="move-message">{newest.message}</span>}
    </output>
  );
}

function stageWords({ stage, progress }: Activity): string {
  if (stage === "waiting") return "asked";
  if (stage === "executing" && progress !== null) return `executing ${Math.round(progress * 100)} %`;
  return stage;
}
