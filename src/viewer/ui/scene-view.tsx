import { ActionIcon, Button, Checkbox, Popover, Progress, Stack, Tooltip } from "@mantine/core";
import { IconCamera, IconMaximize, IconStack2 } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { inWords } from "../store/health.ts";
import type { Layers } from "../store/settings.ts";
import { download, fileMoment } from "./download.ts";
import { readHealth } from "./health-reading.ts";
import { Legend } from "./legend.tsx";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** The 3D view with its own few controls. */
export function SceneView({ dark }: { dark: boolean }) {
  const viewer = useViewer();
  const container = useRef<HTMLDivElement>(null);
  const isDesign = useSignal(viewer.design) !== null;
  useEffect(() => {
    if (container.current && !viewer.stage) viewer.mount(container.current);
  }, [viewer]);
  useEffect(() => viewer.stage?.setDark(dark), [viewer, dark]);
  return (
    <>
      <div className="canvas" ref={container} />
      <Loading />
      {!isDesign && <Legend />}
      <ViewButtons isDesign={isDesign} />
    </>
  );
}

function Loading() {
  const viewer = useViewer();
  const text = useReading(() => {
    if (viewer.visibleAtMs !== null) return null;
    if (viewer.state.socket.phase.get() === "connecting") return "Connecting to the server …";
    if (!viewer.state.heard) return null;
    const robots = viewer.fleet.robots.get();
    if (robots.length === 0) {
      if (viewer.design.get() !== null) return "There is no robot to show yet.";
      const said = inWords(readHealth(viewer)[0]);
      return said.startsWith("Waiting") ? said : `Waiting for a robot description. ${said}`;
    }
    return robots.some((robot) => robot.model.phase !== "failed")
      ? "Fetching the robot and its meshes …"
      : null;
  });
  if (text === null) return null;
  return (
    <output className="loading">
      {text}
      <MeshProgress />
    </output>
  );
}

/** How many of several mesh files are there. */
function MeshProgress() {
  const { fleet } = useViewer();
  const total = useReading(() => fleet.progress().total);
  const done = useReading(() => fleet.progress().done);
  const megabytes = useReading(() => (fleet.progress().bytes / 1e6).toFixed(1));
  if (total < 2) return null;
  return (
    <>
      <span>{` ${done} of ${total} files, ${megabytes} MB`}</span>
      <Progress value={(100 * done) / total} size="sm" mt={6} aria-label="Meshes" />
    </>
  );
}

function ViewButtons({ isDesign }: { isDesign: boolean }) {
  const viewer = useViewer();
  const following = useSignal(viewer.following);
  const bounds = () => viewer.fleet.bounds();
  const views = [
    { label: "Fit", act: () => viewer.camera?.fit(bounds()) },
    { label: "Front", act: () => viewer.camera?.front(bounds()) },
    { label: "Top", act: () => viewer.camera?.top(bounds()) },
  ];
  return (
    <div className="view-buttons" role="toolbar" aria-label="View">
      <Button.Group>
        {views.map(({ label, act }) => (
          <Button key={label} size="compact-sm" variant="default" onClick={act}>
            {label}
          </Button>
        ))}
        {!isDesign && (
          <Button
            size="compact-sm"
            variant={following ? "light" : "default"}
            aria-pressed={following}
            onClick={() => viewer.following.set(!following)}
          >
            Follow
          </Button>
        )}
      </Button.Group>
      {!isDesign && <LayersMenu />}
      <Tooltip label="Full screen">
        <ActionIcon variant="default" aria-label="Full screen" onClick={toggleFullScreen}>
          <IconMaximize size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Save a picture">
        <ActionIcon
          variant="default"
          aria-label="Save a picture"
          onClick={() => void viewer.stage?.picture().then(savePicture)}
        >
          <IconCamera size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

const layerLabels: { [L in keyof Layers]: string } = {
  measured: "Measured robot",
  desired: "Desired (ghost)",
  predicted: "Predicted (ghost)",
  grid: "Grid, 1 m and 0.1 m",
  axes: "World axes",
  frames: "Link frames",
  collision: "Collision shapes",
  efforts: "Efforts of the joints",
  legend: "Legend",
};

function LayersMenu() {
  const { settings } = useViewer();
  const { layers } = useSignal(settings);
  const names = Object.keys(layerLabels).filter((name): name is keyof Layers => name in layers);
  return (
    <Popover position="top-start" shadow="md" withinPortal>
      <Popover.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconStack2 size={15} aria-hidden />}>
          Layers
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          {names.map((name) => (
            <Checkbox
              key={name}
              size="xs"
              label={layerLabels[name]}
              checked={layers[name]}
              onChange={(event) => {
                const shown = event.currentTarget.checked;
                settings.update((now) => ({ ...now, layers: { ...now.layers, [name]: shown } }));
              }}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen?.();
}

function savePicture(picture: Blob | null): void {
  if (!picture) return;
  download(picture, `twinbridge-${fileMoment(Date.now())}.png`);
}
