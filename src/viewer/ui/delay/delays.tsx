import { Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { ownValue } from "../../../core/own-value.ts";
import type { DelaysAnswer } from "../../../protocol/delays.ts";
import { type HopRow, hopRows, stampHop } from "../../store/delay-rows.ts";
import { FrameDelays } from "../../store/frame-delays.ts";
import { jointSource } from "../../store/joint-source.ts";
import { TopicDelays } from "../../topics/topic-delays.ts";
import type { Viewer } from "../../viewer.ts";
import { useRos } from "../ros/use-ros.ts";
import { useReading, useSignal, useViewer } from "../viewer-context.ts";
import "./delays.css";

const askEveryMs = 1000;
/** Tables of more robots at once are not read. */
const mostRobots = 6;

type Meters = { frames: FrameDelays; topics: TopicDelays };

/** Where the time goes from a sensor to the picture, hop by hop, as long as it is looked at. */
export function Delays() {
  const viewer = useViewer();
  const meters = useMeters(viewer);
  const { value } = useRos<DelaysAnswer>("api/delays", askEveryMs);
  const chosen = useSignal(viewer.chosenRobot);
  const robots = useSignal(viewer.fleet.robots).map(({ id }) => id);
  const shown = useSignal(viewer.topics.desk.shown);
  // All figures are of one moment, once a second.
  useReading(() => Math.floor((viewer.state.serverTime() ?? 0) / askEveryMs));
  const roundTrip = viewer.state.clock.roundTripMs;
  const ordered = [...robots].sort((a, b) => Number(b === chosen) - Number(a === chosen));
  return (
    <section aria-label="Delay" className="delays">
      <h3 className="thing-title">Delay, of the last 10 s</h3>
      {ordered.slice(0, mostRobots).map((robot) => (
        <HopTable
          key={robot}
          name={`${robot}, joint states`}
          rows={robotRows(viewer, meters, value, robot)}
        />
      ))}
      {ordered.length > mostRobots && (
        <Text size="xs" mb={8}>
          and {ordered.length - mostRobots} more robots: choose one at the top
        </Text>
      )}
      {shown.map((topic) => (
        <HopTable key={topic} name={topic} rows={topicRows(viewer, meters, topic)} />
      ))}
      <Text size="xs" c="dimmed">
        Received and sent are times of the twin’s server. Its clock is known here to{" "}
        {roundTrip === null ? "–" : `±${Math.max(1, Math.ceil(roundTrip / 2))} ms`} (half of the round trip).
        The page draws frames a little later than they come, so that motion is smooth. Topics are sent when
        the line is free.
      </Text>
    </section>
  );
}

/** Meters that run as long as the component is there. */
function useMeters(viewer: Viewer): Meters {
  const [meters] = useState<Meters>(() => ({
    frames: new FrameDelays(viewer.store.motion, () => viewer.state.serverTime()),
    topics: new TopicDelays(() => viewer.topics.desk.serverTime()),
  }));
  useEffect(() => {
    const ends = [
      viewer.store.motion.arrived.add(() => meters.frames.took()),
      viewer.topics.desk.listen((topic, message) => meters.topics.took(topic, message)),
      viewer.past.meter.pictured.add(() => {
        meters.frames.drew();
        meters.topics.drew();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [viewer, meters]);
  return meters;
}

function robotRows(viewer: Viewer, { frames }: Meters, answer: DelaysAnswer | null, robot: string): HopRow[] {
  const nowMs = viewer.state.serverTime() ?? 0;
  const thing = ownValue(viewer.store.things.get(), robot);
  const source = thing === undefined ? null : jointSource(thing);
  const stamped = answer?.sources.find((one) => one.source === source) ?? null;
  const own = frames.robots.get(robot);
  const first =
    answer === null ? { name: "stamp → received", spread: null, note: "" } : stampHop(stamped?.delay ?? null);
  const drawn = frames.drawn.spread(nowMs);
  return hopRows(
    [
      source === null || first.spread === null ? first : { ...first, note: source },
      { name: "received → sent", spread: own?.sent.spread(nowMs) ?? null, note: "" },
      { name: "sent → arrived", spread: frames.arrived.spread(nowMs), note: "" },
      { name: "arrived → drawn", spread: drawn, note: drawn === null ? "nothing is drawn" : "" },
    ],
    own?.whole.spread(nowMs) ?? null,
  );
}

function topicRows(viewer: Viewer, { topics }: Meters, topic: string): HopRow[] {
  const nowMs = viewer.topics.desk.serverTime() ?? 0;
  const own = topics.topics.get(topic);
  const stamped = own?.stamped.spread(nowMs) ?? null;
  const drawn = own?.drawn.spread(nowMs) ?? null;
  return hopRows(
    [
      stampHop(stamped),
      { name: "received → arrived", spread: own?.arrived.spread(nowMs) ?? null, note: "" },
      { name: "arrived → drawn", spread: drawn, note: drawn === null ? "not in 3D, or nothing came" : "" },
    ],
    null,
  );
}

function HopTable({ name, rows }: { name: string; rows: readonly HopRow[] }) {
  return (
    <table className="delay-table" aria-label={`Delay of ${name}`}>
      <caption>{name}</caption>
      <thead>
        <tr>
          <th scope="col">Hop</th>
          <th scope="col">p50</th>
          <th scope="col">p99</th>
          <th scope="col">max</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} data-largest={row.isLargest}>
            <th scope="row">
              {row.name}
              {row.note !== "" && <small className="dim">{row.note}</small>}
              {row.isLargest && <small className="delay-largest">most of the delay</small>}
            </th>
            <td className="figure">{row.p50}</td>
            <td className="figure">{row.p99}</td>
            <td className="figure">{row.most}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
