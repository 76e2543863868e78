import { RE2JS } from "re2js";
import { type Labels, labelsOf } from "./labels.ts";
import { QueryFault } from "./query-fault.ts";
import { joinedSeries, sameLabels, type Vector, type VectorSeries } from "./value.ts";

const maxPatternLength = 1024;

/** `label_replace(v, dst, replacement, src, regex)`; `texts` are all but the vector. */
export function* replaceLabel(vector: Vector, texts: readonly string[]): Generator<void, Vector> {
  const [target = "", replacement = "", source = "", regex = ""] = texts;
  requireName(target, "label_replace");
  if (regex.length > maxPatternLength) {
    throw new QueryFault(
      "execution",
      `invalid regular expression in label_replace(): longer than ${maxPatternLength}`,
    );
  }
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(`^(?s:${regex})$`);
  } catch {
    throw new QueryFault("execution", `invalid regular expression in label_replace(): ${regex}`);
  }
  return yield* relabelled(vector, (labels) => {
    const matcher = pattern.matcher(labels.get(source) ?? "");
    if (!matcher.matches()) return labels;
    const group = (name: string): string => {
      try {
        return (/^\d+$/.test(name) ? matcher.group(Number(name)) : matcher.group(name)) ?? "";
      } catch {
        return "";
      }
    };
    const value = replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced, bare) =>
      all === "$$" ? "$" : group(braced ?? bare),
    );
    return withLabel(labels, target, value);
  });
}

/** `label_join(v, dst, separator, src…)`. */
export function* joinLabels(vector: Vector, texts: readonly string[]): Generator<void, Vector> {
  const [target = "", separator = "", ...sources] = texts;
  requireName(target, "label_join");
  return yield* relabelled(vector, (labels) =>
    withLabel(labels, target, sources.map((name) => labels.get(name) ?? "").join(separator)),
  );
}

function withLabel(labels: Labels, name: string, value: string): Labels {
  return labelsOf([...[...labels].filter(([other]) => other !== name), [name, value]]);
}

function* relabelled(vector: Vector, relabel: (labels: Labels) => Labels): Generator<void, Vector> {
  const series: VectorSeries[] = [];
  for (const one of vector.series) {
    yield;
    series.push({ ...one, labels: relabel(one.labels) });
  }
  return { type: "vector", series: yield* joinedSeries(series, sameLabels) };
}

function requireName(name: string, of: string): void {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return;
  throw new QueryFault("execution", `invalid destination label name in ${of}(): ${name}`);
}
