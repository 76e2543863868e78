import type { TimeTravel } from "../../client/time-travel.ts";
import { linkTo, momentIn } from "./moment-link.ts";

/** A browser takes a few changes of the address a second and no more. */
const settleMs = 400;

/** Goes to the moment that the page's address names, and keeps the address at the moment that is shown. */
export function followAddress(travel: TimeTravel): void {
  let due: ReturnType<typeof setTimeout> | null = null;
  let written = momentIn(location.hash);
  const write = (momentMs: number | null) => {
    written = momentMs;
    history.replaceState(history.state, "", linkTo(location.href, momentMs));
  };
  travel.position.subscribe(() => {
    if (due !== null) clearTimeout(due);
    due = null;
    const position = travel.position.get();
    if (position === null) {
      if (written !== null) write(null);
    } else if (!position.playing) due = setTimeout(() => write(travel.momentMs), settleMs);
  });
  addEventListener("hashchange", () => {
    const asked = momentIn(location.hash);
    if (asked !== null) travel.seek(asked);
    else if (written !== null) travel.live();
    written = asked;
  });
  if (written !== null) travel.seek(written);
}
