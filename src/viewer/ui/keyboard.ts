import { useEffect } from "react";
import { useViewer } from "./viewer-context.ts";

/** True where keys are text: there Space is a space. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type)
  );
}

/** Keys that work everywhere: Space stops, Esc drops the ghost. */
export function useKeyboard(): void {
  const viewer = useViewer();
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (takesText(event.target) || !viewer.hasStop.get()) return;
      if (event.code === "Space") {
        // Else a focused button would be pressed as well, be it the one that resets.
        event.preventDefault();
        event.stopPropagation();
        if (!event.repeat) viewer.driver.stop();
      } else if (event.key === "Escape") {
        const robot = viewer.chosenRobot.get();
        if (robot !== null) viewer.targets.drop(robot);
      }
    };
    const up = (event: KeyboardEvent) => {
      if (!viewer.hasStop.get()) return;
      if (event.code === "Space" && !takesText(event.target)) event.preventDefault();
    };
    addEventListener("keydown", down, { capture: true });
    addEventListener("keyup", up, { capture: true });
    return () => {
      removeEventListener("keydown", down, { capture: true });
      removeEventListener("keyup", up, { capture: true });
    };
  }, [viewer]);
}
