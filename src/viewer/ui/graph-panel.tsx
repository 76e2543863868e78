import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { ownValue } from "../../core/own-value.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";
import { namedProperties, PropertyList } from "./property-list.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

const mostShown = 200;

/** All things of the twin, and of one of them everything that is known. */
export function GraphPanel() {
  const things = useSignal(useViewer().store.things);
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const thing = chosen === null ? undefined : ownValue(things, chosen);
  if (chosen !== null && thing) {
    return <ThingView id={chosen} thing={thing} go={setChosen} known={(id) => Object.hasOwn(things, id)} />;
  }
  const ids = Object.keys(things)
    .filter((id) => id.toLowerCase().includes(filter.toLowerCase()))
    .sort();
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
      <ul className="things">
        {ids.slice(0, mostShown).map((id) => (
          <li key={id}>
            <UnstyledButton className="thing" onClick={() => setChosen(id)}>
              <small>{ownValue(things, id)?.type}</small> {id}
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {ids.length > mostShown && <Text size="xs">and {ids.length - mostShown} more: narrow the search</Text>}
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
      <PropertyList properties={namedProperties(thing.properties)} />
    </>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
