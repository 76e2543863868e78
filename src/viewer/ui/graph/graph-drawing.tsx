import { Portal, Text } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { shownFor } from "../../diagram/diagram-folds.ts";
import { useSignal, useViewer } from "../viewer-context.ts";
import { DrawingFrame } from "./drawing-frame.tsx";
import { NodeDetails } from "./node-details.tsx";
import { selectedThings, selectThing } from "./select-thing.ts";
import { useDiagram } from "./use-diagram.ts";
import "./graph.css";

/** The twin graph as a drawing, in the panel or over the 3D view, and below it what is known of the chosen box. */
export function GraphDrawing() {
  const viewer = useViewer();
  const [withLinks, setWithLinks] = useState(false);
  const [isLarge, setLarge] = useState(false);
  /** The drawing is put elsewhere by its own button, which keeps the focus. */
  const isMoved = useRef(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const drawn = useDiagram(withLinks);
  const selection = useSignal(viewer.selection);
  const robot = useSignal(viewer.chosenRobot);
  const node = chosen === null ? undefined : drawn.diagram.nodes.get(chosen);
  const selected = useMemo(() => {
    const ids = chosen === null ? selectedThings(selection) : [chosen, ...selectedThings(selection)];
    const shown = ids.map((id) => shownFor(drawn.shown, drawn.diagram, id));
    return new Set(shown.filter((id) => id !== null));
  }, [drawn.shown, drawn.diagram, chosen, selection]);
  const press = (id: string): void => {
    setChosen(id);
    if (drawn.diagram.nodes.get(id)?.thing === id) selectThing(viewer, id);
  };
  // What is selected elsewhere replaces the choice here.
  useEffect(() => {
    const [thing] = selectedThings(selection);
    if (thing !== undefined) setChosen(thing);
  }, [selection]);
  const frame = (
    <DrawingFrame
      drawn={drawn}
      selected={selected}
      robot={robot}
      press={press}
      isLarge={isLarge}
      setLarge={(large) => {
        isMoved.current = true;
        setLarge(large);
      }}
      takeFocus={() => {
        const taken = isMoved.current;
        isMoved.current = false;
        return taken;
      }}
      withLinks={withLinks}
      setWithLinks={setWithLinks}
    />
  );
  return (
    <>
      {isLarge ? (
        <Portal target=".scene">
          <div className="graph-wall">{frame}</div>
        </Portal>
      ) : (
        frame
      )}
      {node === undefined ? (
        <Text size="xs" c="dimmed" mt={8}>
          Press a box to see what is known of it. Arrow keys walk along the lines, Enter selects, O opens and
          folds, + and − zoom, 0 shows the whole, Shift with an arrow moves the drawing.
        </Text>
      ) : (
        <NodeDetails node={node} diagram={drawn.diagram} go={press} />
      )}
    </>
  );
}
