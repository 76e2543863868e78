import type { SourceStatus } from "../../protocol/state-messages.ts";
import { stateWords } from "../store/health.ts";
import { readHealth } from "./health-reading.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** The footer: every source in a word, viewers, and that this is live. */
export function StatusBar() {
  const viewer = useViewer();
  const status = useSignal(viewer.store.status);
  const rate = useReading(() => {
    const { motion } = viewer.store;
    if (!viewer.state.heard || !motion.buffer.newest) return null;
    return `${Math.round(motion.buffer.rateHz)} Hz`;
  });
  const design = useSignal(viewer.design);
  const isPast = useSignal(viewer.past.isShown);
  const tone = useReading(() => readHealth(viewer)[0].tone);
  const viewers = status?.clients ?? 0;
  return (
    <footer className="status-bar figure" data-live={rate !== null}>
      {status?.sources
        .filter((source) => source.state !== "off")
        .map((source) => (
          <span
            key={source.name}
            className="source"
            data-tone={sourceTone(source)}
            title={source.reason ?? source.detail}
          >
            <i className="dot" aria-hidden />
            {source.name} {sourceWords(source)}
          </span>
        ))}
      <span>
        {viewers} {viewers === 1 ? "viewer" : "viewers"}
      </span>
      <span className="spacer" />
      {design === null ? (
        <span data-tone={rate === null ? "bad" : tone}>
          <i className="dot" aria-hidden />
          {rate === null ? "not live" : isPast ? "past" : `live, ${rate}`}
        </span>
      ) : (
        <span>design twin: no robot, no commands</span>
      )}
    </footer>
  );
}

export function sourceTone({ state, reason }: SourceStatus): "good" | "doubt" | "bad" | "off" {
  if (state === "ok") return reason === undefined ? "good" : "doubt";
  if (state === "connecting") return "doubt";
  return state === "off" ? "off" : "bad";
}

/** A detail longer than a few words stays in the tooltip; a source that waits for its robot is not "ok". */
function sourceWords({ state, detail, reason }: SourceStatus): string {
  if (state !== "ok") return stateWords[state];
  if (detail !== "" && detail.length <= 18) return detail;
  return reason === undefined ? "ok" : "waiting";
}
