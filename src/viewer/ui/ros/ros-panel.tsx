import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { ControllersView } from "./controllers-view.tsx";
import { DiagnosticsView } from "./diagnostics-view.tsx";
import { GraphView } from "./graph-view.tsx";
import { LogView } from "./log-view.tsx";
import { ParametersView } from "./parameters-view.tsx";
import { TransformsView } from "./transforms-view.tsx";
import "./ros.css";

const views = {
  log: { label: "Log", Body: LogView },
  diagnostics: { label: "Health", Body: DiagnosticsView },
  tf: { label: "tf", Body: TransformsView },
  graph: { label: "Nodes", Body: GraphView },
  controllers: { label: "Control", Body: ControllersView },
  parameters: { label: "Params", Body: ParametersView },
} as const;
type View = keyof typeof views;

const key = "twinbridge.ros-view";

/** What ROS itself tells: its log, diagnostics, transforms, nodes, controllers and parameters. */
export function RosPanel() {
  const [view, setView] = useState<View>(() => {
    const kept = localStorage.getItem(key) ?? "";
    return kept in views ? (kept as View) : "log";
  });
  const { Body } = views[view];
  return (
    <>
      <SegmentedControl
        size="xs"
        mb={12}
        fullWidth
        aria-label="What of ROS"
        value={view}
        data={Object.entries(views).map(([value, { label }]) => ({ value, label }))}
        onChange={(value) => {
          localStorage.setItem(key, value);
          setView(value as View);
        }}
      />
      <Body />
    </>
  );
}
