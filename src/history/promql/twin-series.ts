import type { SeriesInfo } from "../history-query.ts";
import { type Labels, labelsOf, metricLabel } from "./labels.ts";
import { type Matcher, matchesAll } from "./matcher.ts";

/** The metric under which every number of the history stands. */
export const twinMetric = "twin_property";

/** A stored series and the labels under which it is found. */
export type LabelledSeries = { info: SeriesInfo; labels: Labels };

/**
 * The labels of a stored series. `thing`, `path` and `facet` name it; `path` ends in the name of the number where a
 * property has several, as `base/pose.x`. The others come from them: `robot`, `joint`, `link`, `device`, `quantity` (what
 * is left of the path), and `unit`.
 */
export function labelsOfSeries(info: SeriesInfo): Labels {
  const { thing, facet, unit, name } = info;
  const path = name.startsWith(`${thing}/`) ? name.slice(thing.length + 1) : info.path;
  const [kind = "", owner = "", ...rest] = path.split("/");
  const isOwned = ["joint", "link", "device"].includes(kind) && rest.length > 0;
  return labelsOf([
    [metricLabel, twinMetric],
    ["thing", thing],
    ["path", path],
    ["facet", facet],
    ["unit", unit],
    ["robot", thing.startsWith("device/") ? "" : thing.replace(/\/(?:link|joint)\/.*$/, "")],
    [isOwned ? kind : "", isOwned ? owner : ""],
    ["quantity", isOwned ? rest.join("/") : path],
  ]);
}

/** Numbers among `all` that all of `matchers` accept. */
export function matchingSeries(
  all: readonly LabelledSeries[],
  matchers: readonly Matcher[],
): LabelledSeries[] {
  return all.filter(({ labels }) => matchesAll(matchers, labels));
}
