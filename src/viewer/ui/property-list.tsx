import type { PropertyJson, RegisterJson } from "../../protocol/state-messages.ts";
import { formatAge, formatValue } from "./format.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

type Named = { path: string; label: string; property: PropertyJson };

/** Properties with value, unit, age and quality; what was asked for stands beside what is. */
export function PropertyList({ properties }: { properties: readonly Named[] }) {
  return (
    <ul className="properties">
      {properties.map(({ path, label, property }) => (
        <li key={path} data-quality={property.reported?.quality ?? "none"}>
          <span className="property-name">{label}</span>
          <Value register={property.reported ?? property.estimated} unit={property.unit} />
          <Age register={property.reported ?? property.estimated} />
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

function Value({ register, unit }: { register: RegisterJson | undefined; unit: string }) {
  const { angles } = useSignal(useViewer().settings);
  return <span className="value figure">{register ? formatValue(register.value, unit, angles) : "–"}</span>;
}

function Age({ register }: { register: RegisterJson | undefined }) {
  const viewer = useViewer();
  const text = useReading(() => {
    const timeMs = viewer.state.serverTime();
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
