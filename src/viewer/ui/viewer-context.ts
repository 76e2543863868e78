import { createContext, useContext, useRef, useSyncExternalStore } from "react";
import type { Signal } from "../../client/signal.ts";
import type { RobotEntry } from "../store/robot-catalog.ts";
import type { Viewer } from "../viewer.ts";

export const ViewerContext = createContext<Viewer | null>(null);

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("no Viewer above this component");
  return viewer;
}

/** Draws again when the signal's value is replaced. */
export function useSignal<T>(signal: Signal<T>): T {
  return useSyncExternalStore(signal.subscribe, () => signal.get());
}

/** One plain value of a signal; draws again only when that is another. */
export function usePicked<S, T extends string | number | boolean | null>(
  signal: Signal<S>,
  pick: (value: S) => T,
): T {
  return useSyncExternalStore(signal.subscribe, () => pick(signal.get()));
}

/** A figure read ten times a second; draws again only when it differs from the last. */
export function useReading<T extends string | number | boolean | null>(read: () => T): T {
  const { ticker } = useViewer();
  const last = useRef<{ beat: number; read: () => T; value: T } | null>(null);
  return useSyncExternalStore(ticker.subscribe, () => {
    const known = last.current;
    if (known && known.beat === ticker.count && known.read === read) return known.value;
    const value = read();
    last.current = { beat: ticker.count, read, value };
    return value;
  });
}

/** The robot whose panels are shown; null before the first description. */
export function useRobot(): RobotEntry | null {
  const viewer = useViewer();
  const robots = useSignal(viewer.fleet.robots);
  const chosen = useSignal(viewer.chosenRobot);
  return robots.find((robot) => robot.id === chosen) ?? null;
}

/** True while this page holds the lease of `robot`. */
export function useDrives(robot: string | null): boolean {
  const viewer = useViewer();
  const driving = useSignal(viewer.driver.driving);
  return driving.phase === "held" && driving.lease.robot === robot;
}

/** What the server says of who may move `robot`; undefined before it said anything. */
export function useControl(robot: string | null) {
  const status = useSignal(useViewer().store.status);
  return status?.control.find((control) => control.robot === robot);
}
