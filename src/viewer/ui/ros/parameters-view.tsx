import { Button, NativeSelect, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type {
  NodeParameter,
  ParametersAnswer,
  RosGraphAnswer,
} from "../../../protocol/topics/ros-questions.ts";
import { parameterText, typedParameter } from "../../topics/parameter-text.ts";
import { useViewer } from "../viewer-context.ts";
import { useRos } from "./use-ros.ts";

const mostShown = 300;

/** The parameters of a node, to be read, and to be set by operators. */
export function ParametersView() {
  const graph = useRos<RosGraphAnswer>("api/ros/graph", 0);
  const [node, setNode] = useState<string | null>(null);
  const path = node === null ? null : `api/ros/parameters?node=${encodeURIComponent(node)}`;
  return (
    <>
      <NativeSelect
        size="xs"
        mb={8}
        label="Node"
        data={[{ value: "", label: "Choose a node" }, ...(graph.value?.nodes ?? [])]}
        value={node ?? ""}
        onFocus={graph.again}
        onChange={(event) => setNode(event.currentTarget.value === "" ? null : event.currentTarget.value)}
      />
      {graph.problem !== null && (
        <Text size="xs" c="dimmed">
          {graph.problem}
        </Text>
      )}
      {path !== null && node !== null && <Parameters key={node} node={node} path={path} />}
    </>
  );
}

function Parameters({ node, path }: { node: string; path: string }) {
  const { value, problem, again } = useRos<ParametersAnswer>(path, 0);
  const [search, setSearch] = useState("");
  const all = value?.parameters ?? [];
  const found = all.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  return (
    <>
      <div className="ros-row">
        <TextInput
          size="xs"
          aria-label="Find a parameter"
          placeholder={`Find among ${all.length} parameters`}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" onClick={again}>
          Read again
        </Button>
      </div>
      {problem !== null && (
        <Text size="xs" className="refusal">
          {problem}
        </Text>
      )}
      {value === null && problem === null && (
        <Text size="xs" c="dimmed">
          Asking {node} …
        </Text>
      )}
      <ul className="things" aria-label="Parameters">
        {found.slice(0, mostShown).map((parameter) => (
          <Parameter
            key={`${parameter.name} ${parameterText(parameter)}`}
            node={node}
            parameter={parameter}
            again={again}
          />
        ))}
      </ul>
      {found.length > mostShown && (
        <Text size="xs">and {found.length - mostShown} more: narrow the search</Text>
      )}
    </>
  );
}

type Props = { node: string; parameter: NodeParameter; again: () => void };

function Parameter({ node, parameter, again }: Props) {
  const { ros } = useViewer().topics;
  const { name, type, description, isReadOnly, range } = parameter;
  const before = parameterText(parameter);
  const [text, setText] = useState(before);
  const [refusal, setRefusal] = useState<string | null>(null);
  const typed = typedParameter(parameter, text);
  const isFixed = isReadOnly || type === "not set" || type === "bytes";
  const fault = text !== before && "fault" in typed ? typed.fault : null;
  const set = async (): Promise<void> => {
    if ("fault" in typed) return;
    const answer = await ros.setParameter(node, name, typed.value);
    setRefusal(answer.problem);
    if (answer.problem === null) again();
  };
  const hint = [
    description,
    range === undefined ? "" : `from ${range.from} to ${range.to}`,
    isReadOnly ? "read-only" : "",
  ];
  return (
    <li className="parameter">
      <form
        className="ros-row"
        onSubmit={(event) => {
          event.preventDefault();
          void set();
        }}
      >
        <TextInput
          size="xs"
          label={name}
          description={[type, ...hint].filter((part) => part !== "").join("; ")}
          value={text}
          readOnly={isFixed}
          error={fault}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {text !== before && (
          <Button size="xs" type="submit" disabled={fault !== null}>
            Set
          </Button>
        )}
      </form>
      {refusal !== null && (
        <Text size="xs" className="refusal" role="alert">
          {refusal}
        </Text>
      )}
    </li>
  );
}
