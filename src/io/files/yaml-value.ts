import { isMap, isNode, isScalar, LineCounter, parseDocument, type ScalarTag } from "yaml";
import { type Result, refused } from "../../core/result.ts";

/** A YAML text's value, and where in it a field stands. */
export type YamlValue = {
  value: unknown;
  /** Line, from 1, of the key of a field; of the nearest part around it when it is not there. */
  lineOf(path: readonly string[]): number;
};

/** How a YAML text is to be read. */
export type YamlReading = {
  /** Ints as bigint, so that 1 and 1.0 can be told apart. */
  intAsBigInt: boolean;
  /** The value of `!tag text` for the tags of units that xacro has; throws when it has none. */
  tagged(tag: string, text: string): number;
};

/** xacro's units, in SI, by their tags; a unit's text may be an expression. */
const unitFactors: ReadonlyMap<string, number> = new Map([
  ["!radians", 1],
  ["!degrees", Math.PI / 180],
  ["!meters", 1],
  ["!millimeters", 0.001],
  ["!foot", 0.3048],
  ["!inches", 0.0254],
]);

/** More aliases than this are an attack, not a file. */
const mostAliases = 100;

/**
 * Parses YAML as ROS programs do (1.1, as PyYAML). The first fault is refused with its line; tags other than units are
 * one, too.
 */
export function parseYaml(text: string, { intAsBigInt, tagged }: YamlReading): Result<YamlValue> {
  const lines = new LineCounter();
  const customTags = [...unitFactors].map(
    ([tag, factor]): ScalarTag => ({
      tag,
      resolve: (source, onError) => {
        try {
          return tagged(tag, source) * factor;
        } catch (error) {
          onError(error instanceof Error ? error.message : String(error));
          return source;
        }
      },
    }),
  );
  const document = parseDocument(text, {
    version: "1.1",
    intAsBigInt,
    customTags,
    lineCounter: lines,
    logLevel: "error",
    prettyErrors: false,
  });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) return refused(fault.message, `line ${lines.linePos(fault.pos[0]).line}`);
  const lineOf = (path: readonly string[]): number => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path[depth - 1])
        : undefined;
      if (isNode(pair?.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    return 1;
  };
  try {
    return { ok: true, value: { value: document.toJS({ maxAliasCount: mostAliases }), lineOf } };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}
