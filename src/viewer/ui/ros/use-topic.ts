import { useEffect, useState } from "react";
import type { TopicMessage } from "../../../protocol/topics/topic-frame.ts";
import { useReading, useViewer } from "../viewer-context.ts";

/** The newest message of a topic, as long as the component is there; null: none came yet. */
export function useTopic(topic: string): TopicMessage | null {
  const { desk } = useViewer().topics;
  const [message, setMessage] = useState<TopicMessage | null>(null);
  useEffect(() => {
    setMessage(null);
    return desk.follow(topic, setMessage);
  }, [desk, topic]);
  return message;
}

/** Why nothing of the topic is seen, in words; null: nothing is known against it. */
export function useTopicProblem(topic: string): string | null {
  const { desk } = useViewer().topics;
  return useReading(() => {
    const state = desk.states.get(topic);
    if (desk.problem.get() !== null) return desk.problem.get();
    if (state === undefined || state.problem !== null) return state?.problem ?? null;
    if (state.publishers === 0) return `Nobody publishes ${topic} now.`;
    if (state.message === null) return `Waiting for ${topic} …`;
    return null;
  });
}

/** Whole seconds of server time, for ages that are told in seconds; 0 before anything is known. */
export function useSeconds(): number {
  const { desk } = useViewer().topics;
  return useReading(() => Math.floor((desk.serverTime() ?? 0) / 1000));
}
