import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { jointThing } from "../../core/joint-thing.ts";
import { ownValue } from "../../core/own-value.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";
import type { Motion } from "../store/motion.ts";
import { thingTree } from "../store/thing-tree.ts";
import type { Things } from "../store/twin-store.ts";
import { Pair } from "./pair.tsx";
import { namedProperties, PropertyList, withLiveJoints } from "./property-list.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

const mostShown = 200;
/** Deeper things stand no further in: a panel is narrow. */
const deepestShown = 9;

/** `rover/joint/elbow` → `elbow`: the tree shows whose it is. */
function shortName(id: string): string {
  return /^[^/]+\/(?:link|joint)\/(.+)$/.exec(id)?.[1] ?? id;
}

/** All things of the twin, and of one of them everything that is known. */
export function GraphPanel() {
  const things = useSignal(useViewer().store.things);
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const thing = chosen === null ? undefined : ownValue(things, chosen);
  if (chosen !== null && thing) {
    return <ThingView id={chosen} thing={thing} go={setChosen} known={(id) => Object.hasOwn(things, id)} />;
  }
  // Found by a name, a thing is alone; else in its place in the tree.
  const lines = thingTree(things)
    .filter(({ id }) => id.toLowerCase().includes(filter.toLowerCase()))
    .map((line) => (filter === "" ? line : { ...line, depth: 0 }));
  return (
    <>
      <TextInput
        size="xs"
        mb={8}
        aria-label="Find a thing"
        placeholder={`Find among ${Object.keys(things).length} things`}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <ul className="things" aria-label="Things">
        {lines.slice(0, mostShown).map(({ id, depth }) => (
          <li key={id} style={{ paddingLeft: Math.min(depth, deepestShown) * 14 }}>
            <UnstyledButton className="thing" title={id} onClick={() => setChosen(id)}>
              <small>{ownValue(things, id)?.type}</small> {filter === "" ? shortName(id) : id}
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {lines.length > mostShown && (
        <Text size="xs">and {lines.length - mostShown} more: narrow the search</Text>
      )}
    </>
  );
}

type ThingProps = {
  id: string;
  thing: ThingJson;
  go: (id: string | null) => void;
  known: (id: string) => boolean;
};

function ThingView({ id, thing, go, known }: ThingProps) {
  const viewer = useViewer();
  const things = useSignal(viewer.store.things);
  const link = /^(.+?)\/link\/(.+)$/.exec(id);
  return (
    <>
      <UnstyledButton className="inline-link" onClick={() => go(null)}>
        ‹ All things
      </UnstyledButton>
      <h3 className="thing-title">
        <small>{thing.type}</small> {id}
      </h3>
      {link?.[1] !== undefined && link[2] !== undefined && (
        <UnstyledButton className="inline-link" onClick={() => viewer.select(link[1] ?? "", link[2] ?? null)}>
          Show in 3D
        </UnstyledButton>
      )}
      <dl className="details">
        {Object.entries(thing.definition)
          .filter(([, value]) => typeof value !== "object")
          .map(([name, value]) => (
            <Pair key={name} name={name} value={String(value)} />
          ))}
      </dl>
      {thing.relationships.length > 0 && (
        <ul className="things" aria-label="Relationships">
          {thing.relationships.map(({ name, target }) => (
            <li key={name + target}>
              <UnstyledButton className="thing" disabled={!known(target)} onClick={() => go(target)}>
                <small>{name}</small> {target}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      <PropertyList properties={propertiesOf(id, thing, things, viewer.store.motion)} />
    </>
  );
}

/** A thing's properties; of a joint those that its robot has of it, since a robot's values are with the robot. */
function propertiesOf(id: string, thing: ThingJson, things: Things, motion: Motion) {
  const joint = jointThing(id, thing.type);
  if (joint !== null) {
    const { robot, prefix } = joint;
    const all = Object.entries(ownValue(things, robot)?.properties ?? {}).filter(([path]) =>
      path.startsWith(prefix),
    );
    return withLiveJoints(robot, namedProperties(Object.fromEntries(all), prefix), motion);
  }
  return withLiveJoints(id, namedProperties(thing.properties), motion);
}
