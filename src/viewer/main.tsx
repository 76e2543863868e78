import "./ui/mantine-styles.ts";
import "./ui/page.css";
import "./ui/top-bar.css";
import "./ui/rail.css";
import "./ui/scene.css";
import "./ui/panel.css";
import "./ui/docks.css";
import "./ui/joints.css";
import "./ui/drive-pad.css";
import "./ui/hands.css";
import "./ui/status-bar.css";
import "./ui/past.css";
import "./ui/phone.css";
import { createTheme, MantineProvider, Tooltip } from "@mantine/core";
import { createRoot } from "react-dom/client";
import { exposePageState } from "./page-handle.ts";
import { App } from "./ui/app.tsx";
import { ViewerContext } from "./ui/viewer-context.ts";
import { Viewer } from "./viewer.ts";

const theme = createTheme({
  primaryColor: "blue",
  // Dark enough that white text on it, and it on white, can be read (WCAG 1.4.3: 4.5 to 1).
  primaryShade: 8,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Noto Sans Mono', monospace",
  cursorType: "pointer",
  respectReducedMotion: true,
  // Within the bar or the view that they belong to, so that every word is in a landmark.
  components: { Tooltip: Tooltip.extend({ defaultProps: { withinPortal: false } }) },
});

const viewer = new Viewer();
exposePageState(viewer);

// What is embedded has the scheme that it is told, and keeps none.
const scheme = viewer.embed?.theme ?? "auto";
const forced = scheme === "auto" ? {} : { forceColorScheme: scheme };

const page = document.getElementById("page");
if (!page) throw new Error("index.html has no element #page");
createRoot(page).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" {...forced}>
    <ViewerContext value={viewer}>
      <App />
    </ViewerContext>
  </MantineProvider>,
);
