import type { GraphEnd } from "./ros-questions.ts";

const mostNamed = 3;

/** Why publishers and subscribers of one topic do not meet, each with what helps. Without both there is nothing to say. */
export function qosProblems(publishers: readonly GraphEnd[], subscribers: readonly GraphEnd[]): string[] {
  const problems: string[] = [];
  const pairs = publishers.flatMap((from) => subscribers.map((to) => ({ from, to })));
  const typed = pairs.filter(({ from, to }) => from.type !== to.type);
  for (const { from, to } of typed.slice(0, mostNamed)) {
    problems.push(
      `${from.node} publishes ${from.type}, ${to.node} takes ${to.type}: nothing passes between them. Rename one of the topics.`,
    );
  }
  const same = pairs.filter(({ from, to }) => from.type === to.type);
  const weak = same.filter(
    ({ from, to }) => from.qos.reliability === "best_effort" && to.qos.reliability === "reliable",
  );
  tell(weak, (from, to) => {
    const help = "Subscribe best effort (SensorDataQoS), or publish reliable";
    return `${from} publishes best effort, ${to} takes reliable only: nothing passes between them. ${help}.`;
  });
  const lost = same.filter(
    ({ from, to }) => from.qos.durability === "volatile" && to.qos.durability === "transient_local",
  );
  tell(lost, (from, to) => {
    const help = "Publish transient local, or subscribe volatile";
    return `${from} publishes volatile, ${to} takes transient local only: nothing passes between them. ${help}.`;
  });
  return problems;

  function tell(
    found: readonly { from: GraphEnd; to: GraphEnd }[],
    words: (from: string, to: string) => string,
  ) {
    for (const { from, to } of found.slice(0, mostNamed)) problems.push(words(from.node, to.node));
    if (found.length > mostNamed) problems.push(`The same of ${found.length - mostNamed} more pairs.`);
  }
}
