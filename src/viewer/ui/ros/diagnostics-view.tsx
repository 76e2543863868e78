import { SegmentedControl, Switch, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { DiagnosticState } from "../../../protocol/topics/digests/diagnostics-digest.ts";
import { formatClock } from "../../store/format.ts";
import {
  countLevels,
  type DiagnosticNode,
  diagnosticsTree,
  seenNodes,
} from "../../topics/diagnostics-tree.ts";
import { Pair } from "../pair.tsx";
import { useSeconds, useTopic, useTopicProblem } from "./use-topic.ts";

const words = ["ok", "warning", "error", "stale"] as const;

/** The diagnostics of REP-107 as a tree, with how each changed. */
export function DiagnosticsView() {
  const [topic, setTopic] = useState("/diagnostics");
  return (
    <>
      <SegmentedControl
        size="xs"
        mb={8}
        fullWidth
        aria-label="Topic of diagnostics"
        value={topic}
        data={[
          { value: "/diagnostics", label: "As told" },
          { value: "/diagnostics_agg", label: "Aggregated" },
        ]}
        onChange={setTopic}
      />
      <Tree topic={topic} key={topic} />
    </>
  );
}

function Tree({ topic }: { topic: string }) {
  const message = useTopic(topic);
  const problem = useTopicProblem(topic);
  const now = useSeconds() * 1000;
  const [onlyFaults, setOnlyFaults] = useState(false);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string | null>(null);
  const states = (message?.header.meta.states ?? []) as DiagnosticState[];
  const counts = countLevels(states, now);
  const nodes = seenNodes(diagnosticsTree(states, now), (name) => !closed.has(name), onlyFaults);
  const toggle = (node: DiagnosticNode) => {
    if (node.state !== null) setChosen(chosen === node.name ? null : node.name);
    if (node.children.length === 0) return;
    const next = new Set(closed);
    if (!next.delete(node.name)) next.add(node.name);
    setClosed(next);
  };
  return (
    <>
      {problem !== null && (
        <Text size="xs" c="dimmed">
          {problem}
        </Text>
      )}
      {states.length > 0 && (
        <>
          <Text size="xs" mb={6} role="status">
            {words.map((word, i) => `${counts[i as 0 | 1 | 2 | 3]} ${word}`).join(", ")}
          </Text>
          <Switch
            size="xs"
            mb={8}
            label="Only what is not ok"
            checked={onlyFaults}
            onChange={(event) => setOnlyFaults(event.currentTarget.checked)}
          />
        </>
      )}
      <ul className="things" aria-label="Diagnostics">
        {nodes.map((node) => (
          <li key={node.name} style={{ paddingLeft: Math.min(node.depth, 8) * 14 }}>
            <UnstyledButton
              className="thing diagnostic"
              data-level={node.level}
              aria-expanded={node.children.length > 0 ? !closed.has(node.name) : chosen === node.name}
              onClick={() => toggle(node)}
            >
              <small>{words[node.level as 0 | 1 | 2 | 3] ?? node.level}</small> {node.label}
              {node.state !== null && node.state.message !== "" && (
                <span className="dim"> {node.state.message}</span>
              )}
            </UnstyledButton>
            {chosen === node.name && node.state !== null && <Details state={node.state} now={now} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Details({ state, now }: { state: DiagnosticState; now: number }) {
  const { hardware, values, at, changes } = state;
  return (
    <>
      <dl className="details">
        {hardware !== "" && <Pair name="Hardware" value={hardware} />}
        <Pair name="Told" value={`${Math.max(0, Math.round((now - at) / 1000))} s ago`} />
        {values.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: keys of diagnostics may repeat
          <Pair key={i} name={name} value={value} />
        ))}
      </dl>
      {changes.length > 1 && (
        <ol className="events" aria-label="Changes">
          {[...changes].reverse().map((change) => (
            <li
              key={change.at}
              data-severity={["info", "warning", "error", "warning"][change.level] ?? "error"}
            >
              <time className="figure">{formatClock(change.at)}</time>
              <span>
                {words[change.level as 0 | 1 | 2 | 3] ?? change.level} <small>{change.message}</small>
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
