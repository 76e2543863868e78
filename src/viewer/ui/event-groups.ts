import type { TwinEvent } from "../../protocol/state-messages.ts";

/** Neighbouring events of one command's kind and robot as one line; `count` is how many commands it stands for. */
export type EventGroup = { newest: TwinEvent; count: number };

const commandStage = /^command\.(accepted|sent|executing|done)$/;

/**
 * Events as a list for people: stages of commands that went well, one after the other for the same target (a held pad
 * makes pairs of them every second), become one line with the newest of them. Warnings and errors are alone. `events`
 * are newest first, and so are the groups.
 */
export function groupEvents(events: readonly TwinEvent[]): EventGroup[] {
  const groups: (EventGroup & { commands: Set<string> })[] = [];
  for (const event of events) {
    const last = groups[groups.length - 1];
    const command = commandOf(event);
    if (last !== undefined && command !== null && belongs(last.newest, event)) {
      last.commands.add(command);
      last.count = last.commands.size;
    } else groups.push({ newest: event, count: 1, commands: new Set([command ?? ""]) });
  }
  return groups.map(({ newest, count }) => ({ newest, count }));
}

function belongs(newest: TwinEvent, event: TwinEvent): boolean {
  return (
    commandOf(newest) !== null &&
    newest.robot === event.robot &&
    newest.data?.target === event.data?.target &&
    newest.data?.session === event.data?.session
  );
}

/** Which command a stage that went well is of; null for every other event. */
function commandOf({ kind, severity, data }: TwinEvent): string | null {
  if (severity !== "info" || !commandStage.test(kind)) return null;
  return `${String(data?.session)} ${String(data?.id)}`;
}
