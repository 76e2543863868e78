import { Switch, Text, UnstyledButton } from "@mantine/core";
import { ownValue } from "../../core/own-value.ts";
import { readTransform } from "../scene/frame-axes.ts";
import { namedProperties, PropertyList } from "./property-list.tsx";
import { useRobot, useSignal, useViewer } from "./viewer-context.ts";

function frameLabel(child: string, value: unknown): string {
  const transform = readTransform(value);
  return transform ? `${child} in ${transform.parent}` : child;
}

function trailLabel(traced: string | null, chosen: string | null): string {
  if (traced !== null) return `Trail of ${traced}: its way of the last minute`;
  return chosen === null ? "Trail: select a link below" : `Draw the trail of ${chosen}`;
}

/** The frames: those of the description, which 3D can show, and those that /tf tells of. */
export function FramesPanel() {
  const viewer = useViewer();
  const robot = useRobot();
  const things = useSignal(viewer.store.things);
  const { layers } = useSignal(viewer.settings);
  const selection = useSignal(viewer.selection);
  const status = useSignal(viewer.store.status);
  const traced = useSignal(viewer.dress.traced);
  // Without ROS there is no /tf to be missed.
  const hasRos = status?.sources.some(({ name, state }) => name === "ros" && state !== "off") ?? false;
  if (!robot) return <Text c="dimmed">No robot description yet.</Text>;
  const transforms = namedProperties(ownValue(things, robot.id)?.properties ?? {}).filter(({ path }) =>
    path.startsWith("frame/"),
  );
  const chosen = selection?.robot === robot.id ? selection.link : null;
  const tracedHere = traced?.robot === robot.id ? traced.link : null;
  const links = robot.model.phase === "ready" ? robot.model.links : [];
  return (
    <>
      <Switch
        size="xs"
        mb={12}
        label="Show link frames in 3D (x red, y green, z blue)"
        checked={layers.frames}
        onChange={(event) => {
          const frames = event.currentTarget.checked;
          viewer.settings.update((now) => ({ ...now, layers: { ...now.layers, frames } }));
        }}
      />
      <Switch
        size="xs"
        mb={12}
        label={trailLabel(tracedHere, chosen)}
        disabled={tracedHere === null && chosen === null}
        checked={tracedHere !== null}
        onChange={(event) =>
          viewer.dress.traced.set(
            event.currentTarget.checked && chosen !== null ? { robot: robot.id, link: chosen } : null,
          )
        }
      />
      <h3 className="thing-title">{links.length} links</h3>
      <ul className="things">
        {links.map((link) => (
          <li key={link}>
            <UnstyledButton
              className="thing"
              aria-pressed={selection?.link === link}
              onClick={() => viewer.select(robot.id, link)}
            >
              {link}
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {(transforms.length > 0 || hasRos) && (
        <h3 className="thing-title">
          {transforms.length} {transforms.length === 1 ? "frame" : "frames"} from /tf
        </h3>
      )}
      <PropertyList
        properties={transforms.map((entry) => ({
          ...entry,
          label: frameLabel(entry.path.slice("frame/".length), entry.property.reported?.value),
        }))}
      />
    </>
  );
}
