/** Labels of a series by name; an empty value is the same as none, so there is never one. The metric is `__name__`. */
export type Labels = ReadonlyMap<string, string>;

export const metricLabel = "__name__";

/** Labels from pairs; those with an empty value are left out. */
export function labelsOf(pairs: Iterable<readonly [string, string]>): Labels {
  const labels = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (value !== "") labels.set(name, value);
  }
  return labels;
}

const keys = new WeakMap<Labels, string>();

/** A text that is the same for equal labels only. */
export function labelsKey(labels: Labels): string {
  let key = keys.get(labels);
  if (key === undefined) {
    key = "";
    // With lengths, so that no text can look like two.
    for (const name of [...labels.keys()].sort()) {
      const value = labels.get(name) as string;
      key += `${name.length}:${name}${value.length}:${value}`;
    }
    keys.set(labels, key);
  }
  return key;
}

export function withoutMetric(labels: Labels): Labels {
  return without(labels, [metricLabel]);
}

export function without(labels: Labels, names: readonly string[]): Labels {
  const rest = new Map(labels);
  for (const name of names) rest.delete(name);
  return rest;
}

export function only(labels: Labels, names: readonly string[]): Labels {
  return labelsOf(names.map((name) => [name, labels.get(name) ?? ""]));
}
