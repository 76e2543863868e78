import { type Facet, facets } from "../../core/quality.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";
import type { Things } from "../store/twin-store.ts";

/** One number of the graph over time, in one facet. `name` is that of its series in the history. */
export type PlotLine = {
  name: string;
  thing: string;
  path: string;
  /** Which number of a pose or twist; 0 for a plain number. */
  component: number;
  facet: Facet;
  unit: string;
};

const poseParts = ["x", "y", "z", "qx", "qy", "qz", "qw"];
const twistParts = ["linear.x", "linear.y", "linear.z", "angular.x", "angular.y", "angular.z"];
const poseUnits = ["m", "m", "m", "", "", "", ""];
const twistUnits = ["m/s", "m/s", "m/s", "rad/s", "rad/s", "rad/s"];

export function lineKey({ name, facet }: PlotLine): string {
  return `${name} ${facet}`;
}

/** The line of a recorded number of a topic, by its series `topics/<topic>/<field>`. */
export function recordedLine(series: string): PlotLine {
  const [thing = ""] = series.split("/");
  const path = series.slice(thing.length + 1);
  return { name: series, thing, path, component: 0, facet: "reported", unit: "" };
}

/** Every number that the graph has now, sorted by name. */
export function plottable(things: Things): PlotLine[] {
  const lines = Object.entries(things).flatMap(([id, thing]) => linesOf(id, thing));
  return lines.sort(
    (a, b) => a.name.localeCompare(b.name) || facets.indexOf(a.facet) - facets.indexOf(b.facet),
  );
}

function linesOf(thing: string, { properties }: ThingJson): PlotLine[] {
  const lines: PlotLine[] = [];
  for (const [path, property] of Object.entries(properties)) {
    for (const facet of facets) {
      const value: unknown = property[facet]?.value;
      const name = `${thing}/${path}`;
      if (typeof value === "number")
        lines.push({ name, thing, path, component: 0, facet, unit: property.unit });
      else if (isRecord(value) && "quaternion" in value) {
        poseParts.forEach((part, component) => {
          lines.push({
            name: `${name}.${part}`,
            thing,
            path,
            component,
            facet,
            unit: poseUnits[component] ?? "",
          });
        });
      } else if (isRecord(value) && "angular" in value) {
        twistParts.forEach((part, component) => {
          lines.push({
            name: `${name}.${part}`,
            thing,
            path,
            component,
            facet,
            unit: twistUnits[component] ?? "",
          });
        });
      }
    }
  }
  return lines;
}

/** The lines whose names hold every word of `text`, whatever its case and order. */
export function found(lines: readonly PlotLine[], text: string, most: number): PlotLine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const hits: PlotLine[] = [];
  for (const line of lines) {
    const name = lineKey(line).toLowerCase();
    if (!words.every((word) => name.includes(word))) continue;
    hits.push(line);
    if (hits.length === most) break;
  }
  return hits;
}

/** A number of a pose or a twist by its place in the frames' order; undefined where there is none. */
export function componentOf(value: unknown, component: number): number | undefined {
  if (typeof value === "number") return value;
  if (!isRecord(value)) return undefined;
  const parts = "quaternion" in value ? [value.position, value.quaternion] : [value.linear, value.angular];
  const number: unknown = parts.flat()[component];
  return typeof number === "number" ? number : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** What was stored by an earlier page, taken item by item. */
export function readLines(stored: unknown): PlotLine[] {
  if (!Array.isArray(stored)) return [];
  return stored.filter(
    (one: unknown): one is PlotLine =>
      isRecord(one) &&
      [one.name, one.thing, one.path, one.unit].every((text) => typeof text === "string") &&
      typeof one.component === "number" &&
      facets.some((facet) => facet === one.facet),
  );
}
