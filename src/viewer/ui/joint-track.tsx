import { type PointerEvent, useEffect, useRef } from "react";
import { wrapped } from "../../core/circle.ts";
import { ownValue } from "../../core/own-value.ts";
import { formatQuantity } from "../store/format.ts";
import type { JointInfo } from "../store/robot-catalog.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/**
 * The limit bar and the slider in one line: the mark is where the joint is, the handle where it is wanted.
 * Both are moved by hand ten times a second, without React.
 */
export function JointTrack({ robot, joint, movable }: { robot: string; joint: JointInfo; movable: boolean }) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const slider = useRef<HTMLInputElement>(null);
  const mark = useRef<HTMLElement>(null);
  const held = useRef(false);
  const own = joint.mimics === null;

  useEffect(() => {
    const draw = () => {
      const { motion } = viewer.store;
      const column = motion.facet(robot, "reported")?.joints.get(joint.name)?.position ?? -1;
      const measured = motion.newest(column);
      if (mark.current) {
        mark.current.style.left = `${100 * share(joint, measured ?? 0)}%`;
        mark.current.hidden = measured === null;
      }
      const input = slider.current;
      if (!input || held.current) return;
      const target = ownValue(viewer.targets.of(robot), joint.name);
      const desired = viewer.store.desiredPosition(robot, joint.name);
      const position = target ?? desired ?? measured ?? 0;
      input.value = String(shown(joint, position));
      input.dataset.ghost = String(target !== undefined);
      input.setAttribute("aria-valuetext", formatQuantity(position, joint.unit, angles));
    };
    draw();
    const ends = [viewer.ticker.subscribe(draw), viewer.targets.changed.subscribe(draw)];
    return () => {
      for (const end of ends) end();
    };
  }, [viewer, robot, joint, angles]);

  // React reports a change only if it has not seen the value before, and the effect above writes it often.
  useEffect(() => {
    const input = slider.current;
    const take = () => input && viewer.targets.set(robot, joint.name, input.valueAsNumber);
    input?.addEventListener("input", take);
    return () => input?.removeEventListener("input", take);
  }, [viewer, robot, joint]);

  const release = (event: PointerEvent) => {
    held.current = false;
    if (event.shiftKey) viewer.sender.go(robot);
  };
  return (
    <div className="track">
      <i className="mark" ref={mark} aria-hidden />
      {own && (
        <input
          ref={slider}
          type="range"
          aria-label={`${joint.name} target`}
          min={joint.lower}
          max={joint.upper}
          step="any"
          disabled={!movable}
          onPointerDown={() => {
            held.current = true;
          }}
          onPointerUp={release}
          onPointerCancel={() => {
            held.current = false;
          }}
        />
      )}
    </div>
  );
}

/** A continuous joint is shown within one turn. */
function shown(joint: JointInfo, position: number): number {
  return joint.type === "continuous" ? wrapped(position) : position;
}

function share(joint: JointInfo, position: number): number {
  const within = (shown(joint, position) - joint.lower) / (joint.upper - joint.lower);
  return Math.min(1, Math.max(0, within));
}
