import { Button, Group, Text } from "@mantine/core";
import { ownValue } from "../../core/own-value.ts";
import { formatBreach } from "../store/format.ts";
import { useDriveHint } from "./drive-hint.ts";
import { PlannerChoice } from "./planner-choice.tsx";
import { UncheckedLinks } from "./unchecked-links.tsx";
import { useControl, useSignal, useViewer } from "./viewer-context.ts";

/** A touch screen has no Shift key. */
const shiftHint = matchMedia("(any-hover: hover)").matches ? " Shift sends on release." : "";

/** Sends the ghost, or drops it; says what keeps it from being sent. */
export function GoBar({ robot, movable }: { robot: string; movable: boolean }) {
  const viewer = useViewer();
  const all = useSignal(viewer.targets.changed);
  const hint = useDriveHint(robot);
  const can = useControl(robot)?.can;
  const count = Object.keys(ownValue(all, robot) ?? {}).length;
  const refusal = useSignal(viewer.driver.log.jogRefusal);
  const { angles } = useSignal(viewer.settings);
  const faults = useSignal(viewer.targetCheck.faults);
  const fault = count === 0 ? undefined : faults[robot];
  const plan = useSignal(viewer.hands.plans.state);
  // One Go at a time: that of the plan's card sends what is seen.
  const isPlanned = (plan.phase === "planned" || plan.phase === "unsupported") && plan.order.robot === robot;
  const incapable =
    can?.jointPosition === false ? (can.reason ?? "This robot accepts no joint moves now.") : null;
  // Why Go does nothing now; null when it sends.
  const block =
    hint ??
    incapable ??
    (count === 0 ? `Move a slider: it sets the amber ghost, and Go sends it.${shiftHint}` : null);
  return (
    <div className="go-bar">
      <output aria-live="polite">
        {fault !== undefined && (
          <Text size="xs" className="refusal">
            The ghost is red:{" "}
            {fault.breach === undefined ? fault.message : formatBreach(fault.breach, angles)}
          </Text>
        )}
        {refusal !== null && movable && (
          <Text size="xs" className="refusal">
            Jog refused: {refusal}
          </Text>
        )}
      </output>
      <UncheckedLinks robot={robot} />
      <PlannerChoice robot={robot} />
      <Group gap={8} wrap="nowrap">
        {!isPlanned && (
          <Button
            flex={1}
            disabled={!movable || count === 0}
            title={block ?? undefined}
            onClick={() => viewer.sender.go(robot)}
          >
            Go
          </Button>
        )}
        <Button
          variant="default"
          disabled={count === 0}
          title="Shows the motion as a blue ghost before anything is sent"
          onClick={() =>
            viewer.hands.plans.ask({
              robot,
              command: { kind: "jointPosition", positions: { ...ownValue(all, robot) } },
              label:
                count > 2
                  ? `Move ${count} joints`
                  : `Move ${Object.keys(ownValue(all, robot) ?? {}).join(" and ")}`,
              link: null,
            })
          }
        >
          Plan
        </Button>
        <Button
          variant="default"
          aria-keyshortcuts="Escape"
          disabled={count === 0}
          onClick={() => viewer.targets.drop(robot)}
        >
          Drop
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {block ??
          (isPlanned ? "The plan is shown below the robot. Its Go sends it." : null) ??
          `Moves ${count} ${count === 1 ? "joint" : "joints"} to the amber ghost. Enter in a target field does the same; Esc drops the ghost.`}
      </Text>
    </div>
  );
}
