import { useCallback, useEffect, useState } from "react";
import type { Answered } from "../../topics/ros-desk.ts";
import { useViewer } from "../viewer-context.ts";

/** Asks the server's `path` at once, again each `everyMs` (0: not), and when `again` is called. */
export function useRos<T>(path: string | null, everyMs: number): Answered<T> & { again: () => void } {
  const { ros } = useViewer().topics;
  const [answered, setAnswered] = useState<Answered<T>>({ value: null, problem: null });
  const [count, setCount] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each `again` asks anew
  useEffect(() => {
    if (path === null) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const answer = await ros.ask<T>(path);
      if (isOver) return;
      setAnswered((before) => (answer.value === null ? { ...answer, value: before.value } : answer));
      if (everyMs > 0) timer = setTimeout(() => void ask(), everyMs);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ros, path, everyMs, count]);
  return { ...answered, again: useCallback(() => setCount((now) => now + 1), []) };
}
