import { UnstyledButton } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { JogCommand } from "../../client/jog.ts";
import { useViewer } from "./viewer-context.ts";

type Props = { label: string; text: React.ReactNode; disabled: boolean; command: JogCommand };

/** Moves while held, by pointer or by Enter, and not a moment longer. */
export function HoldButton({ label, text, disabled, command }: Props) {
  const { jog } = useViewer().driver;
  const holding = useRef(false);
  const letGo = () => {
    if (holding.current) jog.release();
    holding.current = false;
  };
  const hold = () => {
    holding.current = true;
    jog.hold(command);
  };
  // The button may vanish under the finger: another panel, another robot, the lease lost.
  useEffect(
    () => () => {
      if (holding.current) jog.release();
    },
    [jog],
  );
  return (
    <UnstyledButton
      className="hold"
      aria-label={label}
      title={`${label}: hold`}
      disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        hold();
      }}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onLostPointerCapture={letGo}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.repeat) hold();
      }}
      onKeyUp={letGo}
      onBlur={letGo}
    >
      {text}
    </UnstyledButton>
  );
}
