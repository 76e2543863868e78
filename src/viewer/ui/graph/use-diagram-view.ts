import { type PointerEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { boxHeight, boxWidth, type Layout } from "../../diagram/diagram-layout.ts";
import { type DiagramView, firstView, viewWith, wholeView, zoomedView } from "../../diagram/diagram-view.ts";

const wheelStep = 1.2;

export type ViewControl = {
  frame: RefObject<HTMLDivElement | null>;
  view: DiagramView;
  fit(): void;
  /** Zooms around the middle of the frame. */
  zoom(factor: number): void;
  pan(right: number, down: number): void;
  /** Has a box in the frame. */
  reveal(id: string): void;
  /** For the element that is dragged, wheeled and pinched. */
  hands: {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onPointerCancel(event: PointerEvent): void;
  };
};

function sizeOf(element: HTMLElement | null): { width: number; height: number } {
  return { width: element?.clientWidth ?? 1, height: element?.clientHeight ?? 1 };
}

/**
 * What of the drawing is seen. When boxes move, `anchor` stays where it is on the screen. `key`: with another one the view begins anew.
 */
export function useDiagramView(layout: Layout, anchor: string, key: string): ViewControl {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<DiagramView>({ x: 0, y: 0, scale: 1 });
  const last = useRef<Layout | null>(null);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const size = () => sizeOf(frame.current);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another key begins anew
  useLayoutEffect(() => {
    last.current = null;
  }, [key]);
  useLayoutEffect(() => {
    const before = last.current?.boxes.get(anchor);
    const now = layout.boxes.get(anchor);
    if (last.current === null) {
      const middle = (now?.x ?? layout.width / 2) + boxWidth / 2;
      setView(firstView(layout, sizeOf(frame.current), middle));
    } else if (before !== undefined && now !== undefined && (before.x !== now.x || before.y !== now.y)) {
      setView(({ x, y, scale }) => ({
        scale,
        x: x + (before.x - now.x) * scale,
        y: y + (before.y - now.y) * scale,
      }));
    }
    last.current = layout;
  }, [layout, anchor]);
  useEffect(() => {
    const element = frame.current;
    // React listens to the wheel passively, and the panel must not scroll with it.
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
      const at = [event.clientX - left, event.clientY - top] as const;
      setView((now) => zoomedView(now, wheelStep ** (-event.deltaY / 120), at));
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, []);

  const release = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
  };
  return {
    frame,
    view,
    fit: () => setView(wholeView(layout, size())),
    zoom: (factor) => setView((now) => zoomedView(now, factor, [size().width / 2, size().height / 2])),
    pan: (right, down) => setView((now) => ({ ...now, x: now.x + right, y: now.y + down })),
    reveal(id) {
      const box = layout.boxes.get(id);
      if (box === undefined) return;
      setView((now) => viewWith(now, { ...box, width: boxWidth, height: boxHeight }, size()));
    },
    hands: {
      onPointerDown(event) {
        if (event.button === 0) pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      },
      onPointerMove(event) {
        const before = pointers.current.get(event.pointerId);
        if (before === undefined) return;
        const now = { x: event.clientX, y: event.clientY };
        const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
        // A press that hardly moves is a click on a box.
        const moved = Math.hypot(now.x - before.x, now.y - before.y);
        if (moved < 4 && !event.currentTarget.hasPointerCapture(event.pointerId)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pointers.current.set(event.pointerId, now);
        if (other === undefined) {
          setView((seen) => ({ ...seen, x: seen.x + now.x - before.x, y: seen.y + now.y - before.y }));
          return;
        }
        const { left, top } = event.currentTarget.getBoundingClientRect();
        const apart = (at: { x: number; y: number }): number => Math.hypot(at.x - other.x, at.y - other.y);
        const at = [(now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top] as const;
        setView((seen) => zoomedView(seen, apart(now) / Math.max(1, apart(before)), at));
      },
      onPointerUp: release,
      onPointerCancel: release,
    },
  };
}
