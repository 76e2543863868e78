import { useEffect } from "react";
import { takesText } from "./keyboard.ts";
import { useViewer } from "./viewer-context.ts";

/** Ctrl Z (⌘ Z) takes the last change of the view back, with Shift it comes again. A text field keeps both for its text. */
export function useViewKeys(): void {
  const { arrangement } = useViewer();
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const isOurs = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.altKey;
      if (!isOurs || takesText(event.target)) return;
      event.preventDefault();
      if (event.shiftKey) arrangement.steps.redo();
      else arrangement.steps.undo();
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, [arrangement]);
}
