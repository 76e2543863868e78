import { Button, Group, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { hasControllerFor } from "../store/control-extras.ts";
import { isLibraryName, libraryNameRule, type NamedPose } from "../teach/named-pose.ts";
import type { TeachBook } from "../teach/teach-book.ts";
import { useDriveHint } from "./drive-hint.ts";
import { PlannerChoice } from "./planner-choice.tsx";
import { SequenceList } from "./sequence-list.tsx";
import { useControl, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Named poses to go to and to teach, and sequences of them. */
export function PosesPanel() {
  const viewer = useViewer();
  const robot = useRobot();
  const id = robot?.id ?? null;
  const [book, setBook] = useState<TeachBook | null>(null);
  useEffect(() => {
    if (id === null) return;
    const opened = viewer.hands.bookOf(id);
    setBook(opened);
    void opened.refresh();
  }, [viewer, id]);
  if (book === null || book.robot !== id) return <Text c="dimmed">No robot yet.</Text>;
  return <Book key={id} book={book} />;
}

function Book({ book }: { book: TeachBook }) {
  const poses = useSignal(book.poses);
  const problem = useSignal(book.problem);
  const deleted = useSignal(book.deleted);
  return (
    <div className="poses">
      <output aria-live="polite" aria-label="Poses, what happened">
        {problem !== null && (
          <Text size="xs" className={poses === null ? "dim" : "refusal"}>
            {problem}
          </Text>
        )}
        {deleted !== null && (
          <Group gap={8} mt={4}>
            <Text size="xs">
              “{deleted.kind === "pose" ? deleted.pose.name : deleted.sequence.name}” was deleted.
            </Text>
            <Button size="compact-xs" variant="default" onClick={() => void book.undo()}>
              Undo
            </Button>
          </Group>
        )}
      </output>
      {poses !== null && (
        <>
          <SaveHere book={book} poses={poses} />
          <PlannerChoice robot={book.robot} />
          {poses.length === 0 && (
            <Text size="xs" c="dimmed">
              No pose has a name yet. Move the robot, and save where it is.
            </Text>
          )}
          <ul className="pose-list" aria-label="Poses">
            {poses.map((pose) => (
              <PoseRow key={`${pose.isSaved} ${pose.name}`} book={book} pose={pose} />
            ))}
          </ul>
          <SequenceList book={book} poses={poses} />
        </>
      )}
    </div>
  );
}

function SaveHere({ book, poses }: { book: TeachBook; poses: readonly NamedPose[] }) {
  const [name, setName] = useState("");
  const isPast = useSignal(useViewer().driver.block) !== null;
  const text = name.trim();
  const isOfRobot = poses.some((pose) => !pose.isSaved && pose.name === text);
  const isBad = text !== "" && !isLibraryName(text);
  const replaces = poses.some((pose) => pose.isSaved && pose.name === text);
  const save = async () => {
    if (text === "" || isBad || isOfRobot || isPast) return;
    if (await book.saveHere(text)) setName("");
  };
  return (
    <Group gap={8} wrap="nowrap" align="flex-start" mb={8}>
      <TextInput
        flex={1}
        size="xs"
        aria-label="Name of the pose"
        placeholder="Name of this pose"
        maxLength={64}
        error={isOfRobot ? "The robot's own description has this name." : isBad ? libraryNameRule : null}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && void save()}
      />
      <Button
        size="xs"
        disabled={text === "" || isBad || isOfRobot || isPast}
        title="Saves where the joints are measured now"
        onClick={() => void save()}
      >
        {replaces ? "Save again here" : "Save here"}
      </Button>
    </Group>
  );
}

function PoseRow({ book, pose }: { book: TeachBook; pose: NamedPose }) {
  const viewer = useViewer();
  const hint = useDriveHint(book.robot);
  const control = useControl(book.robot);
  const isPast = useSignal(viewer.driver.block) !== null;
  // Only what can be moved here is asked for: a pose may name wheels as well.
  const positions = Object.fromEntries(
    Object.entries(pose.positions).filter(([joint]) => hasControllerFor(control, joint)),
  );
  const count = Object.keys(positions).length;
  const plan = () => {
    viewer.targets.drop(book.robot);
    viewer.targets.setAll(book.robot, positions);
    viewer.hands.plans.ask({
      robot: book.robot,
      command: { kind: "jointPosition", positions },
      label: `Go to “${pose.name}”`,
      link: null,
    });
  };
  return (
    <li className="pose-row" aria-label={pose.name}>
      <span>
        {pose.name}
        <small className="dim"> {pose.isSaved ? `${count} joints` : "of the robot's SRDF"}</small>
      </span>
      <Button
        size="compact-xs"
        disabled={count === 0 || isPast}
        title={count === 0 ? "Nothing here drives its joints" : (hint ?? "Plans the motion; Go sends it")}
        aria-label={`Go to ${pose.name}`}
        onClick={plan}
      >
        Go to
      </Button>
      {pose.isSaved && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Delete ${pose.name}`}
          onClick={() => void book.deletePose(pose)}
        >
          Delete
        </Button>
      )}
    </li>
  );
}
