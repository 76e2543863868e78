import { TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { AngleUnit } from "../store/format.ts";
import { composedTurn, quaternionOfRpy, rpyOf, turned } from "../tool/rpy.ts";
import type { ToolHand } from "../tool/tool-hand.ts";
import type { ToolPose } from "../tool/tool-kinematics.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

const places = ["x", "y", "z"] as const;
const turns = ["roll", "pitch", "yaw"] as const;
type Figure = (typeof places)[number] | (typeof turns)[number];

/** One nudge: m and rad. With Shift ten of them, in precise mode a tenth. */
const step = { metres: 0.01, radians: Math.PI / 36 } as const;

/** Where the tool is wanted, as six figures in the root's frame; each can be typed, and nudged along the chosen axes. */
export function ToolFields({ hand }: { hand: ToolHand }) {
  return (
    <div className="tool-fields">
      {[...places, ...turns].map((figure) => (
        <ToolField key={figure} figure={figure} hand={hand} />
      ))}
    </div>
  );
}

function ToolField({ figure, hand }: { figure: Figure; hand: ToolHand }) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  const precise = useSignal(viewer.driver.precise);
  const [typed, setTyped] = useState<string | null>(null);
  const isTurn = isTurnFigure(figure);
  const shown = useReading(() => {
    const pose = hand.pose();
    return pose === null ? "" : figureText(figureOf(pose, figure), isTurn, angles);
  });
  const take = () => {
    const pose = hand.pose();
    const value = typed === null ? null : readFigure(typed, isTurn, angles);
    setTyped(null);
    if (pose !== null && value !== null) hand.want(withFigure(pose, figure, value));
  };
  const nudge = (sign: 1 | -1, isLarge: boolean) => {
    const pose = hand.pose();
    if (pose === null) return;
    const size = (isTurn ? step.radians : step.metres) * (isLarge ? 10 : 1) * (precise ? 0.1 : 1);
    setTyped(null);
    hand.want(nudged(pose, figure, sign * size, hand.state.get().axes));
  };
  const unit = isTurn ? (angles === "deg" ? "°" : "rad") : "m";
  const button = (sign: 1 | -1, word: string, sign_: string) => (
    <UnstyledButton
      className="hold"
      aria-label={`Nudge ${figure} ${word}`}
      title={`Nudge ${figure} ${word} (Shift: ten times as far)`}
      onClick={(event) => nudge(sign, event.shiftKey)}
    >
      {sign_}
    </UnstyledButton>
  );
  return (
    <div className="tool-field">
      <span aria-hidden>{figure}</span>
      {button(-1, "down", "−")}
      <TextInput
        size="xs"
        inputMode="decimal"
        aria-label={`Tool ${figure}`}
        value={typed ?? shown}
        rightSection={<small className="dim">{unit}</small>}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === "Enter") take();
          if (event.key === "Escape") setTyped(null);
          if (event.key === "ArrowUp" || event.key === "ArrowDown") {
            event.preventDefault();
            nudge(event.key === "ArrowUp" ? 1 : -1, event.shiftKey);
          }
        }}
      />
      {button(1, "up", "+")}
    </div>
  );
}

function isTurnFigure(figure: Figure): figure is (typeof turns)[number] {
  return figure === "roll" || figure === "pitch" || figure === "yaw";
}

function figureOf(pose: ToolPose, figure: Figure): number {
  return isTurnFigure(figure)
    ? (rpyOf(pose.quaternion)[turns.indexOf(figure)] ?? 0)
    : (pose.position[places.indexOf(figure)] ?? 0);
}

function figureText(value: number, isTurn: boolean, angles: AngleUnit): string {
  const number = isTurn && angles === "deg" ? (value * 180) / Math.PI : value;
  const text = number.toFixed(isTurn && angles === "deg" ? 1 : 4);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

function readFigure(text: string, isTurn: boolean, angles: AngleUnit): number | null {
  const number = Number(text.replace(",", ".").replace("−", "-"));
  if (text.trim() === "" || !Number.isFinite(number)) return null;
  return isTurn && angles === "deg" ? (number * Math.PI) / 180 : number;
}

function withFigure(pose: ToolPose, figure: Figure, value: number): ToolPose {
  if (!isTurnFigure(figure)) {
    const position = [...pose.position];
    position[places.indexOf(figure)] = value;
    return { ...pose, position };
  }
  const rpy = rpyOf(pose.quaternion);
  rpy[turns.indexOf(figure)] = value;
  return { ...pose, quaternion: quaternionOfRpy(...rpy) };
}

/** Moved along, or turned about, one of the chosen axes: m or rad. */
function nudged(pose: ToolPose, figure: Figure, size: number, axes: "own" | "base"): ToolPose {
  const isTurn = isTurnFigure(figure);
  const way = [0, 0, 0];
  way[isTurn ? turns.indexOf(figure) : places.indexOf(figure)] = size;
  if (!isTurn) {
    const step = axes === "own" ? turned(pose.quaternion, way) : way;
    return { ...pose, position: pose.position.map((value, k) => value + (step[k] ?? 0)) };
  }
  const turn = quaternionOfRpy(...(way as [number, number, number]));
  const quaternion =
    axes === "own" ? composedTurn(pose.quaternion, turn) : composedTurn(turn, pose.quaternion);
  return { ...pose, quaternion };
}
