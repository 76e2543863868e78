import { useEffect } from "react";
import { palette } from "../../store/palette.ts";
import { takesText } from "../keyboard.ts";

/** What had the focus when it was opened. */
export const focusBefore: { element: Element | null } = { element: null };

/** Ctrl K (⌘ K) opens the commands, ? the keys. */
export function usePaletteKeys(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const isCommands = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
      const isKeys = event.key === "?" && !event.ctrlKey && !event.metaKey && !takesText(event.target);
      if (!isCommands && !isKeys) return;
      event.preventDefault();
      if (palette.get() === null) focusBefore.element = document.activeElement;
      const wanted = isCommands ? "commands" : "keys";
      palette.update((now) => (now === wanted ? null : wanted));
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, []);
}
