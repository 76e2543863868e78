import { ActionIcon, Text } from "@mantine/core";
import { IconX, IconZoomIn, IconZoomOut, IconZoomReset } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { picturesAreOpen } from "../store/palette.ts";
import { kindOf } from "../topics/topic-kinds.ts";
import { type PictureZoom, panned, wholePicture, zoomed } from "./picture-zoom.ts";
import { TopicPicture } from "./topic-picture.tsx";
import { useTopicReading } from "./topic-reading.ts";
import { useSignal, useViewer } from "./viewer-context.ts";
import "./pictures.css";

const step = 1.5;
const panStep = 0.1;

/** The pictures of all topics that are shown, side by side over the 3D view, each with its age. */
export function PictureWall() {
  const { desk } = useViewer().topics;
  const shown = useSignal(desk.shown);
  const close = useRef<HTMLButtonElement>(null);
  const pictures = shown.filter((topic) => kindOf(desk.states.get(topic)?.type ?? "") === "picture");
  const isEmpty = pictures.length === 0;
  useEffect(() => {
    if (isEmpty) picturesAreOpen.set(false);
  }, [isEmpty]);
  useEffect(() => {
    const before = document.activeElement;
    close.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <section
      className="picture-wall"
      aria-label="Pictures"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        picturesAreOpen.set(false);
      }}
    >
      <ActionIcon
        ref={close}
        className="picture-close"
        variant="default"
        size="md"
        aria-label="Close the pictures"
        onClick={() => picturesAreOpen.set(false)}
      >
        <IconX size={16} />
      </ActionIcon>
      <div className="picture-tiles" data-count={Math.min(pictures.length, 5)}>
        {pictures.map((topic) => (
          <Tile key={topic} topic={topic} />
        ))}
      </div>
    </section>
  );
}

const keys: Record<string, (zoom: PictureZoom) => PictureZoom> = {
  "+": (zoom) => zoomed(zoom, step),
  "-": (zoom) => zoomed(zoom, 1 / step),
  "0": () => wholePicture,
  ArrowLeft: (zoom) => panned(zoom, panStep, 0),
  ArrowRight: (zoom) => panned(zoom, -panStep, 0),
  ArrowUp: (zoom) => panned(zoom, 0, panStep),
  ArrowDown: (zoom) => panned(zoom, 0, -panStep),
};

/** One picture: the wheel zooms where the pointer is, a drag moves it; + and −, 0 and the arrows do the same. */
function Tile({ topic }: { topic: string }) {
  const { line, problem, isStanding } = useTopicReading(topic);
  const [zoom, setZoom] = useState(wholePicture);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    // React listens to the wheel passively, and the page must not scroll with it.
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
      const at = [(event.clientX - left) / width, (event.clientY - top) / height] as const;
      setZoom((now) => zoomed(now, step ** (-event.deltaY / 120), at));
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, []);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { width, height } = event.currentTarget.getBoundingClientRect();
    const { movementX, movementY } = event;
    setZoom((now) => panned(now, movementX / width, movementY / height));
  };
  const press = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    setZoom(act);
  };
  const { scale, x, y } = zoom;
  const transform = `scale(${scale}) translate(${100 * (0.5 - x)}%, ${100 * (0.5 - y)}%)`;
  return (
    <figure className="picture-tile" data-standing={isStanding}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields */}
      <div
        ref={frame}
        className="picture-frame"
        data-own-keys
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys that zoom need a place to be pressed
        tabIndex={0}
        aria-label={`${topic}, ${scale === 1 ? "whole" : `${scale.toFixed(1)} times as large`}`}
        data-zoomed={scale > 1}
        onPointerMove={drag}
        onDoubleClick={() => setZoom(wholePicture)}
        onKeyDown={press}
      >
        <div className="picture-part" style={{ transform }}>
          <TopicPicture topic={topic} isStanding={isStanding} />
        </div>
      </div>
      <figcaption>
        <span className="picture-name">{topic}</span>
        <ActionIcon.Group>
          <Zoom label={`Zoom in on ${topic}`} icon={IconZoomIn} act={() => setZoom(zoomed(zoom, step))} />
          <Zoom
            label={`Zoom out of ${topic}`}
            icon={IconZoomOut}
            act={() => setZoom(zoomed(zoom, 1 / step))}
          />
          <Zoom label={`The whole of ${topic}`} icon={IconZoomReset} act={() => setZoom(wholePicture)} />
        </ActionIcon.Group>
        <Text size="xs" className={isStanding ? "topic-standing" : "dim"}>
          {problem ?? line}
        </Text>
      </figcaption>
    </figure>
  );
}

function Zoom({ label, icon: Icon, act }: { label: string; icon: typeof IconX; act: () => void }) {
  return (
    <ActionIcon variant="default" size="sm" aria-label={label} title={label} onClick={act}>
      <Icon size={14} />
    </ActionIcon>
  );
}
