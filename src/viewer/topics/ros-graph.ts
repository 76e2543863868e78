import type { GraphEnd, GraphTopic, RosGraphAnswer } from "../../protocol/topics/ros-questions.ts";

/** What one node publishes, takes and serves. */
export type NodeEnds = { publishes: string[]; takes: string[] };

/** The ends of a node. */
export function endsOf({ topics }: RosGraphAnswer, node: string): NodeEnds {
  const has = (ends: GraphTopic["publishers"]) => ends.some((end) => end.node === node);
  return {
    publishes: topics.filter(({ publishers }) => has(publishers)).map(({ name }) => name),
    takes: topics.filter(({ subscribers }) => has(subscribers)).map(({ name }) => name),
  };
}

/** Topics that have all words in their name, their types or their nodes; those with a problem first. */
export function foundTopics({ topics }: RosGraphAnswer, search: string): GraphTopic[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return topics
    .filter(({ name, types, publishers, subscribers }) => {
      const nodes = [...publishers, ...subscribers].map(({ node }) => node);
      const text = [name, ...types, ...nodes].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => Number(b.problems.length > 0) - Number(a.problems.length > 0));
}

/** How the ends of a topic do it, as `reliable, volatile`; with several ways each once. */
export function qosWords(ends: readonly GraphEnd[]): string {
  const words = ends.map(
    ({ qos: { reliability, durability } }) =>
      `${reliability.replace("_", " ")}, ${durability.replace("_", " ")}`,
  );
  return [...new Set(words)].join(" / ");
}
