import { CloseButton, Group, SegmentedControl, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { JointInfo } from "../store/robot-catalog.ts";
import { GoBar } from "./go-bar.tsx";
import { JointRow } from "./joint-row.tsx";
import { useControl, useDrives, useRobot } from "./viewer-context.ts";

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
  // A follower belongs to the joint that it follows.
  const isDriven = ({ name, mimics }: JointInfo): boolean =>
    driven === undefined || driven.includes(name) || (mimics !== null && driven.includes(mimics));
  const found = robot.model.joints.filter((joint) => joint.name.toLowerCase().includes(filter.toLowerCase()));
  // In the description's order; what nothing here can command, as wheels, has its own part below.
  const parts = [found.filter(isDriven), found.filter((joint) => !isDriven(joint))];
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
      {parts.map((joints, part) => (
        <JointList
          key={part === 0 ? "driven" : "undriven"}
          title={part === 0 ? null : "Not driven here"}
          joints={joints}
          row={(joint) => (
            <JointRow
              key={joint.name}
              robot={robot.id}
              joint={joint}
              movable={movable && control?.can.jointPosition === true && isDriven(joint)}
              joggable={movable && control?.can.jointVelocity === true && isDriven(joint)}
              driven={isDriven(joint)}
              jogShare={jogShares[speed]}
            />
          )}
        />
      ))}
      <GoBar robot={robot.id} movable={movable} />
    </>
  );
}

type ListProps = {
  title: string | null;
  joints: readonly JointInfo[];
  row: (joint: JointInfo) => React.ReactNode;
};

function JointList({ title, joints, row }: ListProps) {
  if (joints.length === 0) return null;
  return (
    <>
      {title !== null && <h3 className="thing-title">{title}</h3>}
      <ul className="joints" aria-label={title === null ? "Joints" : `Joints, ${title.toLowerCase()}`}>
        {joints.map(row)}
      </ul>
    </>
  );
}
