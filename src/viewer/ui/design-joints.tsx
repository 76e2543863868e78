import { memo, useState } from "react";
import type { ModelJoint } from "../../robot/model.ts";
import { quaternionOf } from "../design/design-pose.ts";
import type { DesignState, DesignTwin } from "../design/design-twin.ts";
import {
  type AngleUnit,
  formatNumber,
  formatQuantity,
  formatRange,
  rollPitchYaw,
  shownUnit,
} from "../store/format.ts";
import { readNumber } from "./design-numbers.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/** Every joint that can move, with what moves it. */
export function DesignJoints({ twin, state }: { twin: DesignTwin; state: DesignState }) {
  const joints = state.model.joints.filter((joint) => joint.type !== "fixed");
  if (joints.length === 0) return <p className="dim">No joint of this robot moves.</p>;
  return (
    <ul className="joints" aria-label="Joints">
      {joints.map((joint) => (
        <JointRow
          key={joint.name}
          twin={twin}
          joint={joint}
          numbers={state.pose.numbersOf(joint).join(" ")}
        />
      ))}
    </ul>
  );
}

type RowProps = { twin: DesignTwin; joint: ModelJoint; numbers: string };

/** `numbers` is text so that a row is drawn again only when its own joint moved. */
const JointRow = memo(function JointRow({ twin, joint, numbers }: RowProps) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const selected = useSignal(viewer.selection)?.link === joint.childLink;
  const values = numbers.split(" ").map(Number);
  return (
    <li className="joint design-joint" aria-label={joint.name} data-selected={selected}>
      <span className="joint-name" title={joint.name}>
        {joint.name} <small>{joint.type}</small>
      </span>
      {joint.nq > 1 ? (
        <Coordinates twin={twin} joint={joint} values={values} angles={angles} />
      ) : (
        <OnePosition twin={twin} joint={joint} position={values[0] ?? 0} angles={angles} />
      )}
    </li>
  );
});

type PositionProps = { twin: DesignTwin; joint: ModelJoint; position: number; angles: AngleUnit };

function OnePosition({ twin, joint, position, angles }: PositionProps) {
  const unit = joint.type === "prismatic" ? "m" : "rad";
  const free = !Number.isFinite(joint.lower) || !Number.isFinite(joint.upper);
  const [lower, upper] = free ? [-Math.PI, Math.PI] : [joint.lower, joint.upper];
  const outside = position < joint.lower || position > joint.upper;
  const follows = joint.mimic;
  const text = formatQuantity(position, unit, angles);
  return (
    <>
      {follows === null ? (
        <NumberField
          label={`${joint.name} value`}
          value={position}
          unit={unit}
          angles={angles}
          onValue={(value) => twin.setJoint(joint, [value])}
        />
      ) : (
        <output className="joint-value figure">{text}</output>
      )}
      <div className="track">
        <input
          type="range"
          aria-label={`${joint.name} position`}
          aria-valuetext={text}
          min={lower}
          max={upper}
          step="any"
          value={position}
          disabled={follows !== null}
          onChange={(event) => twin.setJoint(joint, [event.currentTarget.valueAsNumber])}
          onKeyDown={(event) => {
            // step="any" gives the keys steps of their own, of 1: a hundredth of the range is of use.
            const sign = keySigns[event.key];
            if (sign === undefined) return;
            event.preventDefault();
            const wished = position + (sign * (upper - lower)) / (event.shiftKey ? 1000 : 100);
            twin.setJoint(joint, [Math.min(upper, Math.max(lower, wished))]);
          }}
        />
      </div>
      <small className="design-ends figure" data-outside={outside}>
        {follows !== null && `follows ${follows.joint}: ${followed(follows)} · `}
        {free ? "no limits" : formatRange(lower, upper, unit, angles)}
        {outside && " · outside its limits"}
      </small>
    </>
  );
}

const keySigns: Readonly<Record<string, 1 | -1>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
};

function followed({ multiplier, offset }: { multiplier: number; offset: number }): string {
  const factor = `${formatNumber(multiplier)} ×`;
  return offset === 0 ? factor : `${factor} + ${formatNumber(offset)}`;
}

type CoordinatesProps = { twin: DesignTwin; joint: ModelJoint; values: number[]; angles: AngleUnit };

/** A planar joint's x, y and yaw; a floating joint's x, y, z and its turn as roll, pitch and yaw. */
function Coordinates({ twin, joint, values, angles }: CoordinatesProps) {
  const isPlanar = joint.type === "planar";
  const names = isPlanar ? ["x", "y", "yaw"] : ["x", "y", "z", "roll", "pitch", "yaw"];
  const shown = isPlanar ? values : [...values.slice(0, 3), ...rollPitchYaw(values.slice(3))];
  const change = (index: number, value: number): void => {
    const next = shown.with(index, value);
    const [, , , roll = 0, pitch = 0, yaw = 0] = next;
    twin.setJoint(joint, isPlanar ? next : [...next.slice(0, 3), ...quaternionOf(roll, pitch, yaw)]);
  };
  return (
    <div className="design-coordinates">
      {names.map((name, index) => (
        <div key={name}>
          <span aria-hidden>{name}</span>
          <NumberField
            label={`${joint.name} ${name}`}
            value={shown[index] ?? 0}
            unit={name.length === 1 ? "m" : "rad"}
            angles={angles}
            onValue={(value) => change(index, value)}
          />
        </div>
      ))}
    </div>
  );
}

type FieldProps = {
  label: string;
  value: number;
  unit: string;
  angles: AngleUnit;
  onValue(value: number): void;
};

/** A number with its unit. What is typed counts at once where it is a number; else it is marked and changes nothing. */
function NumberField({ label, value, unit, angles, onValue }: FieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = shownUnit(unit, angles);
  const scale = shown === unit ? 1 : 180 / Math.PI;
  const text = typed ?? formatNumber(value * scale, scale === 1 ? 3 : 1);
  return (
    <span className="design-field figure">
      <input
        type="text"
        inputMode="decimal"
        aria-label={label}
        aria-invalid={typed !== null && readNumber(typed) === null}
        value={text}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          const number = readNumber(event.currentTarget.value);
          if (number !== null) onValue(number / scale);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === "Escape") setTyped(null);
        }}
        onBlur={() => setTyped(null)}
      />{" "}
      {shown}
    </span>
  );
}
