import { Button, Text } from "@mantine/core";
import type { ListedAlarm } from "../store/alarm-board.ts";
import { formatClock } from "../store/format.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/** What is wrong now, whatever moment the page shows; above the events. */
export function AlarmList() {
  const { alarms: board, embed } = useViewer();
  const alarms = useSignal(board.alarms);
  const mayAcknowledge = embed === null || embed.hasControls;
  if (alarms.length === 0) return null;
  return (
    <section className="alarms" aria-label="Alarms">
      <h3 className="alarms-title">Alarms</h3>
      <ul>
        {alarms.map((alarm) => (
          <li key={alarm.id} data-severity={alarm.severity} data-cleared={alarm.clearedMs !== null}>
            <span>
              {alarm.text}
              <small>{timesOf(alarm)}</small>
            </span>
            {alarm.clearedMs === null && !alarm.isAcknowledged && mayAcknowledge && (
              <Button
                size="compact-xs"
                flex="none"
                variant="default"
                aria-label={`Acknowledge: ${alarm.text}`}
                onClick={() => board.acknowledge(alarm)}
              >
                Acknowledge
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed">
        Acknowledged is what was seen in this browser. It resets nothing.
      </Text>
    </section>
  );
}

function timesOf({ sinceMs, clearedMs, isAcknowledged }: ListedAlarm): string {
  const since = sinceMs === null ? "" : `since ${formatClock(sinceMs)}`;
  if (clearedMs !== null) return `${since} · cleared at ${formatClock(clearedMs)}`;
  return isAcknowledged ? `${since} · acknowledged` : since;
}
