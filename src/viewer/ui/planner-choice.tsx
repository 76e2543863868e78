import { NativeSelect } from "@mantine/core";
import { hasMoveit } from "../store/control-extras.ts";
import { useControl, useSignal, useViewer } from "./viewer-context.ts";

/** Who looks for the way of a plan, where MoveIt is there beside the twin. */
export function PlannerChoice({ robot }: { robot: string }) {
  const { plans } = useViewer().hands;
  const planner = useSignal(plans.planner);
  const control = useControl(robot);
  if (!hasMoveit(control)) return null;
  return (
    <NativeSelect
      size="xs"
      label="Planner"
      description="Whoever finds the way, the twin checks and times it"
      value={planner}
      data={[
        { value: "twin", label: "Twin" },
        { value: "moveit", label: "MoveIt" },
      ]}
      onChange={(event) => plans.planner.set(event.currentTarget.value === "moveit" ? "moveit" : "twin")}
    />
  );
}
