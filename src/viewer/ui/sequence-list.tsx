import { Button, FileButton, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { NamedPose } from "../teach/named-pose.ts";
import type { Sequence } from "../teach/sequence.ts";
import type { TeachBook } from "../teach/teach-book.ts";
import { download } from "./download.ts";
import { useDriveHint } from "./drive-hint.ts";
import { SequenceEditor } from "./sequence-editor.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

/** The sequences: run, edited, kept as files. */
export function SequenceList({ book, poses }: { book: TeachBook; poses: readonly NamedPose[] }) {
  const sequences = useSignal(book.sequences);
  const [edited, setEdited] = useState<Sequence | null>(null);
  if (sequences === null) return null;
  const load = async (file: File | null) => {
    if (file === null) return;
    const { sequenceFromYaml } = await import("../teach/sequence-yaml.ts");
    const read = sequenceFromYaml(await file.text());
    if ("fault" in read) book.problem.set(`${file.name}: ${read.fault}`);
    else setEdited(read);
  };
  return (
    <section aria-label="Sequences">
      <h3 className="thing-title">Sequences</h3>
      {sequences.length === 0 && edited === null && (
        <Text size="xs" c="dimmed" mb={6}>
          A sequence goes from pose to pose, waits and grips. There is none yet.
        </Text>
      )}
      <ul className="pose-list" aria-label="Sequences">
        {sequences.map((sequence) => (
          <SequenceRow key={sequence.name} book={book} sequence={sequence} edit={() => setEdited(sequence)} />
        ))}
      </ul>
      {edited !== null ? (
        <SequenceEditor
          key={edited.name}
          book={book}
          poses={poses}
          start={edited}
          done={() => setEdited(null)}
        />
      ) : (
        <Group gap={8}>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => setEdited({ name: freeName(sequences), steps: [] })}
          >
            New sequence
          </Button>
          <FileButton accept=".yaml,.yml" onChange={(file) => void load(file)}>
            {(props) => (
              <Button {...props} size="compact-xs" variant="default">
                Import YAML
              </Button>
            )}
          </FileButton>
        </Group>
      )}
    </section>
  );
}

function freeName(sequences: readonly Sequence[]): string {
  let number = sequences.length + 1;
  while (sequences.some(({ name }) => name === `sequence ${number}`)) number += 1;
  return `sequence ${number}`;
}

type RowProps = { book: TeachBook; sequence: Sequence; edit: () => void };

function SequenceRow({ book, sequence, edit }: RowProps) {
  const viewer = useViewer();
  const hint = useDriveHint(book.robot);
  const save = async () => {
    const { sequenceToYaml } = await import("../teach/sequence-yaml.ts");
    download(new Blob([sequenceToYaml(sequence)], { type: "application/yaml" }), `${sequence.name}.yaml`);
  };
  const { name } = sequence;
  return (
    <li className="pose-row" aria-label={name}>
      <span>
        {name}
        <small className="dim">
          {" "}
          {sequence.steps.length} {sequence.steps.length === 1 ? "step" : "steps"}
        </small>
      </span>
      <Button
        size="compact-xs"
        disabled={hint !== null || sequence.steps.length === 0}
        title={hint ?? "Runs it; each step is checked as any command is, and STOP ends it"}
        aria-label={`Run ${name}`}
        onClick={() => viewer.driver.move({ kind: "sequence", name }, `Run “${name}”`)}
      >
        Run
      </Button>
      <Button size="compact-xs" variant="default" aria-label={`Edit ${name}`} onClick={edit}>
        Edit
      </Button>
      <Button size="compact-xs" variant="default" aria-label={`Export ${name}`} onClick={() => void save()}>
        YAML
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Delete ${name}`}
        onClick={() => void book.deleteSequence(sequence)}
      >
        Delete
      </Button>
    </li>
  );
}
