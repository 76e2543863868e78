import { formatAge } from "../store/format.ts";
import { type HealthPart, healthOf } from "../store/health.ts";
import { isUnmeasured, staleSentences } from "../store/troubles.ts";
import type { Viewer } from "../viewer.ts";

/** The health of what this page shows, the worst first. The one source of every indicator. */
export function readHealth(viewer: Viewer): [HealthPart, ...HealthPart[]] {
  const { motion } = viewer.store;
  const phase = viewer.state.socket.phase.get();
  const timeMs = viewer.state.moment() ?? 0;
  const frame = motion.buffer.newest;
  const robot = viewer.fleet.robots.get().find((entry) => entry.id === viewer.chosenRobot.get());
  return healthOf({
    access: viewer.accessProblem.get(),
    link: phase !== "open" ? "closed" : viewer.state.heard ? "open" : "silent",
    shownAge: frame ? formatAge(timeMs - frame.time) : null,
    behindMs: viewer.behind.leastMs(),
    isDesign: viewer.design.get() !== null,
    sources: viewer.store.status.get()?.sources ?? [],
    robot:
      robot === undefined
        ? null
        : {
            name: robot.name,
            problem: robot.model.phase === "failed" ? robot.model.problem : null,
            isUnmeasured: isUnmeasured(robot, motion),
            stale: staleSentences(robot, motion, viewer.store.things.get(), timeMs),
          },
  });
}
