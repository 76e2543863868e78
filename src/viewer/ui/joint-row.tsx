import { UnstyledButton } from "@mantine/core";
import { memo } from "react";
import { ownValue } from "../../core/own-value.ts";
import { formatQuantity, formatTurns } from "../store/format.ts";
import type { JointInfo } from "../store/robot-catalog.ts";
import { ColumnAge, columnFreshness } from "./age.tsx";
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
  /** Whether something here can command it at all. */
  driven: boolean;
  jogShare: number;
};

/** One joint: its value, its place between its limits, its age, and what moves it. */
export const JointRow = memo(function JointRow({ robot, joint, movable, joggable, driven, jogShare }: Props) {
  const viewer = useViewer();
  const { motion } = viewer.store;
  const { angles } = useSignal(viewer.settings);
  const selected = useSignal(viewer.selection)?.joint === joint.name;
  const own = joint.mimics === null;
  const columnOf = (name: string) => motion.facet(robot, "reported")?.joints.get(name)?.position ?? -1;
  // A follower that nothing measures is where its rule puts it, and as old as the joint it follows.
  const follows = () => joint.mimics !== null && columnOf(joint.name) < 0;
  const column = () => columnOf(follows() ? (joint.mimics ?? "") : joint.name);
  const value = useReading(() => {
    const read = motion.newest(column());
    if (read === null) return "–";
    const position = follows() ? read * joint.multiplier + joint.offset : read;
    if (!driven && joint.type === "continuous") return formatTurns(position);
    return formatQuantity(position, joint.unit, angles);
  });
  const target = ownValue(ownValue(useSignal(viewer.targets.changed), robot), joint.name);
  const freshness = useReading(() => columnFreshness(viewer, robot, column()));
  const jog = (sign: 1 | -1) => ({
    kind: "jointVelocity" as const,
    velocities: { [joint.name]: sign * jogShare * (joint.maxVelocity || velocityWithoutLimit) },
  });
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
      <span className="joint-value figure">
        {value}
        {target !== undefined && (
          <span className="joint-target" title="Where the amber ghost is">
            → {formatQuantity(target, joint.unit, angles)}
          </span>
        )}
      </span>
      <div className="joint-controls">
        {own && driven && (
          <HoldButton label={`Jog ${joint.name} down`} text="−" disabled={!joggable} command={jog(-1)} />
        )}
        {(driven || joint.type !== "continuous") && (
          <JointTrack robot={robot} joint={joint} movable={movable} />
        )}
        {own && driven && (
          <HoldButton label={`Jog ${joint.name} up`} text="+" disabled={!joggable} command={jog(1)} />
        )}
      </div>
      <ColumnAge robot={robot} column={column} />
      {selected && <JointDetails robot={robot} joint={joint} movable={movable} />}
    </li>
  );
});
