import { UnstyledButton } from "@mantine/core";
import { jointThing } from "../../../core/joint-thing.ts";
import { ownValue } from "../../../core/own-value.ts";
import type { ThingJson } from "../../../protocol/state-messages.ts";
import type { Motion } from "../../store/motion.ts";
import type { Things } from "../../store/twin-store.ts";
import { Pair } from "../pair.tsx";
import { namedProperties, PropertyList, withLiveJoints } from "../property-list.tsx";
import { useSignal, useViewer } from "../viewer-context.ts";
import { selectThing } from "./select-thing.ts";

type ThingProps = {
  id: string;
  thing: ThingJson;
  /** Shows another thing. */
  go: (id: string) => void;
};

/** Everything that is known of one thing. */
export function ThingView({ id, thing, go }: ThingProps) {
  const viewer = useViewer();
  const things = useSignal(viewer.store.things);
  return (
    <>
      <h3 className="thing-title">
        <small>{thing.type}</small> {id}
      </h3>
      {thing.type === "link" && (
        <UnstyledButton className="inline-link" onClick={() => selectThing(viewer, id)}>
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
              <UnstyledButton
                className="thing"
                disabled={!Object.hasOwn(things, target)}
                onClick={() => go(target)}
              >
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
