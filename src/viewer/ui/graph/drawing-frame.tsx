import { ActionIcon, Switch } from "@mantine/core";
import {
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconFocusCentered,
  IconMinus,
  IconPlus,
} from "@tabler/icons-react";
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { drawnEdges } from "../../diagram/diagram-edges.ts";
import { type Step, stepFrom } from "../../diagram/diagram-walk.ts";
import { twinNode } from "../../diagram/twin-diagram.ts";
import { DrawingLegend } from "./drawing-legend.tsx";
import { DrawingNode } from "./drawing-node.tsx";
import type { DrawnDiagram } from "./use-diagram.ts";
import { useDiagramView } from "./use-diagram-view.ts";

const zoomStep = 1.3;
const panStep = 60;
const arrows: Readonly<Record<string, Step>> = {
  ...{ ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" },
};

type FrameProps = {
  drawn: DrawnDiagram;
  selected: ReadonlySet<string>;
  robot: string | null;
  withLinks: boolean;
  setWithLinks(withLinks: boolean): void;
  isLarge: boolean;
  setLarge(isLarge: boolean): void;
  /** Whether the frame is new because it was put elsewhere; once. */
  takeFocus(): boolean;
  press(id: string): void;
};

/** The drawing itself, with what moves and zooms it. */
export function DrawingFrame(props: FrameProps) {
  const { drawn, selected, robot, withLinks, setWithLinks, isLarge, setLarge, takeFocus, press } = props;
  const { shown, layout, gone } = drawn;
  const [at, setAt] = useState<string | null>(null);
  const stop = at !== null && shown.nodes.has(at) ? at : twinNode;
  const anchor = at !== null && layout.boxes.has(at) ? at : (robot ?? twinNode);
  const control = useDiagramView(layout, layout.boxes.has(anchor) ? anchor : twinNode, String(withLinks));
  const edges = useMemo(() => drawnEdges(shown, layout), [shown, layout]);
  /** A box to be focused once it is drawn. */
  const wanted = useRef<string | null>(null);
  const focus = (id: string): void => {
    wanted.current = id;
    setAt(id);
  };
  useEffect(() => {
    const id = wanted.current;
    if (id === null || !layout.boxes.has(id)) return;
    wanted.current = null;
    document.getElementById(`node-${id}`)?.focus({ preventScroll: true });
    control.reveal(id);
  });
  const size = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the frame is there
  useEffect(() => {
    if (takeFocus()) size.current?.focus();
  }, []);
  const fold = (id: string, isOpen: boolean): void => {
    setAt(id);
    drawn.fold(id, isOpen);
  };
  const walk = (step: Step): void => {
    const node = shown.nodes.get(stop);
    // The way down leads into what is folded.
    if (step === "down" && node?.hasInside && !node.isOpen) {
      drawn.fold(stop, true);
      focus(stop);
      return;
    }
    const next = stepFrom(shown, layout, stop, step);
    if (next !== null) focus(next);
  };
  /** False: the key means nothing here. */
  const takeKey = (key: string, isShifted: boolean): boolean => {
    const step = arrows[key];
    if (step !== undefined && isShifted) control.pan(panOf(step, "left", "right"), panOf(step, "up", "down"));
    else if (step !== undefined) walk(step);
    else if (key === "Enter") press(stop);
    else if (key === "o" || key === "O") fold(stop, !drawn.isOpen(stop));
    else if (key === "+" || key === "=") control.zoom(zoomStep);
    else if (key === "-") control.zoom(1 / zoomStep);
    else if (key === "0") control.fit();
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !takeKey(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { x, y, scale } = control.view;
  return (
    <section
      className="graph-frame"
      aria-label="Drawing of the graph"
      onKeyDown={(event) => {
        if (event.key === "Escape" && isLarge) setLarge(false);
      }}
    >
      <div className="graph-bar">
        <Switch
          size="xs"
          label="Links and fixed joints"
          checked={withLinks}
          onChange={(event) => setWithLinks(event.currentTarget.checked)}
        />
        <ActionIcon.Group>
          <Tool label="Zoom in" icon={IconPlus} act={() => control.zoom(zoomStep)} />
          <Tool label="Zoom out" icon={IconMinus} act={() => control.zoom(1 / zoomStep)} />
          <Tool label="Fit the graph" icon={IconFocusCentered} act={control.fit} />
          <Tool
            button={size}
            label={isLarge ? "Back into the panel" : "Enlarge the graph"}
            icon={isLarge ? IconArrowsMinimize : IconArrowsMaximize}
            act={() => setLarge(!isLarge)}
          />
        </ActionIcon.Group>
      </div>
      <div
        className="graph-stage"
        ref={control.frame}
        role="tree"
        aria-label="Things of the twin"
        onKeyDown={onKeyDown}
        {...control.hands}
      >
        <svg width="100%" height="100%" role="presentation">
          <Arrow />
          <g transform={`translate(${x} ${y}) scale(${scale})`}>
            {[...layout.blocks.values()].map((block) => (
              <rect
                key={block.id}
                className="graph-block"
                {...{ x: block.x, y: block.y, width: block.width, height: block.height }}
                rx={10}
              />
            ))}
            {edges.map(({ key, kind, path, from, to }) => (
              <path
                key={key}
                className="graph-edge"
                data-kind={kind}
                data-lit={selected.has(from) || selected.has(to)}
                d={path}
              />
            ))}
            {[...shown.nodes.values()].map((node) => {
              const place = layout.boxes.get(node.id);
              return place === undefined ? null : (
                <DrawingNode
                  key={node.id}
                  node={node}
                  {...place}
                  level={levelOf(drawn, node.id)}
                  isGone={gone.has(node.id)}
                  isSelected={selected.has(node.id)}
                  isStop={node.id === stop}
                  press={press}
                  fold={fold}
                  focused={setAt}
                />
              );
            })}
          </g>
        </svg>
      </div>
      <DrawingLegend />
    </section>
  );
}

function panOf(step: Step, less: Step, more: Step): number {
  return step === less ? panStep : step === more ? -panStep : 0;
}

function levelOf({ diagram }: DrawnDiagram, id: string): number {
  let level = 1;
  for (
    let at = diagram.nodes.get(id)?.parent ?? null;
    at !== null;
    at = diagram.nodes.get(at)?.parent ?? null
  )
    level++;
  return level;
}

function Arrow() {
  return (
    <defs>
      <marker
        id="graph-arrow"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M0 0L8 4L0 8z" fill="context-stroke" />
      </marker>
    </defs>
  );
}

type ToolProps = {
  label: string;
  icon: typeof IconPlus;
  act: () => void;
  button?: RefObject<HTMLButtonElement | null>;
};

function Tool({ label, icon: Icon, act, button }: ToolProps) {
  return (
    <ActionIcon
      ref={button ?? null}
      variant="default"
      size="md"
      aria-label={label}
      title={label}
      onClick={act}
    >
      <Icon size={15} />
    </ActionIcon>
  );
}
