import { UnstyledButton } from "@mantine/core";
import { isNew } from "../store/alarm-board.ts";
import type { Place } from "../store/panel-docks.ts";
import { type PanelName, panels } from "./panel-names.ts";
import { usePicked, useViewer } from "./viewer-context.ts";

type Props = { open: readonly PanelName[]; onOpen: (name: PanelName, place: Place) => void };

/** Opens panels, with Shift below the one that is open; the button of one that is open closes it again. */
export function Rail({ open, onOpen }: Props) {
  const alarms = usePicked(useViewer().alarms.alarms, (all) => all.filter(isNew).length);
  return (
    <nav className="rail" aria-label="Panels">
      {panels.map(({ name, label, icon: Icon, ...more }) => (
        <UnstyledButton
          key={name}
          className="rail-button"
          aria-pressed={open.includes(name)}
          aria-label={"buttonName" in more ? more.buttonName : undefined}
          onClick={({ shiftKey }) => onOpen(name, shiftKey ? "lower" : "right")}
        >
          <Icon size={20} stroke={1.6} aria-hidden />
          <span>{label}</span>
          {name === "events" && alarms > 0 && (
            <span className="rail-count">
              {alarms}
              <span className="only-heard"> {alarms === 1 ? "alarm" : "alarms"} not acknowledged</span>
            </span>
          )}
        </UnstyledButton>
      ))}
    </nav>
  );
}
