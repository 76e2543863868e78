import { UnstyledButton } from "@mantine/core";
import { ownValue } from "../../../core/own-value.ts";
import type { Diagram, DiagramNode } from "../../diagram/twin-diagram.ts";
import { namedProperties, PropertyList, withLiveJoints } from "../property-list.tsx";
import { SourceCard } from "../sources-panel.tsx";
import { useSignal, useViewer } from "../viewer-context.ts";
import { ThingView } from "./thing-view.tsx";

type DetailsProps = { node: DiagramNode; diagram: Diagram; go: (id: string) => void };

/** What is known of a box: of a thing everything, of a topic its values, of a connection how it is. */
export function NodeDetails({ node, diagram, go }: DetailsProps) {
  const { store } = useViewer();
  const things = useSignal(store.things);
  const status = useSignal(store.status);
  const { id, thing, paths, label, kind } = node;
  if (thing === id) {
    const known = ownValue(things, id);
    if (known === undefined) return <h3 className="thing-title">{label} has gone</h3>;
    return <ThingView id={id} thing={known} go={go} />;
  }
  const source = kind === "connection" ? status?.sources.find(({ name }) => name === paths[0]) : undefined;
  const properties = thing === null ? {} : (ownValue(things, thing)?.properties ?? {});
  const named = namedProperties(
    Object.fromEntries(Object.entries(properties).filter(([path]) => paths.includes(path))),
  );
  const ends = diagram.edges
    .filter(({ from, kind: edge }) => from === id && edge !== "part")
    .map(({ to }) => to);
  return (
    <>
      <h3 className="thing-title">
        <small>{kind}</small> {label}
      </h3>
      {source !== undefined && (
        <ul className="cards">
          <SourceCard source={source} />
        </ul>
      )}
      {ends.length > 0 && (
        <ul className="things" aria-label="Fed by it">
          {ends.map((end) => (
            <li key={end}>
              <UnstyledButton className="thing" onClick={() => go(end)}>
                <small>feeds</small> {diagram.nodes.get(end)?.label ?? end}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      {thing !== null && <PropertyList properties={withLiveJoints(thing, named, store.motion)} />}
    </>
  );
}
