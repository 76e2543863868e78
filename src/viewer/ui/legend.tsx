import { UnstyledButton } from "@mantine/core";
import type { Layers } from "../store/settings.ts";
import { useReading, useRobot, useSignal, useViewer } from "./viewer-context.ts";

const looks = [
  { layer: "measured", label: "Measured" },
  { layer: "desired", label: "Desired" },
  { layer: "predicted", label: "Predicted" },
] as const satisfies { layer: keyof Layers; label: string }[];

/** Names the three robots; each entry hides and shows its robot. */
export function Legend() {
  const viewer = useViewer();
  const { layers } = useSignal(viewer.settings);
  const robot = useRobot();
  const predicts = useReading(
    () => robot !== null && viewer.store.motion.facet(robot.id, "predicted") !== undefined,
  );
  const comparing = useSignal(viewer.past.comparison.present) !== null;
  if (comparing) {
    return (
      <fieldset className="legend" aria-label="Legend">
        <span className="legend-entry">
          <i className="swatch" data-look="measured" aria-hidden />
          Now
        </span>
        <span className="legend-entry">
          <i className="swatch" data-look="past" aria-hidden />
          Then
        </span>
      </fieldset>
    );
  }
  if (!layers.legend) return null;
  const shown = looks.filter(({ layer }) => layer !== "predicted" || predicts);
  return (
    <fieldset className="legend" aria-label="Legend">
      {shown.map(({ layer, label }) => (
        <UnstyledButton
          key={layer}
          className="legend-entry"
          aria-pressed={layers[layer]}
          title={layers[layer] ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
          onClick={() =>
            viewer.settings.update((now) => ({
              ...now,
              layers: { ...now.layers, [layer]: !now.layers[layer] },
            }))
          }
        >
          <i className="swatch" data-look={layer} aria-hidden />
          {label}
        </UnstyledButton>
      ))}
      {layers.efforts && <Efforts />}
    </fieldset>
  );
}

/** What the colours of efforts mean; where none is told, that. */
function Efforts() {
  const viewer = useViewer();
  const robot = useRobot();
  const known = useReading(() => {
    const joints = robot?.model.phase === "ready" ? robot.model.joints : [];
    const { motion } = viewer.store;
    const columns = robot === null ? undefined : motion.facet(robot.id, "reported")?.joints;
    const measured = joints.filter(({ name }) => motion.newest(columns?.get(name)?.effort ?? -1) !== null);
    if (measured.length === 0) return "No effort is measured";
    return measured.some(({ maxEffort }) => maxEffort > 0) ? null : "The description gives no effort limits";
  });
  return (
    <span className="legend-entry legend-efforts">
      {known ?? (
        <>
          <i className="effort-scale" aria-hidden />
          Effort: 0 to 100 % of the limit
        </>
      )}
    </span>
  );
}
