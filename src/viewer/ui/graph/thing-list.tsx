import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { ownValue } from "../../../core/own-value.ts";
import { thingTree } from "../../store/thing-tree.ts";
import { useSignal, useViewer } from "../viewer-context.ts";
import { selectedThings, selectThing } from "./select-thing.ts";
import { ThingView } from "./thing-view.tsx";

const mostShown = 200;
/** Deeper things stand no further in: a panel is narrow. */
const deepestShown = 9;

/** `rover/joint/elbow` → `elbow`: the tree shows whose it is. */
function shortName(id: string): string {
  return /^[^/]+\/(?:link|joint)\/(.+)$/.exec(id)?.[1] ?? id;
}

/** All things of the twin as a tree, and of one of them everything that is known. */
export function ThingList() {
  const viewer = useViewer();
  const things = useSignal(viewer.store.things);
  const selected = selectedThings(useSignal(viewer.selection));
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const thing = chosen === null ? undefined : ownValue(things, chosen);
  const go = (id: string): void => {
    selectThing(viewer, id);
    setChosen(id);
  };
  if (chosen !== null && thing) {
    return (
      <>
        <UnstyledButton className="inline-link" onClick={() => setChosen(null)}>
          ‹ All things
        </UnstyledButton>
        <ThingView id={chosen} thing={thing} go={go} />
      </>
    );
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
            <UnstyledButton
              className="thing"
              title={id}
              aria-pressed={selected.includes(id)}
              onClick={() => go(id)}
            >
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
