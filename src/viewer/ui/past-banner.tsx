import { formatAgo, formatMoment } from "../store/format.ts";
import { usePicked, useReading, useSignal, useViewer } from "./viewer-context.ts";

/** Over the 3D view, while it shows the past: which moment, how long ago, and what that means. */
export function PastBanner() {
  const viewer = useViewer();
  const isPast = useSignal(viewer.past.isShown);
  const comparing = useSignal(viewer.past.comparison.present) !== null;
  const when = useReading(() => formatMoment(viewer.state.moment() ?? 0));
  const ago = useReading(() => {
    const [now, moment] = [viewer.state.serverTime(), viewer.state.travel.momentMs];
    return now === null || moment === null ? "" : formatAgo(now - moment);
  });
  const speed = usePicked(viewer.state.travel.position, (at) => (at?.playing === true ? at.speed : 0));
  if (!isPast) return null;
  return (
    <div className="banner past-banner" role="status" aria-label="The past is shown">
      <b className="past-word">PAST</b>
      {/* Not read out: it changes all the time. The timeline says it to those who ask. */}
      <p className="figure" aria-hidden>
        <span className="past-when">{when}</span> <span className="past-ago">{ago}</span>
        {speed > 0 && <span className="past-ago"> · playing {speed}×</span>}
      </p>
      <span className="past-words">
        {comparing
          ? "Solid: the robot now. Violet, and all figures: then."
          : "Nothing here is live. STOP still stops the robot."}
      </span>
    </div>
  );
}
