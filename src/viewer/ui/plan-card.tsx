import { ActionIcon, Button, Group } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { listedNames } from "../../core/listed-names.ts";
import type { PlanState } from "../drive/plan-desk.ts";
import { hardestJoint } from "../drive/plan-sample.ts";
import { formatQuantity } from "../store/format.ts";
import { useDriveHint } from "./drive-hint.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** A plan before it is sent: what it would be, its moments to look at, Go. */
export function PlanCard() {
  const { plans } = useViewer().hands;
  const state = useSignal(plans.state);
  // Always there, so that a screen reader reports what appears in it.
  return (
    <section className="plan-place" aria-label="Plan">
      {state.phase !== "none" && state.phase !== "sent" && <Card state={state} />}
    </section>
  );
}

type Shown = Exclude<PlanState, { phase: "none" | "sent" }>;

function Card({ state }: { state: Shown }) {
  const viewer = useViewer();
  const { plans } = viewer.hands;
  const hint = useDriveHint(state.order.robot);
  const isOld = state.phase === "planned" && state.stale !== null;
  const goes = (state.phase === "planned" && !isOld) || state.phase === "unsupported";
  return (
    <div className="plan-card" data-tone={isOld || state.phase === "refused" ? "bad" : "plain"}>
      <output aria-live="polite" className="plan-words">
        <b>{state.order.label}</b> <PlanWords state={state} />
      </output>
      {state.phase === "planned" && <Scrubber key={state.plan.planId} />}
      <Group gap={8} justify="flex-end">
        {goes && (
          <Button
            size="compact-sm"
            disabled={hint !== null}
            title={hint ?? undefined}
            onClick={() => plans.go()}
          >
            Go
          </Button>
        )}
        {state.phase !== "asking" && state.phase !== "unsupported" && (
          <Button
            size="compact-sm"
            variant={isOld ? "filled" : "default"}
            title="Plans the same motion from where the robot is now"
            onClick={() => plans.again()}
          >
            Plan again
          </Button>
        )}
        <Button size="compact-sm" variant="default" aria-label="Drop the plan" onClick={() => plans.drop()}>
          Drop
        </Button>
      </Group>
      {goes && hint !== null && <small className="dim">{hint}</small>}
    </div>
  );
}

function PlanWords({ state }: { state: Shown }) {
  const { angles } = useSignal(useViewer().settings);
  switch (state.phase) {
    case "asking":
      return "is being planned …";
    case "refused":
      return <span className="refusal">cannot be planned: {state.message}</span>;
    case "unsupported":
      return "is not planned by this server. Go sends it directly; the server checks it.";
    case "planned": {
      const { plan, stale } = state;
      if (stale !== null) return <span className="refusal">was not sent: {stale}</span>;
      const least = plan.leastDistance;
      const hardest = hardestJoint(plan.effortShare);
      return (
        <>
          {plan.planner === "moveit"
            ? "goes a way of MoveIt"
            : plan.path === "around"
              ? "goes around what is in the way"
              : "goes directly"}
          , {plan.duration.toFixed(1)} s.
          {least !== undefined &&
            ` Nearest: ${formatQuantity(least.metres, "m", angles)} between ${least.between.join(" and ")} at ${least.time.toFixed(1)} s.`}
          {hardest !== null && ` Effort: ${hardest.joint} up to ${Math.round(hardest.share * 100)} %.`}
          {plan.uncheckedLinks !== undefined && (
            <span className="refusal"> Not checked for collisions: {listedNames(plan.uncheckedLinks)}.</span>
          )}
        </>
      );
    }
  }
}

/** The moments of the plan; the ghost shows the chosen one. Moved by hand, without React, while it plays. */
function Scrubber() {
  const viewer = useViewer();
  const { plans } = viewer.hands;
  const { clock } = plans;
  const slider = useRef<HTMLInputElement>(null);
  const isPlaying = useReading(() => clock.isPlaying);
  const time = useReading(() => clock.time.toFixed(1));
  const state = plans.state.get();
  const end = state.phase === "planned" ? (state.plan.points.at(-1)?.time ?? 0) : 0;
  useEffect(() => {
    const input = slider.current;
    if (input === null) return;
    const draw = () => {
      input.value = String(clock.time);
      input.setAttribute("aria-valuetext", `${clock.time.toFixed(1)} s`);
    };
    const take = () => {
      clock.seek(input.valueAsNumber);
      viewer.stage?.requestDraw();
    };
    draw();
    input.addEventListener("input", take);
    const unsubscribe = viewer.ticker.subscribe(draw);
    return () => {
      input.removeEventListener("input", take);
      unsubscribe();
    };
  }, [viewer, clock]);
  return (
    <div className="plan-scrubber">
      <ActionIcon
        variant="default"
        aria-label={isPlaying ? "Pause the plan" : "Play the plan"}
        onClick={() => {
          clock.toggle();
          viewer.stage?.requestDraw();
        }}
      >
        {isPlaying ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
      </ActionIcon>
      <input ref={slider} type="range" aria-label="Moment of the plan" min={0} max={end} step="any" />
      <span className="figure">
        {time} / {end.toFixed(1)} s
      </span>
    </div>
  );
}
