import { Button, Group, NativeSelect, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { isLibraryName, libraryNameRule, type NamedPose } from "../teach/named-pose.ts";
import { type Sequence, type Step, withStep, withStepMoved } from "../teach/sequence.ts";
import type { TeachBook } from "../teach/teach-book.ts";

type Props = { book: TeachBook; poses: readonly NamedPose[]; start: Sequence; done: () => void };

/** Steps of one sequence; nothing is kept before Save. */
export function SequenceEditor({ book, poses, start, done }: Props) {
  const [name, setName] = useState(start.name);
  const [steps, setSteps] = useState<readonly Step[]>(start.steps);
  const text = name.trim();
  const save = async () => {
    if (await book.saveSequence({ name: text, steps })) done();
  };
  return (
    <div className="card sequence-editor">
      <TextInput
        size="xs"
        label="Name of the sequence"
        maxLength={64}
        error={text !== "" && !isLibraryName(text) && libraryNameRule}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <StepList label="Steps" steps={steps} poses={poses} depth={0} change={setSteps} />
      <Group gap={8} mt={8}>
        <Button size="xs" disabled={!isLibraryName(text) || steps.length === 0} onClick={() => void save()}>
          Save
        </Button>
        <Button size="xs" variant="default" onClick={done}>
          Cancel
        </Button>
      </Group>
    </div>
  );
}

type ListProps = {
  label: string;
  steps: readonly Step[];
  poses: readonly NamedPose[];
  /** A repeat in a repeat is enough. */
  depth: number;
  change: (steps: readonly Step[]) => void;
};

function StepList({ label, steps, poses, depth, change }: ListProps) {
  const add = (step: Step) => change([...steps, step]);
  const [first] = poses;
  return (
    <>
      <ol className="step-list" aria-label={label}>
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other identity, and may be alike
          <li key={`${at} ${step.kind}`}>
            <div className="step-row">
              <StepFields
                step={step}
                poses={poses}
                number={at + 1}
                change={(next) => change(withStep(steps, at, next))}
              />
              <Small label={`Step ${at + 1} up`} text="↑" act={() => change(withStepMoved(steps, at, -1))} />
              <Small label={`Step ${at + 1} down`} text="↓" act={() => change(withStepMoved(steps, at, 1))} />
              <Small label={`Remove step ${at + 1}`} text="×" act={() => change(withStep(steps, at, null))} />
            </div>
            {step.kind === "repeat" && (
              <div className="step-inner">
                <StepList
                  label={`Steps repeated by step ${at + 1}`}
                  steps={step.steps}
                  poses={poses}
                  depth={depth + 1}
                  change={(inner) => change(withStep(steps, at, { ...step, steps: inner }))}
                />
              </div>
            )}
          </li>
        ))}
      </ol>
      <Group gap={6} mt={6}>
        <Button
          size="compact-xs"
          variant="default"
          disabled={first === undefined}
          onClick={() => first !== undefined && add({ kind: "pose", pose: first.name })}
        >
          + Pose
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => add({ kind: "wait", seconds: 1 })}>
          + Wait
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => add({ kind: "gripper", position: 0, controller: null })}
        >
          + Gripper
        </Button>
        {depth < 2 && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => add({ kind: "repeat", times: 2, steps: [] })}
          >
            + Repeat
          </Button>
        )}
      </Group>
    </>
  );
}

type FieldsProps = {
  step: Step;
  poses: readonly NamedPose[];
  number: number;
  change: (step: Step) => void;
};

function StepFields({ step, poses, number, change }: FieldsProps) {
  switch (step.kind) {
    case "pose": {
      const names = poses.map(({ name }) => name);
      // A pose that is not there any more stays visible.
      const data = names.includes(step.pose) ? names : [step.pose, ...names];
      return (
        <>
          <span>Go to</span>
          <NativeSelect
            size="xs"
            flex={1}
            aria-label={`Pose of step ${number}`}
            data={[...new Set(data)]}
            value={step.pose}
            onChange={(event) => change({ ...step, pose: event.currentTarget.value })}
          />
        </>
      );
    }
    case "wait":
      return (
        <>
          <span>Wait</span>
          <NumberField
            label={`Seconds of step ${number}`}
            unit="s"
            least={0}
            value={step.seconds}
            take={(seconds) => change({ kind: "wait", seconds })}
          />
        </>
      );
    case "gripper":
      return (
        <>
          <span>Gripper to</span>
          <NumberField
            label={`Gripper position of step ${number}`}
            unit=""
            least={Number.NEGATIVE_INFINITY}
            value={step.position}
            take={(position) => change({ ...step, position })}
          />
        </>
      );
    case "repeat":
      return (
        <>
          <span>Repeat</span>
          <NumberField
            label={`Times of step ${number}`}
            unit="times"
            least={1}
            value={step.times}
            take={(times) => change({ ...step, times: Math.round(times) })}
          />
        </>
      );
    case "other":
      return (
        <Text size="xs" c="dimmed" flex={1}>
          {JSON.stringify(step.source)}
        </Text>
      );
  }
}

type NumberProps = {
  label: string;
  unit: string;
  least: number;
  value: number;
  take: (value: number) => void;
};

function NumberField({ label, unit, least, value, take }: NumberProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      size="xs"
      flex={1}
      inputMode="decimal"
      aria-label={label}
      rightSection={unit === "" ? null : <small className="dim">{unit}</small>}
      rightSectionWidth={44}
      value={typed ?? String(value)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const number = Number(text.replace(",", ".").replace("−", "-"));
        if (text.trim() !== "" && Number.isFinite(number) && number >= least) take(number);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function Small({ label, text, act }: { label: string; text: string; act: () => void }) {
  return (
    <UnstyledButton className="hold" aria-label={label} title={label} onClick={act}>
      {text}
    </UnstyledButton>
  );
}
