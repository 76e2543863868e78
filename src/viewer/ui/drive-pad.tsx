import { type PointerEvent, useEffect, useRef, useState } from "react";
import { driveKeys, keysTwist, type PadSpeed, padTwist } from "../drive/pad-twist.ts";
import { takesArrows } from "./keyboard.ts";
import { useViewer } from "./viewer-context.ts";

type Props = { enabled: boolean; speed: PadSpeed };

/** Drives the base while a finger, the mouse or a key is held: up is forward, left and right turn. */
export function DrivePad({ enabled, speed }: Props) {
  const { jog } = useViewer().driver;
  const [knob, setKnob] = useState({ right: 0, up: 0 });
  const holding = useRef(false);
  useDriveKeys(enabled, speed);

  const letGo = () => {
    setKnob({ right: 0, up: 0 });
    if (holding.current) jog.release();
    holding.current = false;
  };
  const hold = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const right = ((event.clientX - box.left) / box.width) * 2 - 1;
    const up = 1 - ((event.clientY - box.top) / box.height) * 2;
    const over = Math.max(1, Math.hypot(right, up));
    setKnob({ right: right / over, up: up / over });
    jog.hold(padTwist(right / over, up / over, 0, speed));
  };
  useEffect(
    () => () => {
      if (holding.current) jog.release();
    },
    [jog],
  );
  useEffect(() => {
    if (!enabled) holding.current = false;
  }, [enabled]);
  return (
    <div
      className="drive-pad"
      role="application"
      aria-label="Drive pad"
      aria-description="Hold and drag: up drives forward, left and right turn. Keys: W A S D or arrows, Q and E sideways."
      aria-disabled={!enabled}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is interactive; it is reached by Tab for its keys
      tabIndex={0}
      onPointerDown={(event) => {
        if (!enabled || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        holding.current = true;
        hold(event);
      }}
      onPointerMove={(event) => holding.current && hold(event)}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onLostPointerCapture={letGo}
      onContextMenu={(event) => event.preventDefault()}
    >
      <i className="pad-mark" data-side="up" aria-hidden>
        ▲
      </i>
      <i className="pad-mark" data-side="down" aria-hidden>
        ▼
      </i>
      <i className="pad-mark" data-side="left" aria-hidden>
        ↺
      </i>
      <i className="pad-mark" data-side="right" aria-hidden>
        ↻
      </i>
      <i
        className="pad-knob"
        aria-hidden
        style={{ transform: `translate(${knob.right * 46}px, ${-knob.up * 46}px)` }}
      />
    </div>
  );
}

/** Keys drive while the pad is on the page, unless they belong to a slider, a menu or a text. */
function useDriveKeys(enabled: boolean, speed: PadSpeed): void {
  const { jog } = useViewer().driver;
  const newestSpeed = useRef(speed);
  newestSpeed.current = speed;
  useEffect(() => {
    if (!enabled) return;
    const pressed = new Set<string>();
    const follow = () => {
      const twist = keysTwist(pressed, newestSpeed.current);
      if (twist) jog.hold(twist);
    };
    const down = (event: KeyboardEvent) => {
      if (
        !driveKeys.has(event.code) ||
        takesArrows(event.target) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      if (event.repeat) return;
      pressed.add(event.code);
      follow();
    };
    const up = (event: KeyboardEvent) => {
      if (!pressed.delete(event.code)) return;
      if (pressed.size === 0) jog.release();
      else follow();
    };
    const letGo = () => {
      if (pressed.size > 0) jog.release();
      pressed.clear();
    };
    addEventListener("keydown", down);
    addEventListener("keyup", up);
    addEventListener("blur", letGo);
    return () => {
      letGo();
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
      removeEventListener("blur", letGo);
    };
  }, [enabled, jog]);
}
