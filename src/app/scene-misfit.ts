import { listedNames } from "../core/listed-names.ts";
import { didYouMean } from "../core/near-word.ts";
import type { SceneItem } from "../protocol/scene.ts";
import type { RobotModel } from "../robot/model.ts";

/**
 * Why an attached object fits none of the robots that it is there for, of those whose descriptions are known; null: it fits one, or
 * nothing is known of them yet.
 */
export function sceneMisfit(
  robots: ReadonlyMap<string, { readonly model: RobotModel | null }>,
  { id, attach, robot }: SceneItem,
): string | null {
  if (attach === undefined) return null;
  const meant = [...robots].filter(([name]) => robot === undefined || name === robot);
  const links = meant.map(([, { model }]) => model?.links ?? null);
  if (links.length === 0 || links.some((names) => names === null || names.includes(attach))) return null;
  const known = links.flatMap((names) => names ?? []);
  return `object "${id}": ${listedNames(meant.map(([name]) => name))} has no link "${attach}"${didYouMean(attach, known)}`;
}
