import { Signal } from "../../client/signal.ts";
import { storedList } from "../store/stored-list.ts";
import { lineKey, type PlotLine, readLines } from "./plot-line.ts";

const storageKey = "twinbridge.plots";
/** More lines in one picture tell nobody anything. */
export const mostLines = 24;

/** The lines that a person plots, kept for the next visit in this browser. */
export function storedPlotLines(storage: Storage): Signal<readonly PlotLine[]> {
  const signal = new Signal<readonly PlotLine[]>(
    readLines(storedList(storage, storageKey)).slice(0, mostLines),
  );
  signal.subscribe(() => storage.setItem(storageKey, JSON.stringify(signal.get())));
  return signal;
}

/** `lines` and those of `more` that are not among them, up to as many as one plot holds. */
export function withLines(lines: readonly PlotLine[], more: readonly PlotLine[]): readonly PlotLine[] {
  const known = new Set(lines.map(lineKey));
  const fresh = more.filter((line) => !known.has(lineKey(line)));
  return fresh.length === 0 ? lines : [...lines, ...fresh].slice(0, mostLines);
}
