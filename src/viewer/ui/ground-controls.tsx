import { Button, Group, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { GroundPlanState } from "../drive/ground-plan.ts";
import type { GroundAim } from "../scene/ground-aim.ts";
import type { GroundGoal } from "../scene/ground-heading.ts";
import { canNavigate, controllersOf } from "../store/control-extras.ts";
import { floorFrame } from "../store/floor-frame.ts";
import { useDriveHint } from "./drive-hint.ts";
import { useControl, useSignal, useViewer } from "./viewer-context.ts";

/** A goal for the base: pressed and dragged on the floor, or typed; Go sends it. */
export function GroundControls({ robot }: { robot: string }) {
  const viewer = useViewer();
  const control = useControl(robot);
  const can = canNavigate(control);
  const { ground } = viewer.hands;
  if (can === undefined || ground === null) return null;
  if (!can) {
    const reason = controllersOf(control).find(({ kind }) => kind.startsWith("navigate"))?.reason;
    // What has no base, or none of ROS, is not told of navigation.
    if (reason === undefined || control?.can.twist !== true) return null;
    return (
      <section aria-label="Goal on the floor">
        <h3 className="thing-title">Goal on the floor</h3>
        <Text size="xs" c="dimmed">
          {reason}
        </Text>
      </section>
    );
  }
  return <GoalControls robot={robot} ground={ground} />;
}

function GoalControls({ robot, ground }: { robot: string; ground: GroundAim }) {
  const viewer = useViewer();
  const hint = useDriveHint(robot);
  const goal = useSignal(ground.goal);
  const isAiming = useSignal(ground.isAiming);
  const { groundPlan } = viewer.hands;
  const plan = useSignal(groundPlan.state);
  useEffect(() => {
    if (goal === null || isAiming) groundPlan.drop();
    else groundPlan.ask(robot, floorFrame(viewer.store, robot), goal);
    return () => groundPlan.drop();
  }, [goal, isAiming, robot, groundPlan, viewer]);
  const go = () => {
    if (goal === null) return;
    const frame = floorFrame(viewer.store, robot);
    const { x, y, yaw } = goal;
    const sent = viewer.driver.move({ kind: "navigate", frame, position: [x, y], yaw }, "Go to the goal");
    if (sent !== null) ground.cancel();
  };
  const change = (part: Partial<GroundGoal>) =>
    ground.goal.set({ ...(goal ?? viewer.hands.basePlace()), ...part });
  return (
    <section aria-label="Goal on the floor">
      <h3 className="thing-title">Goal on the floor</h3>
      <Group gap={8} wrap="nowrap" mb={6}>
        <Button
          size="xs"
          variant={isAiming ? "filled" : "default"}
          aria-pressed={isAiming}
          onClick={() => ground.isAiming.set(!isAiming)}
        >
          Set on the floor
        </Button>
        <Button size="xs" disabled={goal === null || hint !== null} title={hint ?? undefined} onClick={go}>
          Go
        </Button>
        <Button size="xs" variant="default" disabled={goal === null} onClick={() => ground.cancel()}>
          Drop
        </Button>
      </Group>
      <Group gap={6} wrap="nowrap" align="flex-end">
        <GoalField label="Goal x" unit="m" value={goal?.x} take={(x) => change({ x })} />
        <GoalField label="Goal y" unit="m" value={goal?.y} take={(y) => change({ y })} />
        <GoalField label="Goal yaw" unit="rad" value={goal?.yaw} take={(yaw) => change({ yaw })} />
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {isAiming
          ? "Press on the floor and drag: the arrow is the heading."
          : goal === null
            ? "A goal is shown as an amber arrow before it is sent."
            : (hint ?? `Go sends the base there, in ${floorFrame(viewer.store, robot)}.`)}
      </Text>
      <PlanText plan={plan} />
    </section>
  );
}

const notFree: ReadonlySet<string> = new Set(["collision", "keep_out"]);

/** What is known of the straight way to the goal. */
function PlanText({ plan }: { plan: GroundPlanState }) {
  if (plan.phase === "planned") {
    const { duration, leastDistance, leavesMap } = plan.way;
    const near =
      leastDistance === undefined
        ? ""
        : `, ${leastDistance.metres.toFixed(2)} m from ${leastDistance.between[1]} at the nearest`;
    return (
      <Text size="xs" mt={4} role="status" aria-label="Way to the goal">
        Straight way: {duration.toFixed(1)} s{near}.{leavesMap === true ? " It leaves the map." : ""}
      </Text>
    );
  }
  if (plan.phase !== "refused") return null;
  return (
    <Text size="xs" c="red" mt={4} role="status" aria-label="Way to the goal">
      {notFree.has(plan.code)
        ? `The straight way is not free: ${plan.message}. The navigator may find another way.`
        : `The way was not checked: ${plan.message}.`}
    </Text>
  );
}

type FieldProps = { label: string; unit: string; value: number | undefined; take: (value: number) => void };

function GoalField({ label, unit, value, take }: FieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const read = () => {
    const number = Number((typed ?? "").replace(",", ".").replace("−", "-"));
    if (typed !== null && typed.trim() !== "" && Number.isFinite(number)) take(number);
    setTyped(null);
  };
  return (
    <TextInput
      size="xs"
      inputMode="decimal"
      label={`${label}, ${unit}`}
      value={typed ?? value?.toFixed(3) ?? ""}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={read}
      onKeyDown={(event) => event.key === "Enter" && read()}
    />
  );
}
