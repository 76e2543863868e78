import { Button, Group, Text } from "@mantine/core";
import { useEffect } from "react";
import { odometryFrame } from "../store/floor-frame.ts";
import { newItem, type SceneItem } from "../store/surroundings.ts";
import { SceneItemFields } from "./scene-item-fields.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

const kinds = [
  { what: "box", label: "+ Box" },
  { what: "cylinder", label: "+ Cylinder" },
  { what: "sphere", label: "+ Sphere" },
  { what: "keepout", label: "+ Keep-out area" },
] as const;

/** How far before the robot a new object is put, m. */
const beforeRobot = 0.8;

/** The surroundings: what robots must not hit, and where they must not go. */
export function ScenePanel() {
  const viewer = useViewer();
  const { scene } = viewer.hands;
  const items = useSignal(scene.items);
  const problem = useSignal(scene.problem);
  const removed = useSignal(scene.removed);
  const chosen = useSignal(scene.chosen);
  const isPast = useSignal(viewer.driver.block) !== null;
  useEffect(() => {
    void scene.refresh();
    viewer.hands.editScene(true);
    return () => viewer.hands.editScene(false);
  }, [scene, viewer]);
  const add = (what: (typeof kinds)[number]["what"]) => {
    const frame = odometryFrame(viewer.store, viewer.chosenRobot.get() ?? "");
    // Beside a robot that stands still its root link is the floor.
    const { x, y, yaw } = frame === null ? { x: 0, y: 0, yaw: 0 } : viewer.hands.basePlace();
    const at = { x: x + beforeRobot * Math.cos(yaw), y: y + beforeRobot * Math.sin(yaw), frame };
    scene.add(newItem(what, new Set(items?.map(({ id }) => id)), at));
  };
  return (
    <div className="poses">
      <output aria-live="polite" aria-label="Surroundings, what happened">
        {problem !== null && (
          <Text size="xs" className={items === null ? "dim" : "refusal"}>
            {problem}
          </Text>
        )}
        {removed !== null && items !== null && (
          <Group gap={8} mt={4}>
            <Text size="xs">“{removed.id}” was removed.</Text>
            <Button size="compact-xs" variant="default" onClick={() => scene.undo()}>
              Undo
            </Button>
          </Group>
        )}
      </output>
      {items !== null && (
        <>
          <Group gap={6} mb={8}>
            {kinds.map(({ what, label }) => (
              <Button
                key={what}
                size="compact-xs"
                variant="default"
                disabled={isPast}
                aria-label={`Add ${what === "keepout" ? "a keep-out area" : `a ${what}`}`}
                onClick={() => add(what)}
              >
                {label}
              </Button>
            ))}
          </Group>
          {items.length === 0 && (
            <Text size="xs" c="dimmed">
              Nothing is known around the robot. Motions are checked against the robot itself alone.
            </Text>
          )}
          <ul className="pose-list" aria-label="Surroundings">
            {items.map((item) => (
              <ItemRow key={item.id} item={item} isChosen={item.id === chosen} isPast={isPast} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function ItemRow({ item, isChosen, isPast }: { item: SceneItem; isChosen: boolean; isPast: boolean }) {
  const { scene } = useViewer().hands;
  return (
    <li className="scene-row" aria-label={item.id} data-chosen={isChosen}>
      <div className="pose-row">
        <button
          type="button"
          className="plain-button"
          aria-expanded={isChosen}
          onClick={() => scene.chosen.set(isChosen ? null : item.id)}
        >
          {item.id}
          <small className="dim"> {words(item)}</small>
        </button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={isPast || item.isFixed}
          title={item.isFixed ? "It is in twin.yaml, which alone changes it" : undefined}
          aria-label={`Remove ${item.id}`}
          onClick={() => scene.remove(item.id)}
        >
          Remove
        </Button>
      </div>
      {isChosen && !isPast && !item.isFixed && <SceneItemFields item={item} />}
    </li>
  );
}

function words({ shape, isKeepOut, isFixed, attach, frame }: SceneItem): string {
  const form = shape.kind === "other" ? shape.name : shape.kind;
  const what = isKeepOut ? `keep-out area (${form})` : form;
  const where = attach !== null ? `, carried by ${attach}` : frame === null ? "" : `, in ${frame}`;
  return `${what}${where}${isFixed ? ", of twin.yaml" : ""}`;
}
