import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { GraphEnd, GraphTopic, RosGraphAnswer } from "../../../protocol/topics/ros-questions.ts";
import { endsOf, foundTopics, qosWords } from "../../topics/ros-graph.ts";
import { useRos } from "./use-ros.ts";

const askEveryMs = 3000;
const mostShown = 200;

/** Nodes and topics of ROS, who publishes and who takes what, and where the two do not meet. */
export function GraphView() {
  const { value, problem } = useRos<RosGraphAnswer>("api/ros/graph", askEveryMs);
  const [search, setSearch] = useState("");
  const [node, setNode] = useState<string | null>(null);
  const [topic, setTopic] = useState<string | null>(null);
  if (value === null) {
    return (
      <Text size="xs" c="dimmed">
        {problem ?? "Asking ROS for its graph …"}
      </Text>
    );
  }
  const nodes = value.nodes.filter((name) => name.toLowerCase().includes(search.toLowerCase()));
  const topics = foundTopics(value, search);
  const faults = value.topics.filter(({ problems }) => problems.length > 0).length;
  return (
    <>
      {problem !== null && (
        <Text size="xs" className="refusal">
          {problem}
        </Text>
      )}
      <Text size="xs" mb={6} role="status">
        {value.nodes.length} nodes, {value.topics.length} topics, {value.services.length} services
        {faults > 0 && `; ${faults} topics whose ends do not meet`}
      </Text>
      <TextInput
        size="xs"
        mb={8}
        aria-label="Find in the graph"
        placeholder="Find a node, topic or type"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <h3 className="thing-title">Topics</h3>
      <ul className="things" aria-label="Topics of the graph">
        {topics.slice(0, mostShown).map((one) => (
          <li key={one.name}>
            <UnstyledButton
              className="thing"
              aria-expanded={topic === one.name}
              onClick={() => setTopic(topic === one.name ? null : one.name)}
            >
              {one.name}{" "}
              <small>
                {one.publishers.length} → {one.subscribers.length}
              </small>
            </UnstyledButton>
            {one.problems.map((text) => (
              <Text key={text} size="xs" className="refusal">
                {text}
              </Text>
            ))}
            {topic === one.name && <Topic topic={one} go={setNode} />}
          </li>
        ))}
      </ul>
      {topics.length > mostShown && (
        <Text size="xs">and {topics.length - mostShown} more: narrow the search</Text>
      )}
      <h3 className="thing-title">Nodes</h3>
      <ul className="things" aria-label="Nodes">
        {nodes.slice(0, mostShown).map((name) => (
          <li key={name}>
            <UnstyledButton
              className="thing"
              aria-expanded={node === name}
              onClick={() => setNode(node === name ? null : name)}
            >
              {name}
            </UnstyledButton>
            {node === name && <Node graph={value} node={name} go={setTopic} />}
          </li>
        ))}
      </ul>
      {nodes.length > mostShown && (
        <Text size="xs">and {nodes.length - mostShown} more: narrow the search</Text>
      )}
    </>
  );
}

function Topic({ topic, go }: { topic: GraphTopic; go: (node: string) => void }) {
  return (
    <dl className="details">
      <dt>Type</dt>
      <dd>{topic.types.join(", ").replaceAll("/msg/", "/")}</dd>
      <dt>Published by</dt>
      <dd>
        <Ends ends={topic.publishers} go={go} />
      </dd>
      <dt>Taken by</dt>
      <dd>
        <Ends ends={topic.subscribers} go={go} />
      </dd>
    </dl>
  );
}

function Ends({ ends, go }: { ends: readonly GraphEnd[]; go: (node: string) => void }) {
  if (ends.length === 0) return <span className="dim">nobody</span>;
  return (
    <>
      {[...new Set(ends.map(({ node }) => node))].map((node) => (
        <UnstyledButton key={node} className="inline-link" onClick={() => go(node)}>
          {node}
        </UnstyledButton>
      ))}
      <small className="dim">{qosWords(ends)}</small>
    </>
  );
}

function Node({ graph, node, go }: { graph: RosGraphAnswer; node: string; go: (topic: string) => void }) {
  const { publishes, takes } = endsOf(graph, node);
  const list = (names: readonly string[]) =>
    names.length === 0 ? (
      <span className="dim">nothing</span>
    ) : (
      names.map((name) => (
        <UnstyledButton key={name} className="inline-link" onClick={() => go(name)}>
          {name}
        </UnstyledButton>
      ))
    );
  return (
    <dl className="details">
      <dt>Publishes</dt>
      <dd>{list(publishes)}</dd>
      <dt>Takes</dt>
      <dd>{list(takes)}</dd>
    </dl>
  );
}
