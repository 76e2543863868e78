import { useEffect } from "react";
import { takesText } from "./keyboard.ts";
import { useViewer } from "./viewer-context.ts";

/** One step of the step buttons. */
export const stepMs = 100;

const lists = "select, [role=menu], [role=listbox], [role=tree], [role=dialog]";

/**
 * Keys of the time line, anywhere on the page but in text fields, lists and menus. While this page drives they do
 * nothing: a slip of the hand must not end the driving.
 */
export function useTimeKeys(): void {
  const viewer = useViewer();
  useEffect(() => {
    const { playback, timeline, isShown } = viewer.past;
    const acts: Readonly<Record<string, (fast: boolean) => void>> = {
      k: () => playback.toggle(),
      l: () => playback.live(),
      ",": () => playback.step(-stepMs),
      "<": () => playback.step(-10 * stepMs),
      ".": () => playback.step(stepMs),
      ">": () => playback.step(10 * stepMs),
      "[": () => playback.jump(-1),
      "]": () => playback.jump(1),
      r: () => playback.markLoop(),
    };
    const down = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !timeline.hasPast) return;
      if (takesText(event.target) || (event.target instanceof Element && event.target.closest(lists))) return;
      if (!isShown.get() && viewer.driver.driving.get().phase !== "none") return;
      const act = acts[event.key.toLowerCase()];
      if (act === undefined) return;
      event.preventDefault();
      act(event.shiftKey);
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, [viewer]);
}
