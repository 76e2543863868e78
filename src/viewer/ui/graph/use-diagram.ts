import { useEffect, useMemo, useRef, useState } from "react";
import { DiagramFolds, type ShownDiagram } from "../../diagram/diagram-folds.ts";
import { type Layout, layoutDiagram } from "../../diagram/diagram-layout.ts";
import { DiagramMemory } from "../../diagram/diagram-memory.ts";
import { type Diagram, twinDiagram } from "../../diagram/twin-diagram.ts";
import type { Things } from "../../store/twin-store.ts";
import type { Viewer } from "../../viewer.ts";
import { useSignal, useViewer } from "../viewer-context.ts";

/** What feeds a thing is looked at so often, ms; things that come, go or are redefined are seen at once. */
const lookEveryMs = 1000;

/** The diagram with what is seen of it and where. `gone`: boxes whose things have gone; their places are kept for a while. */
export type DrawnDiagram = {
  diagram: Diagram;
  gone: ReadonlySet<string>;
  shown: ShownDiagram;
  layout: Layout;
  /** Opens or folds a box. */
  fold(id: string, isOpen: boolean): void;
  isOpen(id: string): boolean;
};

/** The diagram of the twin as it is now. It changes only when a box or an edge does. */
export function useDiagram(withLinks: boolean): DrawnDiagram {
  const viewer = useViewer();
  const robot = useSignal(viewer.chosenRobot);
  const isPast = useSignal(viewer.past.isShown);
  const things = useStructure(viewer);
  const kept = useRef<{ memory: DiagramMemory; folds: DiagramFolds } | null>(null);
  kept.current ??= { memory: new DiagramMemory(), folds: new DiagramFolds() };
  const { memory, folds } = kept.current;
  const [folded, setFolded] = useState(0);
  const { diagram, gone } = useMemo(() => {
    const sources = viewer.store.status.get()?.sources ?? [];
    return memory.take(twinDiagram(things, sources, withLinks), performance.now(), !isPast);
  }, [viewer, memory, things, withLinks, isPast]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `folded` counts what was opened or folded by hand
  const seen = useMemo(() => {
    folds.decide(diagram, robot);
    const shown = folds.shown(diagram);
    return { shown, layout: layoutDiagram(shown) };
  }, [folds, diagram, robot, folded]);
  return {
    ...{ diagram, gone },
    ...seen,
    fold(id, isOpen) {
      folds.set(id, isOpen);
      setFolded((count) => count + 1);
    },
    isOpen: (id) => folds.isOpen(id),
  };
}

/** The things, replaced at once where one came, went or was redefined, and once a second where values changed. */
function useStructure(viewer: Viewer): Things {
  const { things: signal } = viewer.store;
  const [things, setThings] = useState(signal.get());
  useEffect(() => {
    let last = signal.get();
    setThings(last);
    const look = () => {
      const now = signal.get();
      if (hasSameStructure(last, now)) return;
      last = now;
      setThings(now);
    };
    const end = signal.subscribe(look);
    const timer = setInterval(() => {
      last = signal.get();
      setThings(last);
    }, lookEveryMs);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [signal]);
  return things;
}

function hasSameStructure(a: Things, b: Things): boolean {
  const ids = Object.keys(b);
  if (Object.keys(a).length !== ids.length) return false;
  return ids.every(
    (id) => a[id]?.definition === b[id]?.definition && a[id]?.relationships === b[id]?.relationships,
  );
}
