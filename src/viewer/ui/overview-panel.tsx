import { SegmentedControl } from "@mantine/core";
import { formatAge } from "../store/format.ts";
import type { HealthPart } from "../store/health.ts";
import { BaseReadings } from "./drive-panel.tsx";
import { EventList } from "./events-panel.tsx";
import { FleetTable } from "./fleet-table.tsx";
import { readHealth } from "./health-reading.ts";
import { pageKeys } from "./page-keys.ts";
import { useShownEvents } from "./shown-events.ts";
import { useControl, useReading, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** The robot and the line to it on one page. */
export function OverviewPanel() {
  const viewer = useViewer();
  const robot = useRobot();
  const control = useControl(robot?.id ?? null);
  const events = useShownEvents();
  const { angles } = useSignal(viewer.settings);
  if (!robot) return <Health />;
  const { model, meshes } = robot;
  return (
    <>
      <Health />
      <FleetTable />
      <h3 className="thing-title">{robot.name}</h3>
      <dl className="details">
        <dt>driven by</dt>
        <dd>{control?.lease?.holder ?? "nobody"}</dd>
        {model.phase === "ready" && (
          <>
            <dt>joints</dt>
            <dd>
              {model.joints.length}, {model.joints.filter((joint) => joint.mimics === null).length} of them
              free
            </dd>
            <dt>links</dt>
            <dd>
              {model.links.length}, root {model.rootLink}
            </dd>
          </>
        )}
        <dt>meshes</dt>
        <dd>
          {meshes.found} found{meshes.missing > 0 && `, ${meshes.missing} missing`}
        </dd>
      </dl>
      {meshes.problems.length > 0 && (
        <ul className="problems" aria-label="Missing meshes and textures">
          {meshes.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <BaseReadings robot={robot.id} />
      <h3 className="thing-title">This page</h3>
      <Line />
      <SegmentedControl
        className="narrow-only"
        size="xs"
        aria-label="Unit of angles"
        value={angles}
        data={["rad", "deg"]}
        onChange={(value) =>
          viewer.settings.update((now) => ({ ...now, angles: value === "deg" ? "deg" : "rad" }))
        }
      />
      <h3 className="thing-title">Last events</h3>
      <EventList events={events.slice(0, 40)} most={5} />
      <Keys />
    </>
  );
}

/** Everything that is wrong, worst first; the same words as the bar at the top. */
function Health() {
  const viewer = useViewer();
  // Text, so that it is drawn anew only when it changed.
  const text = useReading(() => JSON.stringify(readHealth(viewer)));
  const parts: HealthPart[] = JSON.parse(text);
  return (
    <ul className="cards" aria-label="Health">
      {parts.map(({ tone, word, sentence, remedy }) => (
        <li key={word} className="card" data-tone={tone}>
          <span className="source" data-tone={tone}>
            <i className="dot" aria-hidden />
            {word}
          </span>
          <p>{sentence}</p>
          {remedy !== undefined && <p className="dim">{remedy}</p>}
        </li>
      ))}
    </ul>
  );
}

/** How state gets here: each part of the delay on its own. */
function Line() {
  const viewer = useViewer();
  const { motion } = viewer.store;
  const trip = useReading(() => {
    const ms = viewer.state.clock.roundTripMs;
    return ms === null ? "–" : `${ms.toFixed(1)} ms`;
  });
  const age = useReading(() => {
    const timeMs = viewer.state.moment();
    const frame = motion.buffer.newest;
    return timeMs === null || !frame ? "–" : formatAge(Math.max(0, timeMs - frame.time));
  });
  const delay = useReading(() => `${Math.round(motion.buffer.delayMs)} ms`);
  const rate = useReading(() => `${Math.round(motion.buffer.rateHz)} Hz`);
  const fps = useReading(() => `${Math.round(viewer.stage?.fps ?? 0)} a second`);
  const faults = useReading(() => `${viewer.store.malformed} unreadable, ${viewer.store.dropped} dropped`);
  return (
    <dl className="details figure">
      <dt>round trip</dt>
      <dd>{trip}</dd>
      <dt>newest frame</dt>
      <dd>{age} old</dd>
      <dt>drawn behind</dt>
      <dd>{delay}</dd>
      <dt>frames in</dt>
      <dd>{rate}</dd>
      <dt>pictures</dt>
      <dd>{fps}</dd>
      <dt>messages</dt>
      <dd>{faults}</dd>
    </dl>
  );
}

/** What the keys do on this page. */
function Keys() {
  return (
    <>
      <h3 className="thing-title">Keys</h3>
      <dl className="details">
        {pageKeys.map(([key, does]) => (
          <div key={key} className="pair">
            <dt>{key}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
