import { matchesGlob } from "./glob.ts";

/** Which topics may be watched: patterns of names; `deny` comes first. */
export type TopicRules = { allow: readonly string[]; deny: readonly string[] };

/** Whether a topic may not be watched. */
export function isDeniedTopic(topic: string, { allow, deny }: TopicRules): boolean {
  const matches = (pattern: string): boolean => matchesGlob(pattern, topic);
  return deny.some(matches) || !allow.some(matches);
}
