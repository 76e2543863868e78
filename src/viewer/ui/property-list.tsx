import type { JointColumns } from "../../client/column-index.ts";
import type { PropertyJson, RegisterJson } from "../../protocol/state-messages.ts";
import { formatAge, formatQuantity, formatValue } from "../store/format.ts";
import type { Motion } from "../store/motion.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** `column` gives where a motion's newest value stands: the stream brings it by frames, not as a property. */
type Named = { path: string; label: string; property: PropertyJson; column?: (() => number) | undefined };

/** Properties with value, unit, age and quality; what was asked for is beside what is. */
export function PropertyList({ properties }: { properties: readonly Named[] }) {
  return (
    <ul className="properties">
      {properties.map(({ path, label, property, column }) => (
        <li key={path} data-quality={property.reported?.quality ?? "none"}>
          <span className="property-name">{label}</span>
          {column === undefined ? (
            <>
              <Value register={property.reported ?? property.estimated} unit={property.unit} />
              <Age register={property.reported ?? property.estimated} />
            </>
          ) : (
            <Live column={column} unit={property.unit} />
          )}
          {property.desired && (
            <span className="property-desired figure">
              asked: <Value register={property.desired} unit={property.unit} /> {property.desired.state}
            </span>
          )}
          {property.reported?.reason !== undefined && (
            <span className="property-reason">
              {property.reported.quality}: {property.reported.reason}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A number of the frames, with its age. */
function Live({ column, unit }: { column: () => number; unit: string }) {
  const viewer = useViewer();
  const { motion } = viewer.store;
  const { angles } = useSignal(viewer.settings);
  const value = useReading(() => {
    const number = motion.newest(column());
    return number === null ? "–" : formatQuantity(number, unit, angles);
  });
  const age = useReading(() => formatAge(motion.ageMs(column(), viewer.state.moment() ?? 0)));
  return (
    <>
      <span className="value figure">{value}</span>
      <span className="age figure">{age}</span>
    </>
  );
}

function Value({ register, unit }: { register: RegisterJson | undefined; unit: string }) {
  const { angles } = useSignal(useViewer().settings);
  return <span className="value figure">{register ? formatValue(register.value, unit, angles) : "–"}</span>;
}

function Age({ register }: { register: RegisterJson | undefined }) {
  const viewer = useViewer();
  const text = useReading(() => {
    const timeMs = viewer.state.moment();
    return timeMs === null || !register ? "–" : formatAge(Math.max(0, timeMs - register.received));
  });
  return (
    <span
      className="age figure"
      data-freshness={!register || register.quality === "good" ? "fresh" : "stale"}
    >
      {text}
    </span>
  );
}

/** A thing's properties in order of their paths, named without `prefix`. */
export function namedProperties(properties: Record<string, PropertyJson>, prefix = ""): Named[] {
  return Object.entries(properties)
    .map(([path, property]) => ({
      path,
      label: path.startsWith(prefix) ? path.slice(prefix.length) : path,
      property,
    }))
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** The numbers of one robot's joints among `named` are read from the frames, where they are newest. */
export function withLiveJoints(robot: string, named: readonly Named[], motion: Motion): Named[] {
  return named.map((one) => {
    const [, joint, leaf] = /^joint\/(.+)\/(position|velocity|effort)$/.exec(one.path) ?? [];
    if (joint === undefined || leaf === undefined) return one;
    const column = (): number => {
      const columns = motion.facet(robot, "reported")?.joints.get(joint);
      return columns?.[leaf as keyof JointColumns] ?? -1;
    };
    return { ...one, column };
  });
}
