import { Button, Checkbox, Group, NativeSelect, SegmentedControl, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import type { MotionCommand } from "../../client/command-sequence.ts";
import { formatBreach, formatQuantity } from "../store/format.ts";
import type { ToolHand } from "../tool/tool-hand.ts";
import { useDriveHint } from "./drive-hint.ts";
import { PlannerChoice } from "./planner-choice.tsx";
import { ToolFields } from "./tool-fields.tsx";
import { ToolJog } from "./tool-jog.tsx";
import { useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Moves the robot's tool: handles in the 3D view, figures here, a plan for both. */
export function ToolPanel() {
  const viewer = useViewer();
  const robot = useRobot();
  const { hands, fleet } = viewer;
  const session = useSignal(hands.tool);
  const problem = useSignal(hands.toolProblem);
  const id = robot?.id ?? "";
  const isWhole = robot?.meshes !== undefined && robot.model.phase === "ready";
  useEffect(() => {
    const view = fleet.views.get(id);
    if (isWhole && view !== undefined) void hands.takeTool(view);
  }, [hands, fleet, id, isWhole]);
  const block = useSignal(viewer.driver.block);
  const isOwn = session !== null && session.hand.robot.id === id && block === null;
  useEffect(() => {
    if (!isOwn) return;
    session.isActive.set(true);
    return () => session.isActive.set(false);
  }, [session, isOwn]);
  if (block !== null) return <Text c="dimmed">{block}</Text>;
  if (problem !== null) return <Text>The tool cannot be moved here: {problem}</Text>;
  if (!isOwn) return <Text c="dimmed">No robot description yet.</Text>;
  return <ToolControls key={id} robot={id} hand={session.hand} />;
}

function ToolControls({ robot, hand }: { robot: string; hand: ToolHand }) {
  const { link, axes, handles, holdsTurn } = useSignal(hand.state);
  if (link === null)
    return <Text>No joint of this robot can be driven here, so its tool cannot be moved.</Text>;
  return (
    <div className="tool">
      <NativeSelect
        size="xs"
        label="Link that is moved"
        data={[...hand.links]}
        value={link}
        onChange={(event) => hand.choose(event.currentTarget.value)}
      />
      <Group gap={8} wrap="wrap">
        <SegmentedControl
          size="xs"
          aria-label="Handles"
          value={handles}
          data={[
            { value: "move", label: "Move" },
            { value: "turn", label: "Turn" },
          ]}
          onChange={(value) => hand.change({ handles: value === "turn" ? "turn" : "move" })}
        />
        <SegmentedControl
          size="xs"
          aria-label="Axes"
          value={axes}
          data={[
            { value: "base", label: "Base axes" },
            { value: "own", label: "Own axes" },
          ]}
          onChange={(value) => hand.change({ axes: value === "own" ? "own" : "base" })}
        />
      </Group>
      <Checkbox
        size="xs"
        label="Keep the orientation"
        checked={holdsTurn}
        onChange={(event) => hand.change({ holdsTurn: event.currentTarget.checked })}
      />
      <ToolFields hand={hand} />
      <ReachLine robot={robot} hand={hand} />
      <ToolPlan robot={robot} hand={hand} />
      <ToolJog robot={robot} link={link} frame={axes === "own" ? link : hand.kinematics.model.rootLink} />
    </div>
  );
}

/** In words what the ghost's colour says. */
function ReachLine({ robot, hand }: { robot: string; hand: ToolHand }) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const { reach } = useSignal(hand.state);
  const fault = useSignal(viewer.targetCheck.faults)[robot];
  let text = "Drag a handle in the 3D view, or change a figure: the amber ghost follows.";
  let isBad = false;
  if (reach !== null && !reach.isReached) {
    isBad = true;
    const missing = [
      ...(reach.metres > 1e-4 ? [formatQuantity(reach.metres, "m", angles)] : []),
      ...(reach.radians > 1e-3 ? [formatQuantity(reach.radians, "rad", angles)] : []),
    ].join(" and ");
    const limits = reach.limits.map(({ joint, end }) => `${joint} is at its ${end} limit`).join(", ");
    text = reach.isTooFar
      ? `Not reached: it is ${missing} further than the arm reaches.`
      : `Not reached: ${missing} missing.${limits === "" ? "" : ` ${limits}.`}`;
  } else if (reach !== null && fault !== undefined) {
    isBad = true;
    const why = fault.breach === undefined ? fault.message : formatBreach(fault.breach, angles);
    text = `The direct way is refused: ${why}. Plan looks for a way around.`;
  } else if (reach !== null) text = "Reached: nothing speaks against it.";
  return (
    <div>
      <output aria-live="polite" aria-label="Reach">
        <Text size="xs" className={isBad ? "refusal" : "dim"}>
          {text}
        </Text>
      </output>
      {reach !== null && !reach.isReached && (
        <Button mt={6} size="compact-xs" variant="default" onClick={() => hand.takeNearest()}>
          Take the nearest place
        </Button>
      )}
    </div>
  );
}

function ToolPlan({ robot, hand }: { robot: string; hand: ToolHand }) {
  const viewer = useViewer();
  const hint = useDriveHint(robot);
  const [path, setPath] = useState<"joint" | "line">("joint");
  const { link, target, reach } = useSignal(hand.state);
  const block =
    target === null || reach === null
      ? "Move the tool's ghost first."
      : reach.isReached
        ? null
        : "The tool cannot get there.";
  const plan = () => {
    if (link === null || target === null) return;
    const command: MotionCommand =
      path === "joint"
        ? { kind: "jointPosition", positions: { ...viewer.targets.of(robot) } }
        : {
            kind: "pose",
            link,
            frame: hand.kinematics.model.rootLink,
            position: [...target.position],
            quaternion: [...target.quaternion],
            path: "line",
          };
    viewer.hands.plans.ask({ robot, command, label: `Move ${link}`, link });
  };
  return (
    <div className="go-bar">
      {path === "joint" && <PlannerChoice robot={robot} />}
      <SegmentedControl
        size="xs"
        aria-label="Way of the tool"
        value={path}
        data={[
          { value: "joint", label: "Any way" },
          { value: "line", label: "Straight line" },
        ]}
        onChange={(value) => setPath(value === "line" ? "line" : "joint")}
      />
      <Group gap={8} wrap="nowrap">
        <Button flex={1} disabled={block !== null} title={block ?? undefined} onClick={plan}>
          Plan
        </Button>
        <Button
          variant="default"
          aria-keyshortcuts="Escape"
          disabled={target === null}
          onClick={() => viewer.targets.drop(robot)}
        >
          Drop
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {block ?? "Plan shows the motion as a blue ghost and sends nothing; Go sends it."}
        {hint !== null && ` ${hint}`}
      </Text>
    </div>
  );
}
