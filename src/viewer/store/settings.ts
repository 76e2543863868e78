import { Signal } from "../../client/signal.ts";
import type { AngleUnit } from "./format.ts";

/** What one person likes on one browser. */
export type Settings = {
  angles: AngleUnit;
  /** How others see who drives. */
  holder: string;
  /** CSS pixels. */
  panelWidth: number;
  /** The share of the column that the lower of two panels has, percent. */
  lowerShare: number;
  /** Of the panel beneath the 3D view, CSS pixels. */
  bottomHeight: number;
  layers: Layers;
};

/** What is drawn beside the measured robot. */
export type Layers = {
  measured: boolean;
  desired: boolean;
  predicted: boolean;
  grid: boolean;
  axes: boolean;
  frames: boolean;
  collision: boolean;
  efforts: boolean;
  legend: boolean;
};

const key = "twinbridge.settings";

export const narrowestPanel = 300;
export const widestPanel = 720;
export const lowestShare = 15;
export const highestShare = 85;
export const lowestBottom = 120;
export const highestBottom = 900;

const standard: Settings = {
  angles: "rad",
  holder: "",
  panelWidth: 380,
  lowerShare: 50,
  bottomHeight: 260,
  layers: {
    measured: true,
    desired: true,
    predicted: true,
    grid: true,
    axes: true,
    frames: false,
    collision: false,
    efforts: false,
    legend: true,
  },
};

/** Settings that outlive the page. What an older version or a stranger stored is taken field by field. */
export function storedSettings(storage: Storage): Signal<Settings> {
  const signal = new Signal<Settings>(merged(read(storage)));
  signal.subscribe(() => storage.setItem(key, JSON.stringify(signal.get())));
  return signal;
}

function read(storage: Storage): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

function merged(stored: unknown): Settings {
  if (typeof stored !== "object" || stored === null) return standard;
  const settings = { ...standard, layers: { ...standard.layers } };
  if ("angles" in stored && (stored.angles === "rad" || stored.angles === "deg"))
    settings.angles = stored.angles;
  if ("holder" in stored && typeof stored.holder === "string") settings.holder = stored.holder.slice(0, 64);
  if ("panelWidth" in stored && typeof stored.panelWidth === "number")
    settings.panelWidth = stored.panelWidth;
  settings.lowerShare = numberIn(stored, "lowerShare", lowestShare, highestShare) ?? settings.lowerShare;
  settings.bottomHeight =
    numberIn(stored, "bottomHeight", lowestBottom, highestBottom) ?? settings.bottomHeight;
  if ("layers" in stored && typeof stored.layers === "object" && stored.layers !== null) {
    for (const [name, shown] of Object.entries(stored.layers)) {
      if (isLayer(name) && typeof shown === "boolean") settings.layers[name] = shown;
    }
  }
  return settings;
}

function numberIn(stored: object, key: string, least: number, most: number): number | null {
  const value: unknown = Object.hasOwn(stored, key) ? (stored as Record<string, unknown>)[key] : null;
  return typeof value === "number" && value >= least && value <= most ? value : null;
}

/** The names of all layers, in the order of the menu. */
export const layerNames = Object.keys(standard.layers).filter(isLayer);

function isLayer(name: string): name is keyof Layers {
  return Object.hasOwn(standard.layers, name);
}
