import type { CommandLink, Presence } from "../../client/command-link.ts";

/** What a person can do with the page now. A page in another window cannot be seen to be watched: `blurred`. */
export function presenceOf(page: Pick<Document, "visibilityState" | "hasFocus">): Presence {
  if (page.visibilityState === "hidden") return "hidden";
  return page.hasFocus() ? "visible" : "blurred";
}

/** Tells the server whenever the page is hidden, loses the focus or is seen again, and on each connection. */
export function reportPresence(link: CommandLink): void {
  let last: Presence | null = null;
  const tell = (state: Presence): void => {
    if (state === last) return;
    last = state;
    link.presence(state);
  };
  const look = (): void => tell(presenceOf(document));
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("blur", look);
  addEventListener("pageshow", look);
  addEventListener("pagehide", () => tell("hidden"));
  link.socket.phase.subscribe(() => {
    last = null;
    if (link.socket.phase.get() === "open") look();
  });
}
