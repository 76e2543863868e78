import { Button, CloseButton, Group, SegmentedControl, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { JointRow } from "./joint-row.tsx";
import { useControl, useDrives, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Share of a joint's velocity limit that the ± buttons use. */
const jogShares = { slow: 0.1, medium: 0.25, fast: 0.5 } as const;
type JogSpeed = keyof typeof jogShares;

export function JointsPanel() {
  const robot = useRobot();
  const drives = useDrives(robot?.id ?? null);
  const control = useControl(robot?.id ?? null);
  const [filter, setFilter] = useState("");
  const [speed, setSpeed] = useState<JogSpeed>("medium");
  if (!robot || robot.model.phase === "loading") return <Text c="dimmed">No robot description yet.</Text>;
  if (robot.model.phase === "failed") return <Text>{robot.model.problem}</Text>;
  const movable = drives && control?.stopped == null;
  const driven = control?.can.joints;
  const isDriven = (name: string): boolean => driven === undefined || driven.includes(name);
  // What nobody can command, as wheels, stands below what can be.
  const joints = robot.model.joints
    .filter((joint) => joint.name.toLowerCase().includes(filter.toLowerCase()))
    .sort((a, b) => Number(isDriven(b.name)) - Number(isDriven(a.name)));
  return (
    <>
      <Group gap={8} mb={8} wrap="nowrap">
        <TextInput
          flex={1}
          size="xs"
          aria-label="Find a joint"
          placeholder={`Find among ${robot.model.joints.length} joints`}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          rightSection={
            filter !== "" && <CloseButton size="xs" aria-label="Clear" onClick={() => setFilter("")} />
          }
        />
        {movable && (
          <SegmentedControl
            size="xs"
            aria-label="Speed of the ± buttons"
            value={speed}
            data={["slow", "medium", "fast"]}
            onChange={(value) => {
              if (value === "slow" || value === "medium" || value === "fast") setSpeed(value);
            }}
          />
        )}
      </Group>
      {!drives && (
        <Text size="xs" c="dimmed" mb={8}>
          Press “Drive” at the top to move joints. Before that, sliders only show.
        </Text>
      )}
      <ul className="joints" aria-label="Joints">
        {joints.map((joint) => (
          <JointRow
            key={joint.name}
            robot={robot.id}
            joint={joint}
            movable={movable && control?.can.jointPosition === true && isDriven(joint.name)}
            joggable={movable && control?.can.jointVelocity === true && isDriven(joint.name)}
            jogShare={jogShares[speed]}
          />
        ))}
      </ul>
      {drives && control?.can.jointPosition === false && (
        <Text size="xs" c="dimmed">
          {control.can.reason ?? "This robot takes no joint moves now."}
        </Text>
      )}
      <GoBar robot={robot.id} movable={movable} />
    </>
  );
}

/** Sends the ghost, or drops it. */
function GoBar({ robot, movable }: { robot: string; movable: boolean }) {
  const viewer = useViewer();
  const all = useSignal(viewer.targets.changed);
  const count = Object.keys(all[robot] ?? {}).length;
  const refusal = useSignal(viewer.driver.log.jogRefusal);
  return (
    <div className="go-bar">
      {refusal !== null && movable && (
        <Text size="xs" c="red" role="status">
          Jog refused: {refusal}
        </Text>
      )}
      <Group gap={8} wrap="nowrap">
        <Button
          flex={1}
          aria-label="Go"
          disabled={!movable || count === 0}
          onClick={() => viewer.sender.go(robot)}
        >
          {count === 0 ? "Go" : `Go: move ${count} ${count === 1 ? "joint" : "joints"}`}
        </Button>
        <Button
          variant="default"
          aria-label="Drop"
          aria-keyshortcuts="Escape"
          disabled={count === 0}
          onClick={() => viewer.targets.drop(robot)}
        >
          Drop
        </Button>
      </Group>
      {movable && (
        <Text size="xs" c="dimmed">
          A slider moves the amber ghost; Go sends it. Shift sends on release, Esc drops.
        </Text>
      )}
    </div>
  );
}
