import { Text } from "@mantine/core";
import type { JogCommand } from "../../client/jog.ts";
import { toolSpeed } from "../drive/full-speed.ts";
import { useDriveHint } from "./drive-hint.ts";
import { HoldButton } from "./hold-button.tsx";
import { UncheckedLinks } from "./unchecked-links.tsx";
import { useControl, useSignal, useViewer } from "./viewer-context.ts";

const directions = [
  { name: "x", part: "linear", axis: "x" },
  { name: "y", part: "linear", axis: "y" },
  { name: "z", part: "linear", axis: "z" },
  { name: "roll", part: "angular", axis: "x" },
  { name: "pitch", part: "angular", axis: "y" },
  { name: "yaw", part: "angular", axis: "z" },
] as const;

type Direction = (typeof directions)[number];

/** Jogs the tool along six axes while a button is held. */
export function ToolJog({ robot, link, frame }: { robot: string; link: string; frame: string }) {
  const viewer = useViewer();
  const hint = useDriveHint(robot);
  const can = useControl(robot)?.can;
  const refusal = useSignal(viewer.driver.log.jogRefusal);
  const block =
    hint ?? (can?.jointVelocity === false ? (can.reason ?? "This robot takes no jogs now.") : null);
  const command = ({ part, axis }: Direction, sign: 1 | -1): JogCommand => ({
    kind: "cartesianVelocity",
    link,
    frame,
    linear: { x: 0, y: 0, z: 0 },
    angular: { x: 0, y: 0, z: 0 },
    [part]: { x: 0, y: 0, z: 0, [axis]: sign * toolSpeed[part] },
  });
  return (
    <section aria-label="Jog the tool">
      <h3 className="thing-title">Jog, while held</h3>
      <UncheckedLinks robot={robot} />
      <div className="tool-jog">
        {directions.map((direction) => (
          <div key={direction.name} className="tool-jog-axis">
            <HoldButton
              label={`Jog tool ${direction.name} down`}
              text="−"
              disabled={block !== null}
              command={command(direction, -1)}
            />
            <span>{direction.name}</span>
            <HoldButton
              label={`Jog tool ${direction.name} up`}
              text="+"
              disabled={block !== null}
              command={command(direction, 1)}
            />
          </div>
        ))}
      </div>
      <output aria-live="polite">
        {refusal !== null && block === null && (
          <Text size="xs" className="refusal">
            Jog refused: {refusal}
          </Text>
        )}
      </output>
      <Text size="xs" c="dimmed">
        {block ?? "Letting go stops the tool. Axes are those chosen above."}
      </Text>
    </section>
  );
}
