import { formatAge } from "../store/format.ts";
import type { Freshness } from "../store/freshness.ts";
import { useReading, useViewer } from "./viewer-context.ts";

/** The age of a column as number and colour. `column` is looked up anew each time: layouts change. */
export function ColumnAge({ robot, column }: { robot: string; column: () => number }) {
  const viewer = useViewer();
  const text = useReading(() => {
    const timeMs = viewer.state.moment();
    return timeMs === null ? "–" : formatAge(viewer.store.motion.ageMs(column(), timeMs));
  });
  const freshness = useReading(() => columnFreshness(viewer, robot, column()));
  return (
    <span className="age figure" data-freshness={freshness} title={freshnessWords[freshness]}>
      {text}
    </span>
  );
}

export function columnFreshness(
  viewer: ReturnType<typeof useViewer>,
  robot: string,
  column: number,
): Freshness {
  const timeMs = viewer.state.moment();
  const facet = viewer.store.motion.facet(robot, "reported");
  return facet && timeMs !== null && column >= 0 ? viewer.store.motion.freshness(column, timeMs) : "unknown";
}

export const freshnessWords: Record<Freshness, string> = {
  fresh: "Age of the value",
  late: "Later than usual",
  stale: "Stale: last known value",
  unknown: "No value has ever arrived",
};
