import { Text } from "@mantine/core";
import type { SourceStatus } from "../../protocol/state-messages.ts";
import { sourceTone } from "./status-bar.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

const stateWords: Record<SourceStatus["state"], string> = {
  off: "off",
  connecting: "connecting",
  ok: "connected",
  lost: "lost",
  error: "fault",
};

/** What to do about a source that is not there. */
const remedies: { [S in SourceStatus["state"]]?: string } = {
  connecting: "It is being tried again by itself. Is the other side running?",
  lost: "It was there and went away. It is taken up again as soon as it is back.",
  error: "“twin doctor” on the server's machine looks for the cause and names a remedy.",
};

/** Every outside world the twin listens to, and what is wrong with it. */
export function SourcesPanel() {
  const status = useSignal(useViewer().store.status);
  if (!status) return <Text c="dimmed">The server has said nothing yet.</Text>;
  return (
    <ul className="cards">
      {status.sources.map((source) => (
        <li key={source.name} className="card">
          <div className="card-head">
            <b>{source.name}</b>
            <span className="source" data-tone={sourceTone(source)}>
              <i className="dot" aria-hidden />
              {stateWords[source.state]}
            </span>
          </div>
          {source.detail !== "" && <p>{source.detail}</p>}
          {remedies[source.state] !== undefined && <p className="dim">{remedies[source.state]}</p>}
        </li>
      ))}
    </ul>
  );
}
