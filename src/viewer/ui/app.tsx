import { useComputedColorScheme } from "@mantine/core";
import { lazy, Suspense, useEffect } from "react";
import { picturesAreOpen } from "../store/palette.ts";
import { Banners } from "./banners.tsx";
import { useKeyboard } from "./keyboard.ts";
import { Palette } from "./palette/palette.tsx";
import { usePaletteKeys } from "./palette/palette-keys.ts";
import { BottomPanel, PanelColumn } from "./panel-column.tsx";
import { PhoneDrive } from "./phone-drive.tsx";
import { Rail } from "./rail.tsx";
import { SceneView } from "./scene-view.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";
import { useViewKeys } from "./view-keys.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

declare module "react" {
  interface CSSProperties {
    "--panel-width"?: string;
  }
}

const TimelineBar = lazy(async () => ({ default: (await import("./timeline-bar.tsx")).TimelineBar }));
const DesignPanel = lazy(async () => ({ default: (await import("./design-panel.tsx")).DesignPanel }));

const PictureWall = lazy(async () => ({ default: (await import("./picture-wall.tsx")).PictureWall }));

const EmbeddedPage = lazy(async () => ({
  default: (await import("./embedded-page.tsx")).EmbeddedPage,
}));

/** The page, or the part of it that another page embeds. */
export function App() {
  const { embed } = useViewer();
  if (embed === null) return <WholePage />;
  return (
    <Suspense fallback={null}>
      <EmbeddedPage options={embed} />
    </Suspense>
  );
}

/** The page: bar, rail, 3D, panel, footer. On a phone the panel is a sheet below the 3D view. */
function WholePage() {
  const viewer = useViewer();
  const docks = useSignal(viewer.docks.now);
  const { panelWidth } = useSignal(viewer.settings);
  const plain = useSignal(viewer.plain);
  const design = useSignal(viewer.design);
  const isWall = useSignal(picturesAreOpen);
  const isPast = useSignal(viewer.past.isShown);
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useEffect(() => viewer.stage?.setDark(scheme === "dark"), [viewer, scheme]);
  useKeyboard();
  usePaletteKeys();
  useViewKeys();
  return (
    <div
      className="page"
      data-panel={docks.right === null && design === null ? "closed" : "open"}
      data-design={design !== null}
      data-past={isPast}
      style={{ "--panel-width": `${panelWidth}px` }}
    >
      <TopBar />
      {design === null && (
        <Rail
          open={Object.values(docks).filter((name) => name !== null)}
          onOpen={(name, place) => viewer.docks.toggle(name, place)}
        />
      )}
      <main className="scene">
        <SceneView dark={scheme === "dark"} />
        {isWall && (
          <Suspense fallback={null}>
            <PictureWall />
          </Suspense>
        )}
        <Banners />
      </main>
      {design === null ? (
        docks.right !== null && (plain ? <div className="panel" /> : <PanelColumn />)
      ) : (
        <Suspense fallback={<div className="panel" />}>
          <DesignPanel twin={design.twin} />
        </Suspense>
      )}
      {design === null && !plain && <BottomPanel />}
      {design === null && (
        <Suspense fallback={<div className="timeline-place" />}>
          {plain ? <div className="timeline-place" /> : <TimelineBar />}
        </Suspense>
      )}
      {design === null && <PhoneDrive />}
      <StatusBar />
      <Palette />
    </div>
  );
}
