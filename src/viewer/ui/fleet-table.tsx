import { UnstyledButton } from "@mantine/core";
import { ownValue } from "../../core/own-value.ts";
import { formatAge } from "../store/format.ts";
import type { Viewer } from "../viewer.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

const mostShown = 200;

/** All robots in a line each: whether they are stopped, who drives them, what they tell of themselves, and how old that is. */
export function FleetTable() {
  const viewer = useViewer();
  const robots = useSignal(viewer.fleet.robots);
  const chosen = useSignal(viewer.chosenRobot);
  if (robots.length < 2) return null;
  return (
    <>
      <h3 className="thing-title">{robots.length} robots</h3>
      <table className="fleet">
        <thead>
          <tr>
            <th scope="col">robot</th>
            <th scope="col">state</th>
            <th scope="col">driven by</th>
            <th scope="col">battery</th>
            <th scope="col">age</th>
          </tr>
        </thead>
        <tbody>
          {robots.slice(0, mostShown).map(({ id }) => (
            <Row key={id} robot={id} isChosen={id === chosen} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ robot, isChosen }: { robot: string; isChosen: boolean }) {
  const viewer = useViewer();
  // As text, so that it is drawn anew only when it changed.
  const text = useReading(() => JSON.stringify(rowOf(viewer, robot)));
  const { state, driver, battery, age, isStopped } = JSON.parse(text) as FleetRow;
  return (
    <tr aria-current={isChosen} data-tone={isStopped ? "bad" : "plain"}>
      <th scope="row">
        <UnstyledButton className="inline-link" onClick={() => viewer.chosenRobot.set(robot)}>
          {robot}
        </UnstyledButton>
      </th>
      <td>{state}</td>
      <td>{driver}</td>
      <td className="figure">{battery}</td>
      <td className="figure">{age}</td>
    </tr>
  );
}

type FleetRow = { state: string; driver: string; battery: string; age: string; isStopped: boolean };

function rowOf(viewer: Viewer, robot: string): FleetRow {
  const { store, state } = viewer;
  const control = store.status.get()?.control.find((one) => one.robot === robot);
  const isStopped = control?.stopped != null;
  const { can } = control ?? {};
  const isReady = can !== undefined && (can.jointPosition || can.twist || can.navigate === true);
  const properties = ownValue(store.things.get(), robot)?.properties ?? {};
  const charge: unknown = ownValue(properties, "battery/percentage")?.reported?.value;
  const battery = typeof charge === "number" ? `${Math.round(charge * 100)} %` : "–";
  const ageMs = newestAge(viewer, robot, state.moment());
  const age = ageMs === null ? "–" : formatAge(ageMs);
  return {
    state: isStopped ? "stopped" : isReady ? "ready" : "not drivable",
    driver: control?.lease?.holder ?? "nobody",
    ...{ battery, age, isStopped },
  };
}

/** Of the newest number of its joints and its base; null: nothing ever came. */
function newestAge({ store }: Viewer, robot: string, timeMs: number | null): number | null {
  const columns = store.motion.facet(robot, "reported");
  if (columns === undefined || timeMs === null) return null;
  const all = [...columns.joints.values()].map(({ position }) => position ?? -1);
  const ages = [columns.basePose, ...all]
    .filter((column) => column >= 0)
    .map((column) => store.motion.ageMs(column, timeMs))
    .filter((age) => age >= 0);
  return ages.length === 0 ? null : Math.min(...ages);
}
