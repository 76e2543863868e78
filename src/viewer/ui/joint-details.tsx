import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { ownValue } from "../../core/own-value.ts";
import { withLines } from "../plots/plot-lines.ts";
import { formatQuantity, formatRange } from "../store/format.ts";
import type { JointInfo } from "../store/robot-catalog.ts";
import type { Viewer } from "../viewer.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** What a selected joint tells beside its position, and a field to type a target into. */
export function JointDetails({
  robot,
  joint,
  movable,
}: {
  robot: string;
  joint: JointInfo;
  movable: boolean;
}) {
  const viewer = useViewer();
  const { motion } = viewer.store;
  const { angles } = useSignal(viewer.settings);
  const perSecond = `${joint.unit}/s`;
  const torque = joint.unit === "m" ? "N" : "N·m";
  const columns = () => motion.facet(robot, "reported")?.joints.get(joint.name);
  const velocity = useReading(() => reading(motion.newest(columns()?.velocity ?? -1), perSecond));
  const effort = useReading(() => reading(motion.newest(columns()?.effort ?? -1), torque));
  const things = useSignal(viewer.store.things);
  const source = ownValue(things, robot)?.properties[`joint/${joint.name}/position`]?.reported?.source ?? "–";
  function reading(value: number | null, unit: string): string {
    return value === null ? "–" : formatQuantity(value, unit, angles);
  }
  const free = joint.type === "continuous";
  return (
    <dl className="details figure">
      <dt>velocity</dt>
      <dd>{velocity}</dd>
      <dt>effort</dt>
      <dd>{effort}</dd>
      <dt>limits</dt>
      <dd>{free ? "none (continuous)" : formatRange(joint.lower, joint.upper, joint.unit, angles)}</dd>
      <dt>moves</dt>
      <dd>{joint.childLink}</dd>
      <dt>source</dt>
      <dd>{source}</dd>
      <dt>over time</dt>
      <dd>
        <Button size="compact-xs" variant="default" onClick={() => plotJoint(viewer, robot, joint)}>
          Plot this joint
        </Button>
      </dd>
      {movable && joint.mimics === null && (
        <>
          <dt>target</dt>
          <dd>
            <TargetField robot={robot} joint={joint} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** Measured, and what it was asked for and is expected to be, where the graph has that. */
function plotJoint(viewer: Viewer, robot: string, joint: JointInfo): void {
  const path = `joint/${joint.name}/position`;
  const property = ownValue(viewer.store.things.get(), robot)?.properties[path];
  const line = { name: `${robot}/${path}`, thing: robot, path, component: 0, unit: joint.unit };
  const has = (facet: "desired" | "predicted"): boolean => property?.[facet] !== undefined;
  const wanted = [
    { ...line, facet: "reported" as const },
    ...(["desired", "predicted"] as const).filter(has).map((facet) => ({ ...line, facet })),
  ];
  viewer.plotLines.update((lines) => withLines(lines, wanted));
  viewer.docks.show("plots");
}

/** Takes any number; one beyond the limits is marked at once, and the server refuses it. Enter sends, as Go does. */
function TargetField({ robot, joint }: { robot: string; joint: JointInfo }) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const [text, setText] = useState("");
  const target = ownValue(ownValue(useSignal(viewer.targets.changed), robot), joint.name);
  const inDegrees = angles === "deg" && joint.unit === "rad";
  const isLimited = joint.type !== "continuous";
  const outside = isLimited && target !== undefined && (target < joint.lower || target > joint.upper);
  const { lower, upper, unit } = joint;
  return (
    <TextInput
      size="xs"
      inputMode="decimal"
      aria-label={`${joint.name} target value`}
      placeholder={inDegrees ? "°" : joint.unit}
      error={outside && text !== "" && `Outside ${formatRange(lower, upper, unit, angles)}`}
      value={text}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        const number = Number(typed.replace(",", ".").replace("−", "-"));
        if (typed.trim() === "" || !Number.isFinite(number)) return;
        viewer.targets.set(robot, joint.name, inDegrees ? (number * Math.PI) / 180 : number);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") viewer.sender.go(robot);
      }}
    />
  );
}
