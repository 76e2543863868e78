import { SegmentedControl } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { ThingList } from "./thing-list.tsx";

const GraphDrawing = lazy(async () => ({ default: (await import("./graph-drawing.tsx")).GraphDrawing }));

const key = "twinbridge.graph-view";

/** The things of the twin, drawn with what joins and feeds them, or as a list. */
export function GraphPanel() {
  const [view, setView] = useState(() => (localStorage.getItem(key) === "drawing" ? "drawing" : "list"));
  return (
    <>
      <SegmentedControl
        size="xs"
        mb={10}
        fullWidth
        aria-label="How the graph is shown"
        value={view}
        data={[
          { value: "list", label: "List" },
          { value: "drawing", label: "Drawing" },
        ]}
        onChange={(value) => {
          localStorage.setItem(key, value);
          setView(value);
        }}
      />
      <Suspense fallback={null}>{view === "list" ? <ThingList /> : <GraphDrawing />}</Suspense>
    </>
  );
}
