import { UnstyledButton } from "@mantine/core";
import { memo } from "react";
import type { JointInfo } from "../scene/robot-model.ts";
import { ColumnAge, columnFreshness } from "./age.tsx";
import { formatQuantity } from "./format.ts";
import { HoldButton } from "./hold-button.tsx";
import { JointDetails } from "./joint-details.tsx";
import { JointTrack } from "./joint-track.tsx";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

const velocityWithoutLimit = 0.5;

type Props = {
  robot: string;
  joint: JointInfo;
  movable: boolean;
  joggable: boolean;
  jogShare: number;
};

/** One joint: its value, its place between its limits, its age, and what moves it. */
export const JointRow = memo(function JointRow({ robot, joint, movable, joggable, jogShare }: Props) {
  const viewer = useViewer();
  const { motion } = viewer.store;
  const { angles } = useSignal(viewer.settings);
  const selected = useSignal(viewer.selection)?.joint === joint.name;
  const column = () => motion.facet(robot, "reported")?.joints.get(joint.name)?.position ?? -1;
  const value = useReading(() => {
    const position = motion.newest(column());
    return position === null ? "–" : formatQuantity(position, joint.unit, angles);
  });
  const freshness = useReading(() => columnFreshness(viewer, robot, column()));
  const jog = (sign: 1 | -1) => ({
    kind: "jointVelocity" as const,
    velocities: { [joint.name]: sign * jogShare * (joint.maxVelocity || velocityWithoutLimit) },
  });
  const own = joint.mimics === null;
  return (
    <li className="joint" aria-label={joint.name} data-selected={selected} data-freshness={freshness}>
      <UnstyledButton
        className="joint-name"
        aria-expanded={selected}
        onClick={() => viewer.select(robot, selected ? null : joint.childLink)}
      >
        {joint.name}
        {!own && <small> follows {joint.mimics}</small>}
      </UnstyledButton>
      <span className="joint-value figure">{value}</span>
      <div className="joint-controls">
        {own && (
          <HoldButton label={`Jog ${joint.name} down`} text="−" disabled={!joggable} command={jog(-1)} />
        )}
        <JointTrack robot={robot} joint={joint} movable={movable} />
        {own && <HoldButton label={`Jog ${joint.name} up`} text="+" disabled={!joggable} command={jog(1)} />}
      </div>
      <ColumnAge robot={robot} column={column} />
      {selected && <JointDetails robot={robot} joint={joint} movable={movable} />}
    </li>
  );
});
