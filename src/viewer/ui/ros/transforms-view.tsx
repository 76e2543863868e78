import { Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { TransformState } from "../../../protocol/topics/digests/transforms-digest.ts";
import { formatNumber } from "../../store/format.ts";
import { type FrameNode, transformTree } from "../../topics/transform-tree.ts";
import { useSeconds, useTopic, useTopicProblem } from "./use-topic.ts";

/** The tree of tf: how often each frame comes and how late it is, and what does not fit together. */
export function TransformsView() {
  const moving = useTopic("/tf");
  const fixed = useTopic("/tf_static");
  const problem = useTopicProblem("/tf");
  const fixedProblem = useTopicProblem("/tf_static");
  const now = useSeconds() * 1000;
  const [chosen, setChosen] = useState<string | null>(null);
  const framesOf = (message: typeof moving) => (message?.header.meta.frames ?? []) as TransformState[];
  const { nodes, problems } = transformTree(framesOf(moving), framesOf(fixed), now);
  const faults = nodes.filter((node) => node.problems.length > 0);
  return (
    <>
      {nodes.length === 0 && (
        <Text size="xs" c="dimmed">
          {problem} {fixedProblem}
        </Text>
      )}
      {nodes.length > 0 && (
        <Text size="xs" mb={6} role="status">
          {nodes.length} frames
          {faults.length > 0 && `, ${faults.length} with a problem`}
        </Text>
      )}
      {problems.map((text) => (
        <Text key={text} size="xs" className="refusal">
          {text}
        </Text>
      ))}
      <ul className="things" aria-label="Frames of tf">
        {nodes.map((node) => (
          <li key={node.frame} style={{ paddingLeft: Math.min(node.depth, 8) * 14 }}>
            <UnstyledButton
              className="thing"
              aria-expanded={chosen === node.frame}
              onClick={() => setChosen(chosen === node.frame ? null : node.frame)}
            >
              {node.frame} <small>{rateOf(node)}</small>
            </UnstyledButton>
            {node.problems.map((text) => (
              <Text key={text} size="xs" className="refusal">
                {text}
              </Text>
            ))}
            {chosen === node.frame && node.state !== null && <Details state={node.state} now={now} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function rateOf({ state, isStatic }: FrameNode): string {
  if (state === null) return "root";
  return isStatic ? "static" : `${state.hz.toFixed(state.hz < 10 ? 1 : 0)} Hz`;
}

function Details({ state, now }: { state: TransformState; now: number }) {
  const { parent, translation, rotation, stamp, at } = state;
  return (
    <dl className="details">
      <dt>Parent</dt>
      <dd>{parent}</dd>
      <dt>x y z</dt>
      <dd className="figure">{translation.map((value) => formatNumber(value)).join("  ")} m</dd>
      <dt>Quaternion x y z w</dt>
      <dd className="figure">{rotation.map((value) => formatNumber(value)).join("  ")}</dd>
      <dt>Came</dt>
      <dd>{((now - at) / 1000).toFixed(0)} s ago</dd>
      <dt>Late by</dt>
      <dd>{stamp === 0 ? "not stamped" : `${(at - stamp).toFixed(0)} ms (arrival less stamp)`}</dd>
    </dl>
  );
}
