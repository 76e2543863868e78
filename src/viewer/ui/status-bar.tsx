import type { SourceStatus } from "../../protocol/state-messages.ts";
import { formatCount } from "./format.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** The footer: every source in a word, revision, viewers, and that this is live. */
export function StatusBar() {
  const viewer = useViewer();
  const status = useSignal(viewer.store.status);
  const revision = useReading(() => formatCount(viewer.store.revision));
  const rate = useReading(() => {
    const { motion } = viewer.store;
    if (!viewer.state.heard || !motion.buffer.newest) return null;
    return `${Math.round(motion.buffer.rateHz)} Hz`;
  });
  const design = useSignal(viewer.design);
  const viewers = status?.clients ?? 0;
  return (
    <footer className="status-bar figure" data-live={rate !== null}>
      {status?.sources
        .filter((source) => source.state !== "off")
        .map((source) => (
          <span key={source.name} className="source" data-tone={sourceTone(source)} title={source.detail}>
            <i className="dot" aria-hidden />
            {source.name} {source.state === "ok" ? shortDetail(source) : source.state}
          </span>
        ))}
      <span>revision {revision}</span>
      <span>
        {viewers} {viewers === 1 ? "viewer" : "viewers"}
      </span>
      <span className="spacer" />
      {design === null ? (
        <span data-tone={rate === null ? "bad" : "good"}>
          <i className="dot" aria-hidden />
          {rate === null ? "not live" : `live, ${rate}`}
        </span>
      ) : (
        <span>design twin: no robot, no commands</span>
      )}
    </footer>
  );
}

export function sourceTone({ state }: SourceStatus): "good" | "doubt" | "bad" | "off" {
  if (state === "ok") return "good";
  if (state === "connecting") return "doubt";
  return state === "off" ? "off" : "bad";
}

/** A detail longer than a few words stays in the tooltip. */
function shortDetail({ detail }: SourceStatus): string {
  return detail !== "" && detail.length <= 18 ? detail : "ok";
}
