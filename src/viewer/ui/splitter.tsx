import { type PointerEvent, useRef } from "react";

type Props = {
  label: string;
  /** How the line lies. */
  orientation: "vertical" | "horizontal";
  className: string;
  value: number;
  least: number;
  most: number;
  /** What a step of an arrow key changes, and one pixel of a drag to the left or upwards. */
  step: number;
  perPixel: number;
  onChange: (value: number) => void;
};

/** A line between two parts of the page: dragged, or moved by arrow keys. To the left and upwards `value` grows. */
export function Splitter({
  label,
  orientation,
  className,
  value,
  least,
  most,
  step,
  perPixel,
  onChange,
}: Props) {
  const start = useRef<{ at: number; value: number } | null>(null);
  const isVertical = orientation === "vertical";
  const placeOf = (event: PointerEvent) => (isVertical ? event.clientX : event.clientY);
  const change = (next: number) => onChange(Math.min(most, Math.max(least, next)));
  const [more, less] = isVertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  return (
    // biome-ignore lint/a11y/useSemanticElements: <hr> cannot be a separator that is focused and moved
    <div
      className={className}
      role="separator"
      tabIndex={0}
      aria-orientation={orientation}
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={most}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: placeOf(event), value };
      }}
      onPointerMove={(event) => {
        if (start.current) change(start.current.value + (start.current.at - placeOf(event)) * perPixel);
      }}
      onLostPointerCapture={() => {
        start.current = null;
      }}
      onKeyDown={(event) => {
        if (event.key === more) change(value + step);
        if (event.key === less) change(value - step);
      }}
    />
  );
}
