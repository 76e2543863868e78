import { Checkbox } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { overrideOf } from "../store/control-extras.ts";
import { useControl, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Where the bar at the top has room for it; elsewhere it is in the Drive panel. */
const barQuery = "(min-width: 1180px)";

/** How fast everything goes, for everybody to see, and precise mode for this page. */
export function SpeedControl({ place }: { place: "bar" | "panel" }) {
  const viewer = useViewer();
  const { override } = viewer.hands;
  const robot = useRobot();
  const control = useControl(robot?.id ?? null);
  const wanted = useSignal(override.wanted);
  const told = useSignal(override.told);
  const precise = useSignal(viewer.driver.precise);
  const phase = useSignal(viewer.driver.link.socket.phase);
  const block = useSignal(viewer.driver.block);
  const isInBar = useMediaQuery(barQuery, true, { getInitialValueInEffect: false });
  if (robot === null || isInBar !== (place === "bar")) return null;
  const percent = wanted[robot.id] ?? overrideOf(control) ?? told[robot.id];
  return (
    <div className="speed-control" data-slow={percent !== undefined && percent < 100}>
      {percent !== undefined && (
        <>
          <span aria-hidden>Speed</span>
          <input
            type="range"
            aria-label="Speed of everything"
            title="How fast everything goes, for everybody: 0 to 100 %"
            min={0}
            max={100}
            step={1}
            disabled={phase !== "open" || block !== null}
            value={percent}
            onChange={(event) => override.set(robot.id, event.currentTarget.valueAsNumber)}
          />
          <span className="figure">{Math.round(percent)} %</span>
        </>
      )}
      <Checkbox
        size="xs"
        label="Precise"
        title="Jogs, drags and nudges of this page at a tenth"
        checked={precise}
        onChange={(event) => viewer.driver.precise.set(event.currentTarget.checked)}
      />
    </div>
  );
}
