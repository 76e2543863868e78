import { Button, Group, NumberInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ControllerStatus } from "../../protocol/state-messages.ts";
import { isOpen } from "../drive/activity.ts";
import { formatQuantity } from "../store/format.ts";
import type { RobotEntry } from "../store/robot-catalog.ts";
import { ColumnAge, columnFreshness } from "./age.tsx";
import { GripperAnswer, type GripperPart } from "./gripper-answer.tsx";
import { type GripEnds, useGripEnds } from "./gripper-ends.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

type Props = { robot: RobotEntry; gripper: ControllerStatus; hint: string | null };

/** One gripper: where it is, what it does, and what moves it. Nothing is sent before Open, Close or Go. */
export function GripperControl({ robot, gripper, hint }: Props) {
  const viewer = useViewer();
  const { desk } = viewer.hands;
  useSignal(desk.tasks);
  const task = desk.of(robot.id, gripper.name);
  const joints = robot.model.phase === "ready" ? robot.model.joints : [];
  const joint = joints.find(({ name }) => name === gripper.joints[0]) ?? null;
  const ends = useGripEnds(robot, joint);
  const [target, setTarget] = useState<number | null>(null);
  const [effort, setEffort] = useState<number | string>("");
  const isBusy = task !== null && isOpen(task.activity);
  const isOver = task !== null && (task.activity.stage === "done" || task.activity.stage === "aborted");
  // A refused position stays, to be corrected.
  useEffect(() => {
    if (isOver) setTarget(null);
  }, [isOver]);
  const part: GripperPart = { robot: robot.id, joint };
  const shortName = gripper.name.split("/").at(-2) ?? gripper.name;
  const unit = joint?.unit ?? "";
  const effortUnit = joint === null ? "" : joint.unit === "m" ? ", N" : ", N·m";
  const send = (position: number, label: string) => {
    const maxEffort = typeof effort === "number" ? { maxEffort: effort } : {};
    const command = { kind: "gripper" as const, controller: gripper.name, position, ...maxEffort };
    desk.ask(robot.id, gripper.name, command, `${label} ${shortName}`);
  };
  return (
    <section className="card gripper" aria-label={shortName}>
      <div className="card-head action-head">
        <span>
          <b className="action-name">{shortName}</b>
          {joint !== null && <small className="dim"> {joint.name}</small>}
        </span>
        {joint !== null && <Measured part={part} />}
      </div>
      {ends !== null && joint !== null && (
        <>
          <GripperTrack part={part} ends={ends} target={target} hint={hint} take={setTarget} />
          <Group gap={8} my={6} wrap="nowrap">
            {ends.buttons.map(({ label, position }) => (
              <Button
                key={label}
                size="xs"
                variant="default"
                flex={1}
                aria-label={`${label} ${shortName}`}
                disabled={hint !== null}
                title={hint ?? `To ${formatQuantity(position, unit, "rad")}`}
                onClick={() => send(position, label)}
              >
                {label}
              </Button>
            ))}
          </Group>
        </>
      )}
      <Group gap={8} wrap="nowrap" align="flex-end">
        <NumberInput
          flex={1}
          size="xs"
          label={unit === "" ? "Position" : `Position, ${unit}`}
          decimalScale={4}
          step={unit === "rad" ? 0.05 : 0.005}
          disabled={hint !== null}
          value={target ?? ""}
          onChange={(value) => setTarget(typeof value === "number" ? value : null)}
        />
        <NumberInput
          flex={1}
          size="xs"
          label={`Max effort${effortUnit}`}
          placeholder="its own"
          min={0}
          decimalScale={2}
          disabled={hint !== null}
          value={effort}
          onChange={setEffort}
        />
        <Button
          size="xs"
          aria-label={`Go ${shortName}`}
          disabled={hint !== null || target === null}
          title={hint ?? undefined}
          onClick={() => target !== null && send(target, "Go")}
        >
          Go
        </Button>
      </Group>
      <GripperAnswer name={shortName} part={part} task={task} isBusy={isBusy} />
    </section>
  );
}

function Measured({ part: { robot, joint } }: { part: GripperPart }) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const { motion } = viewer.store;
  const column = () => motion.facet(robot, "reported")?.joints.get(joint?.name ?? "")?.position ?? -1;
  const value = useReading(() => {
    const read = motion.newest(column());
    return read === null ? "not measured" : formatQuantity(read, joint?.unit ?? "", angles);
  });
  const freshness = useReading(() => columnFreshness(viewer, robot, column()));
  return (
    <span className="gripper-value figure" data-freshness={freshness}>
      {value} <ColumnAge robot={robot} column={column} />
    </span>
  );
}

type TrackProps = {
  part: GripperPart;
  ends: GripEnds;
  target: number | null;
  hint: string | null;
  take: (position: number) => void;
};

/** The mark is where the gripper is measured, the handle where Go would send it. */
function GripperTrack({ part: { robot, joint }, ends, target, hint, take }: TrackProps) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const { lower, upper } = ends;
  const measured = useReading(() => {
    const { motion } = viewer.store;
    const joints = motion.facet(robot, "reported")?.joints;
    return motion.newest(joints?.get(joint?.name ?? "")?.position ?? -1);
  });
  const shown = target ?? measured ?? lower;
  const place = Math.min(1, Math.max(0, ((measured ?? lower) - lower) / (upper - lower)));
  return (
    <div className="track">
      <i className="mark" hidden={measured === null} style={{ left: `${100 * place}%` }} aria-hidden />
      <input
        type="range"
        aria-label={`${joint?.name} target`}
        aria-valuetext={formatQuantity(shown, joint?.unit ?? "", angles)}
        min={lower}
        max={upper}
        step={(upper - lower) / 100}
        disabled={hint !== null}
        data-ghost={target !== null}
        value={shown}
        onChange={(event) => take(round(event.currentTarget.valueAsNumber))}
      />
    </div>
  );
}

/** To what the field shows. */
function round(position: number): number {
  return Math.round(position * 1e4) / 1e4;
}
