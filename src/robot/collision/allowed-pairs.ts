import type { RobotModel } from "../model.ts";
import { jointKind } from "../model-arrays.ts";

/** Two links; the order does not matter. */
export type LinkNames = { link1: string; link2: string };

export type PairRules = {
  disabledPairs?: readonly LinkNames[];
  disabledLinks?: readonly string[];
  enabledPairs?: readonly LinkNames[];
};

/**
 * The pairs of links to be checked, in the model's order: not of one body, not of bodies that a joint joins, not
 * disabled. A body is a link with all that fixed joints join to it. `unknown` are names in the rules that
 * the model does not have.
 */
export function allowedLinkPairs(
  model: RobotModel,
  { disabledPairs = [], disabledLinks = [], enabledPairs = [] }: PairRules,
): { pairs: [number, number][]; unknown: string[] } {
  const count = model.links.length;
  const body = bodiesOf(model);
  const unknown = new Set<string>();
  const indexOf = (name: string): number => {
    const index = model.linkIndex.get(name);
    if (index === undefined) unknown.add(name);
    return index ?? -1;
  };
  const keyOf = (a: number, b: number): number => Math.min(a, b) * count + Math.max(a, b);
  const keysOf = (pairs: readonly LinkNames[]): Set<number> => {
    const places = pairs.map(({ link1, link2 }) => [indexOf(link1), indexOf(link2)] as const);
    return new Set(places.filter(([a, b]) => a >= 0 && b >= 0).map(([a, b]) => keyOf(a, b)));
  };
  const disabled = keysOf(disabledPairs);
  const enabled = keysOf(enabledPairs);
  const silent = new Set(disabledLinks.map(indexOf));
  const pairs: [number, number][] = [];
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      if (
        body[a] === body[b] ||
        bodyAbove(model, body, a) === body[b] ||
        bodyAbove(model, body, b) === body[a]
      )
        continue;
      const key = keyOf(a, b);
      if (disabled.has(key)) continue;
      if ((silent.has(a) || silent.has(b)) && !enabled.has(key)) continue;
      pairs.push([a, b]);
    }
  }
  return { pairs, unknown: [...unknown] };
}

/** The body of each link, by the first of its links: a link with all that fixed joints join to it. */
export function bodiesOf(model: RobotModel): Int32Array {
  const body = new Int32Array(model.links.length);
  for (let link = 1; link < body.length; link += 1) {
    const isFixed = model.kind[link] === jointKind.fixed;
    body[link] = isFixed ? (body[model.parent[link] ?? 0] ?? 0) : link;
  }
  return body;
}

/** The body that a joint joins the link's own to, towards the root; −1 for the root's. */
export function bodyAbove(model: RobotModel, body: Int32Array, link: number): number {
  const carrier = body[link] ?? 0;
  return carrier === 0 ? -1 : (body[model.parent[carrier] ?? 0] ?? 0);
}
