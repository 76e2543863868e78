import { ScrollArea } from "@mantine/core";
import { lazy, type PointerEvent, Suspense, useRef } from "react";
import { narrowestPanel, widestPanel } from "../store/settings.ts";
import { DevicesPanel } from "./devices-panel.tsx";
import { DrivePanel } from "./drive-panel.tsx";
import { EventsPanel } from "./events-panel.tsx";
import { FramesPanel } from "./frames-panel.tsx";
import { JointsPanel } from "./joints-panel.tsx";
import { OverviewPanel } from "./overview-panel.tsx";
import { type PanelName, panels } from "./panel-names.ts";
import { SourcesPanel } from "./sources-panel.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

const ActionsPanel = lazy(async () => ({ default: (await import("./actions-panel.tsx")).ActionsPanel }));
const GraphPanel = lazy(async () => ({ default: (await import("./graph/graph-panel.tsx")).GraphPanel }));
const PosesPanel = lazy(async () => ({ default: (await import("./poses-panel.tsx")).PosesPanel }));
const ScenePanel = lazy(async () => ({ default: (await import("./scene-panel.tsx")).ScenePanel }));
const ToolPanel = lazy(async () => ({ default: (await import("./tool-panel.tsx")).ToolPanel }));
const TopicsPanel = lazy(async () => ({ default: (await import("./topics-panel.tsx")).TopicsPanel }));
const RosPanel = lazy(async () => ({ default: (await import("./ros/ros-panel.tsx")).RosPanel }));
const PlotsPanel = lazy(async () => ({ default: (await import("./plots-panel.tsx")).PlotsPanel }));

const bodies = {
  overview: OverviewPanel,
  joints: JointsPanel,
  tool: ToolPanel,
  drive: DrivePanel,
  actions: ActionsPanel,
  poses: PosesPanel,
  scene: ScenePanel,
  devices: DevicesPanel,
  graph: GraphPanel,
  frames: FramesPanel,
  topics: TopicsPanel,
  ros: RosPanel,
  plots: PlotsPanel,
  events: EventsPanel,
  sources: SourcesPanel,
} satisfies Record<PanelName, React.ComponentType>;

export function Panel({ name }: { name: PanelName }) {
  const Body = bodies[name];
  const label = panels.find((panel) => panel.name === name)?.label;
  return (
    <section className="panel" aria-label={label}>
      <Divider />
      <h2 className="panel-title">{label}</h2>
      <ScrollArea
        className="panel-scroll"
        type="auto"
        scrollbarSize={8}
        viewportProps={scrolledByKeys(label)}
      >
        <div className="panel-body">
          <Suspense fallback={null}>
            <Body />
          </Suspense>
        </div>
      </ScrollArea>
    </section>
  );
}

/** What scrolls must be reached by Tab, since a panel may have nothing else to focus. */
export function scrolledByKeys(label: string | undefined) {
  return { tabIndex: 0, role: "group", "aria-label": `${label}, content` } as const;
}

/** The line between 3D and panel: dragged, or moved by arrow keys. */
function Divider() {
  const { settings } = useViewer();
  const { panelWidth } = useSignal(settings);
  const start = useRef<{ x: number; width: number } | null>(null);
  const resize = (width: number) =>
    settings.update((now) => ({
      ...now,
      panelWidth: Math.min(widestPanel, Math.max(narrowestPanel, Math.round(width))),
    }));
  const drag = (event: PointerEvent) => {
    if (start.current) resize(start.current.width + start.current.x - event.clientX);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <hr> cannot be a separator that is focused and moved
    <div
      className="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuenow={panelWidth}
      aria-valuemin={narrowestPanel}
      aria-valuemax={widestPanel}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width: panelWidth };
      }}
      onPointerMove={drag}
      onLostPointerCapture={() => {
        start.current = null;
      }}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") resize(panelWidth + 20);
        if (event.key === "ArrowRight") resize(panelWidth - 20);
      }}
    />
  );
}
