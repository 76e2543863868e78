import { ownValue } from "../core/own-value.ts";
import type { DesignReading } from "./design/design-session.ts";
import type { Scrub } from "./time/scrub-meter.ts";
import type { Viewer } from "./viewer.ts";

/** rad or m. `measured` is the newest value as the server has it, `shown` what is drawn now. */
export type JointReading = { measured: number | null; desired: number | null; shown: number | null };

/** The page's state as the contract has it, for tests and scripts. Times in ms. */
export type PageState = {
  connection: "open" | "connecting" | "closed";
  revision: number;
  /** Round trip to the server; null before the first. */
  latencyMs: number | null;
  /** Age of the freshest joint or base value; null before the first. */
  ageMs: number | null;
  fps: number;
  /** Where the page stands in the past, server ms; null: it shows the present. */
  past: { time: number; playing: boolean; speed: number } | null;
  robots: Record<
    string,
    {
      joints: Record<string, JointReading>;
      meshes: { found: number; missing: number };
      /** With which code a move to the ghost would be refused; null: it would not, or there is no ghost. */
      ghostFault: string | null;
    }
  >;
};

/** `handle`: the middle of the handles, and points 0.1 m along their axes, in CSS pixels. */
export type ToolReading = {
  link: string | null;
  /** m and a unit quaternion x y z w in the root's frame. */
  target: { position: readonly number[]; quaternion: readonly number[] } | null;
  reached: boolean | null;
  /** ms that the newest inverse kinematics took. */
  solveMs: number;
  handle: Record<"middle" | "x" | "y" | "z", { x: number; y: number }> | null;
};

/**
 * `pose`: of the camera in the scene, a matrix by columns; it looks along −z, y is up (as in OpenGL). `fieldOfView` from top to bottom,
 * rad. The rest is where the view is on the page, CSS pixels.
 */
export type CameraReading = {
  pose: readonly number[];
  fieldOfView: number;
  left: number;
  top: number;
  width: number;
  height: number;
};

declare global {
  interface Window {
    twinViewer?: {
      state(): PageState;
      readonly visibleAtMs: number | null;
      /** From where the 3D view is seen; null before there is one. */
      readonly camera: CameraReading | null;
      /** Of the newest 3D picture, its shadows included. */
      readonly drawCalls: number;
      /** Of the newest positions that were asked for on the timeline or in a plot: ms until its state was there, and until it was drawn. */
      readonly scrubs: readonly Scrub[];
      /** The trail of a link, x y z after x y z in the odometry frame, m; null: none is drawn. */
      readonly trail: Float32Array | null;
      /** The handles of the Tool panel; null while they are not shown. */
      readonly tool: ToolReading | null;
      /** The design twin; null on a page that shows a robot. */
      readonly design: DesignReading | null;
    };
  }
}

/** Lays `window.twinViewer` out: it reads and cannot command. */
export function exposePageState(viewer: Viewer): void {
  window.twinViewer = {
    state: () => pageState(viewer),
    get visibleAtMs() {
      return viewer.visibleAtMs;
    },
    get camera() {
      return viewer.stage?.seenFrom() ?? null;
    },
    get drawCalls() {
      return viewer.stage?.drawCalls ?? 0;
    },
    get scrubs() {
      return viewer.past.meter.times;
    },
    get trail() {
      return viewer.dress.way();
    },
    get tool() {
      return toolReading(viewer);
    },
    get design() {
      return viewer.design.get()?.reading() ?? null;
    },
  };
}

function toolReading(viewer: Viewer): ToolReading | null {
  const session = viewer.hands.tool.get();
  if (session === null || !session.isActive.get()) return null;
  const { link, target, reach } = session.hand.state.get();
  const at = (axis: "x" | "y" | "z" | null) => session.screenPoint(axis, handleMetres);
  const [middle, x, y, z] = [at(null), at("x"), at("y"), at("z")];
  return {
    link,
    target,
    reached: reach?.isReached ?? null,
    solveMs: session.hand.lastSolveMs,
    handle: middle && x && y && z ? { middle, x, y, z } : null,
  };
}

const handleMetres = 0.1;

function pageState(viewer: Viewer): PageState {
  const { motion } = viewer.store;
  const robots: PageState["robots"] = Object.create(null);
  const past = viewer.state.travel.position.get();
  let ageMs: number | null = null;
  const timeMs = viewer.state.moment() ?? 0;
  for (const { id, meshes } of viewer.fleet.robots.get()) {
    const reported = motion.facet(id, "reported");
    const desired = motion.facet(id, "desired");
    const targets = viewer.targets.of(id);
    const joints: Record<string, JointReading> = Object.create(null);
    const seen = [reported?.basePose ?? -1];
    for (const [name, { position }] of reported?.joints ?? []) {
      seen.push(position);
      joints[name] = {
        measured: motion.newest(position),
        desired: ownValue(targets, name) ?? motion.newest(desired?.joints.get(name)?.position ?? -1),
        shown: motion.shown(position),
      };
    }
    for (const column of seen) {
      const age = motion.ageMs(column, timeMs);
      if (age >= 0) ageMs = Math.min(age, ageMs ?? age);
    }
    robots[id] = {
      joints,
      meshes: { found: meshes.found, missing: meshes.missing },
      ghostFault: viewer.targetCheck.faults.get()[id]?.code ?? null,
    };
  }
  return {
    connection: viewer.state.socket.phase.get(),
    revision: viewer.store.revision,
    latencyMs: viewer.state.clock.roundTripMs,
    ageMs,
    fps: viewer.stage?.fps ?? 0,
    past: past === null ? null : { time: past.time, playing: past.playing, speed: past.speed },
    robots,
  };
}
