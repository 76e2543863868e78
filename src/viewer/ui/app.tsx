import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useState } from "react";
import { Banners } from "./banners.tsx";
import { useKeyboard } from "./keyboard.ts";
import { Panel } from "./panel.tsx";
import type { PanelName } from "./panel-names.ts";
import { PhoneDrive } from "./phone-drive.tsx";
import { Rail } from "./rail.tsx";
import { SceneView } from "./scene-view.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

declare module "react" {
  interface CSSProperties {
    "--panel-width"?: string;
  }
}

/** The page: bar, rail, 3D, panel, footer. On a phone the panel is a sheet below the 3D view. */
export function App() {
  const viewer = useViewer();
  const [panel, setPanel] = useState<PanelName | null>("joints");
  const { panelWidth } = useSignal(viewer.settings);
  const plain = useSignal(viewer.plain);
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useEffect(() => viewer.stage?.setDark(scheme === "dark"), [viewer, scheme]);
  useKeyboard();
  return (
    <div
      className="page"
      data-panel={panel === null ? "closed" : "open"}
      style={{ "--panel-width": `${panelWidth}px` }}
    >
      <TopBar />
      <Rail open={panel} onOpen={(name) => setPanel((now) => (now === name ? null : name))} />
      <main className="scene">
        <SceneView dark={scheme === "dark"} />
        <Banners />
      </main>
      {panel !== null && (plain ? <div className="panel" /> : <Panel name={panel} />)}
      <PhoneDrive />
      <StatusBar />
    </div>
  );
}
