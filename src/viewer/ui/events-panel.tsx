import { SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";
import type { TwinEvent } from "../../protocol/state-messages.ts";
import { formatClock } from "../store/format.ts";
import { AlarmList } from "./alarm-list.tsx";
import { groupEvents } from "./event-groups.ts";
import { useShownEvents } from "./shown-events.ts";

/** Alarms and the audit trail, newest first. */
export function EventsPanel() {
  const events = useShownEvents();
  const [kind, setKind] = useState("all");
  const shown = kind === "all" ? events : events.filter((event) => event.severity !== "info");
  return (
    <>
      <AlarmList />
      <SegmentedControl
        size="xs"
        mb={8}
        aria-label="Which events"
        value={kind}
        data={[
          { value: "all", label: "All" },
          { value: "faults", label: "Warnings and errors" },
        ]}
        onChange={setKind}
      />
      {shown.length === 0 && <Text c="dimmed">Nothing happened yet, as far as is known here.</Text>}
      <EventList events={shown} />
    </>
  );
}

export function EventList({ events, most }: { events: readonly TwinEvent[]; most?: number }) {
  return (
    <ol className="events">
      {groupEvents(events)
        .slice(0, most)
        .map(({ newest: event, count }) => (
          <li key={event.id} data-severity={event.severity}>
            <time className="figure">{formatClock(event.time)}</time>
            <span>
              {event.message}
              <small>
                {event.kind}
                {event.robot !== undefined && ` · ${event.robot}`}
                {typeof event.data?.target === "string" && ` · ${event.data.target}`}
                {count > 1 && ` · ${count} commands`}
              </small>
            </span>
          </li>
        ))}
    </ol>
  );
}
