import { useMemo } from "react";
import type { TwinEvent } from "../../protocol/state-messages.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** What a list can show. */
const mostShown = 500;

/** Events newest first: all that is known, or, in the past, what had happened by the moment that is shown. */
export function useShownEvents(): readonly TwinEvent[] {
  const viewer = useViewer();
  const live = useSignal(viewer.store.events);
  const { timeline } = viewer.past;
  const marks = useSignal(timeline.marks);
  const moment = useReading(() => viewer.state.travel.momentMs);
  return useMemo(() => {
    if (moment === null || marks.length === 0) return moment === null ? live : [];
    // Stored events have no numbers of their own; their place in the list tells them apart.
    return timeline
      .eventsUntil(moment, mostShown)
      .map((event, at) => ({ ...event, id: -1 - at, revision: 0 }));
  }, [live, moment, marks, timeline]);
}
