import { useComputedColorScheme, VisuallyHidden } from "@mantine/core";
import { useEffect } from "react";
import { Banners } from "./banners.tsx";
import type { EmbedOptions } from "./embed-options.ts";
import { useKeyboard } from "./keyboard.ts";
import { Panel } from "./panel.tsx";
import { SceneView } from "./scene-view.tsx";
import { TopBar } from "./top-bar.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";
import "./embed.css";

/** One part of the page inside of another page. */
export function EmbeddedPage({ options }: { options: EmbedOptions }) {
  const { what, robot, hasControls } = options;
  const viewer = useViewer();
  const robots = useSignal(viewer.fleet.robots);
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useEffect(() => {
    if (robot !== null && robots.some(({ id }) => id === robot)) viewer.chosenRobot.set(robot);
  }, [viewer, robot, robots]);
  useKeyboard();
  // The bar has one of its own.
  const heading = hasControls ? null : <VisuallyHidden component="h1">Digital twin</VisuallyHidden>;
  return (
    <div className="embedded" data-controls={hasControls}>
      {hasControls && <TopBar />}
      {what === "scene" ? (
        <main className="scene">
          {heading}
          <SceneView dark={scheme === "dark"} />
          <Banners />
        </main>
      ) : (
        <main className="embedded-panel">
          {heading}
          <Banners />
          <Panel name={what} place={null} />
        </main>
      )}
    </div>
  );
}
