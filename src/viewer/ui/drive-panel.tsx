import { Slider, Text } from "@mantine/core";
import { fullSpeed } from "../drive/full-speed.ts";
import { formatQuantity } from "../store/format.ts";
import { useDriveHint } from "./drive-hint.ts";
import { DrivePad } from "./drive-pad.tsx";
import { GroundControls } from "./ground-controls.tsx";
import { SpeedControl } from "./speed-control.tsx";
import { useControl, useReading, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Why the pad does not act now; null when it does. */
export function useDriveBlock(): string | null {
  const robot = useRobot();
  const hint = useDriveHint(robot?.id ?? null);
  const control = useControl(robot?.id ?? null);
  if (!robot || !control) return "No robot is known yet.";
  if (!control.can.twist) return control.can.reason ?? "This robot has no mobile base that accepts a twist.";
  return hint;
}

export function DrivePanel() {
  const viewer = useViewer();
  const robot = useRobot();
  const block = useDriveBlock();
  const refusal = useSignal(viewer.driver.log.jogRefusal);
  const percent = useSignal(viewer.hands.padPercent);
  const speed = {
    linear: (fullSpeed.linear * percent) / 100,
    angular: (fullSpeed.angular * percent) / 100,
  };
  return (
    <>
      <Text size="sm" mb={12}>
        {block ?? "Hold the pad, or W A S D and the arrows. Letting go stops the base."}
      </Text>
      <div className="pad-place">
        <DrivePad enabled={block === null} speed={speed} />
      </div>
      <Text size="xs" mt={16} mb={4}>
        Speed: up to {formatQuantity(speed.linear, "m/s", "rad")},{" "}
        {formatQuantity(speed.angular, "rad/s", "rad")}
      </Text>
      <Slider
        thumbLabel="Speed of the drive pad"
        min={5}
        max={100}
        step={5}
        value={percent}
        onChange={(value) => viewer.hands.padPercent.set(value)}
        label={(value) => `${value} %`}
      />
      <output aria-live="polite">
        {refusal !== null && block === null && (
          <Text size="xs" className="refusal" mt={8}>
            Refused: {refusal}
          </Text>
        )}
      </output>
      <SpeedControl place="panel" />
      {robot && <GroundControls key={robot.id} robot={robot.id} />}
      {robot && <BaseReadings robot={robot.id} />}
    </>
  );
}

/** Where the base is and how fast it goes, in the odometry frame. */
export function BaseReadings({ robot }: { robot: string }) {
  const { store, settings } = useViewer();
  const { angles } = useSignal(settings);
  const { motion } = store;
  const pose = (k: number) => {
    const column = motion.facet(robot, "reported")?.basePose ?? -1;
    return column < 0 ? null : motion.newest(column + k);
  };
  const twist = (k: number) => {
    const column = motion.facet(robot, "reported")?.baseTwist ?? -1;
    return column < 0 ? null : motion.newest(column + k);
  };
  const show = (value: number | null, unit: string) =>
    value === null ? "–" : formatQuantity(value, unit, angles);
  const x = useReading(() => show(pose(0), "m"));
  const y = useReading(() => show(pose(1), "m"));
  const yaw = useReading(() => {
    const [qx, qy, qz, qw] = [pose(3), pose(4), pose(5), pose(6)];
    if (qx === null || qy === null || qz === null || qw === null) return "–";
    return show(Math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz)), "rad");
  });
  const forward = useReading(() => show(twist(0), "m/s"));
  const turning = useReading(() => show(twist(5), "rad/s"));
  const known = useReading(() => pose(0) !== null || twist(0) !== null);
  if (!known) return null;
  return (
    <dl className="details figure" aria-label="Base">
      <dt>x</dt>
      <dd>{x}</dd>
      <dt>y</dt>
      <dd>{y}</dd>
      <dt>yaw</dt>
      <dd>{yaw}</dd>
      <dt>forward</dt>
      <dd>{forward}</dd>
      <dt>turning</dt>
      <dd>{turning}</dd>
    </dl>
  );
}
