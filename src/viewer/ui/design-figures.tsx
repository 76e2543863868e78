import type { ModelJoint } from "../../robot/model.ts";
import type { DesignState, DesignTwin } from "../design/design-twin.ts";
import { formatNumber, formatPose } from "../store/format.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/** Total mass and where its centre is. */
export function Masses({ state: { pose } }: { state: DesignState }) {
  const center = [...pose.centerOfMass].map((value) => formatNumber(value)).join("  ");
  return (
    <>
      <h3 className="thing-title">Mass</h3>
      <dl className="details figure" aria-label="Mass">
        <dt>total mass</dt>
        <dd>{formatNumber(pose.mass)} kg</dd>
        <dt>centre of mass</dt>
        <dd>{pose.hasMass ? `${center} m` : "nothing has a mass"}</dd>
      </dl>
    </>
  );
}

/** What each joint must give against gravity to be in this pose, beside what it can give. */
export function GravityEfforts({ state: { model, pose } }: { state: DesignState }) {
  const joints = model.joints.filter((joint) => joint.nv > 0);
  if (joints.length === 0) return null;
  return (
    <>
      <h3 className="thing-title">Effort against gravity</h3>
      <table className="design-efforts figure" aria-label="Effort against gravity">
        <thead>
          <tr>
            <th scope="col">joint</th>
            <th scope="col">needed</th>
            <th scope="col">limit</th>
            <th scope="col">share</th>
          </tr>
        </thead>
        <tbody>
          {joints.flatMap((joint) =>
            effortNames(joint).map(({ label, unit }, i) => (
              <EffortRow
                key={label}
                label={label}
                unit={unit}
                needed={pose.gravityEfforts[joint.vIndex + i] ?? 0}
                limit={joint.nv === 1 ? joint.effort : Number.POSITIVE_INFINITY}
              />
            )),
          )}
        </tbody>
      </table>
    </>
  );
}

function effortNames({ name, type }: ModelJoint): { label: string; unit: string }[] {
  const force = (axis: string) => ({ label: `${name} ${axis}`, unit: "N" });
  const torque = (axis: string) => ({ label: `${name} about ${axis}`, unit: "N·m" });
  switch (type) {
    case "planar":
      return [force("x"), force("y"), torque("the axis")];
    case "floating":
      return [force("x"), force("y"), force("z"), torque("x"), torque("y"), torque("z")];
    default:
      return [{ label: name, unit: type === "prismatic" ? "N" : "N·m" }];
  }
}

type EffortProps = { label: string; unit: string; needed: number; limit: number };

function EffortRow({ label, unit, needed, limit }: EffortProps) {
  // A limit of 0 is how many files say that they know none.
  const isKnown = Number.isFinite(limit) && limit > 0;
  const share = Math.abs(needed) / limit;
  return (
    <tr data-over={isKnown && share > 1}>
      <th scope="row">{label}</th>
      <td>
        {formatNumber(needed, 2)} {unit}
      </td>
      <td>{isKnown ? `${formatNumber(limit, 1)} ${unit}` : "–"}</td>
      <td>{isKnown ? `${Math.round(share * 100)} %${share > 1 ? " over the limit" : ""}` : "–"}</td>
    </tr>
  );
}

/** Pose and manipulability of a link that a person chooses. */
export function EndEffector({ twin, state }: { twin: DesignTwin; state: DesignState }) {
  const { angles } = useSignal(useViewer().settings);
  const { model, pose, endEffector } = state;
  const { position, quaternion } = pose.linkPose(endEffector);
  const measure = pose.manipulability(endEffector);
  return (
    <>
      <h3 className="thing-title">End effector</h3>
      <select
        className="design-select"
        aria-label="End effector"
        value={model.links[endEffector]}
        onChange={(event) => twin.chooseEndEffector(event.currentTarget.value)}
      >
        {model.links.map((link) => (
          <option key={link}>{link}</option>
        ))}
      </select>
      <dl className="details figure" aria-label="End effector pose">
        <dt>pose</dt>
        <dd className="design-pose">{formatPose(position, quaternion, angles)}</dd>
        <dt>manipulability</dt>
        <dd>{measure === 0 ? "0: singular, it cannot move in some direction" : measure.toPrecision(4)}</dd>
      </dl>
    </>
  );
}
