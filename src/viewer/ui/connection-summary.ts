import { isUnmeasured, staleSentences } from "../store/troubles.ts";
import type { Viewer } from "../viewer.ts";
import { formatAge } from "./format.ts";

export type ConnectionSummary = { word: string; tone: "good" | "doubt" | "bad"; sentence: string };

/** The one word at the top, and the sentence behind it. */
export function connectionSummary(viewer: Viewer): ConnectionSummary {
  const phase = viewer.state.socket.phase.get();
  const frame = viewer.store.motion.buffer.newest;
  const timeMs = viewer.state.serverTime() ?? 0;
  const access = viewer.accessProblem.get();
  if (access !== null) return { word: "no access", tone: "bad", sentence: access };
  if (phase !== "open") {
    const since = frame ? ` What you see is ${formatAge(timeMs - frame.time)} old.` : "";
    return { word: "no server", tone: "bad", sentence: `The server does not answer; trying again.${since}` };
  }
  if (!viewer.state.heard) {
    return { word: "silent", tone: "bad", sentence: "The connection is open, but the server says nothing." };
  }
  if (viewer.design.get() !== null) {
    return { word: "design", tone: "good", sentence: "A description is shown; there is no robot behind it." };
  }
  const stale = staleOf(viewer, timeMs);
  if (stale.length > 0) return { word: "stale", tone: "doubt", sentence: stale.join(", ") };
  const unmeasured = unmeasuredSentence(viewer);
  if (unmeasured !== null) return { word: "waiting", tone: "doubt", sentence: unmeasured };
  if (!frame) return { word: "waiting", tone: "doubt", sentence: "Connected. No robot state has come yet." };
  return { word: "OK", tone: "good", sentence: "Connected; every value is fresh." };
}

/** Why the chosen robot stands grey although nothing went stale. */
export function unmeasuredSentence(viewer: Viewer): string | null {
  const robot = chosenRobot(viewer);
  return robot && isUnmeasured(robot, viewer.store.motion)
    ? `No joint of ${robot.name} has been measured yet: its pose is not known, so it is drawn grey.`
    : null;
}

/** What of the chosen robot is stale, in words. */
export function staleOf(viewer: Viewer, timeMs: number): string[] {
  const robot = chosenRobot(viewer);
  return robot ? staleSentences(robot, viewer.store.motion, viewer.store.things.get(), timeMs) : [];
}

function chosenRobot(viewer: Viewer) {
  return viewer.fleet.robots.get().find((entry) => entry.id === viewer.chosenRobot.get());
}
