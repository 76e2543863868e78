import { ownValue } from "../../../core/own-value.ts";
import type { Selection, Viewer } from "../../viewer.ts";

/** Selects a thing everywhere: a robot for the panels, a link or the link that a joint moves in 3D as well. */
export function selectThing(viewer: Viewer, id: string): void {
  const thing = ownValue(viewer.store.things.get(), id);
  if (thing === undefined) return;
  if (thing.type === "robot") {
    viewer.chosenRobot.set(id);
    return;
  }
  const moved = thing.relationships.find(({ name }) => name === "childLink")?.target;
  const [, robot, link] = /^(.+?)\/link\/(.+)$/.exec(thing.type === "joint" ? (moved ?? "") : id) ?? [];
  if (robot !== undefined && link !== undefined) viewer.select(robot, link);
}

/** The things that are selected: the joint, and the link that it moves. */
export function selectedThings(selection: Selection | null): readonly string[] {
  if (selection === null) return [];
  const { robot, link, joint } = selection;
  return joint === null ? [`${robot}/link/${link}`] : [`${robot}/joint/${joint}`, `${robot}/link/${link}`];
}
