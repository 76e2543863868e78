import { isObject } from "../../client/message-checks.ts";
import { type Facet, facets } from "../../core/quality.ts";
import type { Result } from "../../core/result.ts";
import type { PlotLine } from "../plots/plot-line.ts";
import { mostLines } from "../plots/plot-lines.ts";
import type { AngleUnit } from "../store/format.ts";
import {
  highestBottom,
  highestShare,
  type Layers,
  layerNames,
  lowestBottom,
  lowestShare,
  narrowestPanel,
  widestPanel,
} from "../store/settings.ts";
import { leastSpanMs, mostSpanMs } from "../time/time-range.ts";
import { mostShown } from "../topics/topic-desk.ts";
import { checkedLook, type TopicLookRow } from "../topics/topic-looks.ts";
import { Fields } from "./fields.ts";

/** x, y, z in m. */
export type Triple = readonly [number, number, number];

export const viewPresets = ["fit", "front", "top"] as const;

export type ViewPreset = (typeof viewPresets)[number];

/** From where the camera looks: a preset, or two points, relative to the base of the robot while it follows that. */
export type LayoutView =
  | { follow: boolean; preset: ViewPreset }
  | { follow: boolean; position: Triple; target: Triple };

/** The panels beside the first one, and how large they are. */
export type LayoutDocks = {
  /** Below the first panel, and beneath the 3D view; null: none. */
  lower: string | null;
  bottom: string | null;
  /** Percent of the column's height. */
  lowerShare: number;
  /** CSS pixels. */
  bottomHeight: number;
};

/** What a person arranged on the page. Nothing of it can move a robot. */
export type Layout = {
  /** Null: the 3D view alone. */
  panel: string | null;
  /** CSS pixels. */
  panelWidth: number;
  /** Absent: there is the first panel alone. */
  docks?: LayoutDocks | undefined;
  /** Null: whichever robot there is. */
  robot: string | null;
  /** Null: there was no 3D view. */
  view: LayoutView | null;
  layers: Layers;
  angles: AngleUnit;
  plots: readonly PlotLine[];
  /** How much time the timeline and the plots show, ms. */
  spanMs: number;
  topics: readonly string[];
  /** How those of them look that do not look as usual. */
  looks: readonly TopicLookRow[];
};

/** A layout as JSON, in a file, a link and the browser's storage: layers by the names of those that are on, a line as a row. */
export type LayoutJson = Omit<Layout, "layers" | "plots"> & {
  layers: string[];
  plots: (readonly [string, string, string, number, Facet, string])[];
};

export const mostNameLength = 64;

/** A layout's name as it is kept: without space at its ends; null where it is empty, too long or has control characters. */
export function layoutName(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const name = text.trim();
  return name === "" || name.length > mostNameLength || /\p{C}/u.test(name) ? null : name;
}

export function toLayoutJson(layout: Layout): LayoutJson {
  return {
    ...layout,
    layers: layerNames.filter((name) => layout.layers[name]),
    plots: layout.plots.map(
      ({ name, thing, path, component, facet, unit }) => [name, thing, path, component, facet, unit] as const,
    ),
  };
}

const keys = ["panel", "panelWidth", "robot", "view", "layers", "angles", "plots", "spanMs", "topics"];
const mostText = 300;
const mostUnit = 32;
/** m; far beyond any scene. */
const farthest = 1e5;
/** Of a pose: seven numbers. */
const lastComponent = 6;

/** Takes a layout that somebody else wrote, whole or not at all. `panels`: the names of those that the page has. */
export function readLayout(value: unknown, panels: readonly string[]): Result<Layout> {
  const fields = new Fields(value, "layout", keys, ["looks", "docks"]);
  const layout: Layout = {
    panel: fields.nullOr("panel", (one) => fields.oneOf("panel", one, panels)),
    panelWidth: fields.number("panelWidth", fields.get("panelWidth"), narrowestPanel, widestPanel),
    ...(fields.get("docks") === undefined ? {} : { docks: readDocks(fields, panels) }),
    robot: fields.nullOr("robot", (one) => fields.text("robot", one, mostText)),
    view: fields.nullOr("view", (one) => readView(fields, one)),
    layers: readLayers(fields),
    angles: fields.oneOf("angles", fields.get("angles"), ["rad", "deg"]),
    plots: fields.list("plots", mostLines, (row, path) => readLine(fields, row, path)),
    spanMs: fields.number("spanMs", fields.get("spanMs"), leastSpanMs, mostSpanMs),
    topics: fields.list("topics", mostShown, (one, path) => {
      const topic = fields.text(path, one, mostText);
      if (!/^\/[\w/~]+$/.test(topic)) fields.fault("is not the name of a topic", path);
      return topic;
    }),
    // Layouts of before have none.
    looks:
      fields.get("looks") === undefined
        ? []
        : fields.list("looks", mostShown, (row, path) => readLook(fields, row, path)),
  };
  return fields.refusal ?? { ok: true, value: layout };
}

function readDocks(fields: Fields, panels: readonly string[]): LayoutDocks {
  const docks = new Fields(fields.get("docks"), "docks", ["lower", "bottom", "lowerShare", "bottomHeight"]);
  const panelOf = (key: string) => docks.nullOr(key, (one) => docks.oneOf(key, one, panels));
  const read = {
    lower: panelOf("lower"),
    bottom: panelOf("bottom"),
    lowerShare: docks.number("lowerShare", docks.get("lowerShare"), lowestShare, highestShare),
    bottomHeight: docks.number("bottomHeight", docks.get("bottomHeight"), lowestBottom, highestBottom),
  };
  if (docks.refusal !== null) fields.fault("is not known here", `docks.${docks.refusal.path}`);
  return read;
}

function readLayers(fields: Fields): Layers {
  const shown = fields.list("layers", layerNames.length, (one, path) => fields.oneOf(path, one, layerNames));
  const isShown = (name: keyof Layers): boolean => shown.includes(name);
  return Object.fromEntries(layerNames.map((name) => [name, isShown(name)])) as Layers;
}

function readView(fields: Fields, value: unknown): LayoutView {
  const isFree = isObject(value) && "position" in value;
  const view = new Fields(value, "view", isFree ? ["follow", "position", "target"] : ["follow", "preset"]);
  const follow = view.boolean("follow");
  const read: LayoutView = isFree
    ? { follow, position: readTriple(view, "position"), target: readTriple(view, "target") }
    : { follow, preset: view.oneOf("preset", view.get("preset"), viewPresets) };
  if (view.refusal !== null) fields.fault("is no view of this page", `view.${view.refusal.path}`);
  return read;
}

function readTriple(view: Fields, key: string): Triple {
  const numbers = view.list(key, 3, (one, path) => view.number(path, one, -farthest, farthest));
  const [x, y, z] = numbers;
  if (x !== undefined && y !== undefined && z !== undefined) return [x, y, z];
  view.fault("has fewer than three numbers", key);
  return [0, 0, 0];
}

function readLook(fields: Fields, row: unknown, path: string): TopicLookRow {
  const [topic, look] = Array.isArray(row) && row.length === 2 ? row : [null, null];
  const read = isObject(look) ? checkedLook(look) : {};
  const isWhole = isObject(look) && Object.keys(look).every((key) => Object.hasOwn(read, key));
  if (!isWhole) fields.fault("is no look of a topic", path);
  return [fields.text(path, topic, mostText), read];
}

function readLine(fields: Fields, row: unknown, path: string): PlotLine {
  const parts: unknown[] = Array.isArray(row) ? row : [];
  const [name, thing, property, component, facet, unit] = parts;
  if (parts.length !== 6 || !Number.isInteger(component)) fields.fault("is not a line of a plot", path);
  return {
    name: fields.text(path, name, mostText),
    thing: fields.text(path, thing, mostText),
    path: fields.text(path, property, mostText),
    component: fields.number(path, component, 0, lastComponent),
    facet: fields.oneOf(path, facet, facets),
    unit: fields.text(path, unit, mostUnit),
  };
}
