import { ScrollArea } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { Place } from "../store/panel-docks.ts";
import { DevicesPanel } from "./devices-panel.tsx";
import { DrivePanel } from "./drive-panel.tsx";
import { EventsPanel } from "./events-panel.tsx";
import { FramesPanel } from "./frames-panel.tsx";
import { JointsPanel } from "./joints-panel.tsx";
import { OverviewPanel } from "./overview-panel.tsx";
import { type PanelName, panels } from "./panel-names.ts";
import { PanelPlaces } from "./panel-places.tsx";
import { SourcesPanel } from "./sources-panel.tsx";

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

/** `place`: null where it cannot be moved. */
export function Panel({ name, place }: { name: PanelName; place: Place | null }) {
  const Body = bodies[name];
  const label = panels.find((panel) => panel.name === name)?.label ?? name;
  return (
    <section className="panel" aria-label={label}>
      <div className="panel-head">
        <h2 className="panel-title">{label}</h2>
        {place !== null && <PanelPlaces name={name} label={label} place={place} />}
      </div>
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
