import { Button, CloseButton } from "@mantine/core";
import { useState } from "react";
import { useSignal, useViewer } from "./viewer-context.ts";

const byTouch = matchMedia("(pointer: coarse)").matches;

const hints = [
  byTouch
    ? "One finger turns the view, two move and zoom it. A tap on a part of the robot selects its joint."
    : "Drag turns the view, the right button moves it, the wheel zooms. A click on a part of the robot selects its joint.",
  `STOP${byTouch ? "" : ", or Space,"} stops the robots at any time, whoever drives.`,
  "“Drive” takes control for this page. A slider then moves an amber ghost; “Go” sends the robot there.",
  "The panel Topics shows what sensors see: laser scans, clouds, maps, pictures.",
  byTouch
    ? "The panel Events lists what happened and what is wrong now. The timeline below walks through the past."
    : "Ctrl K finds panels, views and topics; ? lists the keys. A panel moves to another place by the button beside its name.",
] as const;

/** What a person who is here for the first time wants to know, one sentence at a time. */
export function FirstHints() {
  const { hints: shelf } = useViewer();
  const isOpen = useSignal(shelf.isOpen);
  const [at, setAt] = useState(0);
  if (!isOpen) return null;
  const isLast = at === hints.length - 1;
  return (
    <section className="hints" aria-label="First steps">
      <p aria-live="polite">
        <span className="dim">
          {at + 1} of {hints.length}
        </span>{" "}
        {hints[at]}
      </p>
      <Button
        size="compact-xs"
        variant="default"
        flex="none"
        onClick={() => (isLast ? shelf.close() : setAt(at + 1))}
      >
        {isLast ? "Done" : "Next hint"}
      </Button>
      <CloseButton size="sm" aria-label="Close the hints" onClick={() => shelf.close()} />
    </section>
  );
}
