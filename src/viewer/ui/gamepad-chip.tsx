import type { PadAim } from "../drive/gamepad-motion.ts";
import { useDrives, useReading, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** What a connected gamepad would move, and how to begin; nothing where there is none. */
export function GamepadChip() {
  const { hands, driver } = useViewer();
  const state = useSignal(hands.gamepad.state);
  const robot = useRobot();
  const drives = useDrives(robot?.id ?? null);
  const refusal = useSignal(driver.log.jogRefusal);
  const aim = useReading(() => aimWords(hands.aim()));
  return (
    <output className="pad-place-chip" aria-label="Gamepad" aria-live="polite">
      {state !== null && (
        <div className="pad-chip" data-phase={state.phase}>
          Gamepad: {words(state.phase, drives, aim, state.isMoving ? refusal : null)}
        </div>
      )}
    </output>
  );
}

function words(phase: string, drives: boolean, aim: string | null, refusal: string | null): string {
  if (aim === null) return "nothing to move here. Open the Tool panel, or select a joint.";
  if (!drives) return `press “Drive” first; then it moves ${aim}.`;
  if (phase === "held") return refusal === null ? `moves ${aim}.` : `refused: ${refusal}`;
  if (phase === "pressed") return "release the shoulder button, then hold it again.";
  return `hold L1 or R1 to move ${aim}.`;
}

function aimWords(aim: PadAim | null): string | null {
  if (aim === null) return null;
  return aim.kind === "base" ? "the base" : aim.kind === "tool" ? aim.link : aim.joint;
}
