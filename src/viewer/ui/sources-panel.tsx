import { Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { SourceStatus } from "../../protocol/state-messages.ts";
import { sourceRemedy, stateWords } from "../store/health.ts";
import { sourceTone } from "./status-bar.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

const Delays = lazy(async () => ({ default: (await import("./delay/delays.tsx")).Delays }));

/** Every outside world the twin listens to, and what is wrong with it. */
export function SourcesPanel() {
  const viewer = useViewer();
  const status = useSignal(viewer.store.status);
  const isPast = useSignal(viewer.past.isShown);
  if (!status) return <Text c="dimmed">The server has said nothing yet.</Text>;
  return (
    <>
      {isPast && (
        <Text c="dimmed" size="sm" mb={8}>
          The sources as they are now, not as they were then.
        </Text>
      )}
      <ul className="cards">
        {status.sources.map((source) => (
          <SourceCard key={source.name} source={source} />
        ))}
      </ul>
      {!isPast && (
        <Suspense fallback={null}>
          <Delays />
        </Suspense>
      )}
    </>
  );
}

/** One source: how it is, why, and what to do. */
export function SourceCard({ source }: { source: SourceStatus }) {
  const { name, state, detail, reason, remedy = sourceRemedy(state) } = source;
  return (
    <li className="card" aria-label={name}>
      <div className="card-head">
        <b>{name}</b>
        <span className="source" data-tone={sourceTone(source)}>
          <i className="dot" aria-hidden />
          {stateWords[state]}
        </span>
      </div>
      {detail !== "" && !reason?.includes(detail) && <p>{detail}</p>}
      {reason !== undefined && <p>{reason}</p>}
      {remedy !== undefined && <p className="dim">{remedy}</p>}
    </li>
  );
}
