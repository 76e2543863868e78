import { type PanelName, panels } from "./panel-names.ts";

/** What of the page is shown inside of another one. */
export type EmbedOptions = {
  /** `scene` is the 3D view; else one panel. */
  what: "scene" | Exclude<PanelName, "scene">;
  /** The robot whose panel it is; null: the first. */
  robot: string | null;
  theme: "light" | "dark" | "auto";
  /** Whether there are the bar with Drive and STOP, and keys. Without them it is for reading only. */
  hasControls: boolean;
};

/**
 * Of the page's address, as `?embed=scene&robot=arm&theme=dark&controls=1`; null: the whole page is shown. A panel that there is not
 * is the 3D view.
 */
export function embedOptions(search: string): EmbedOptions | null {
  const params = new URLSearchParams(search);
  const asked = params.get("embed");
  if (asked === null) return null;
  const theme = params.get("theme");
  return {
    // Of the panels `scene` is the only one that cannot be asked for.
    what: panels.find(({ name }) => name === asked)?.name ?? "scene",
    robot: params.get("robot"),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    hasControls: params.get("controls") === "1",
  };
}
