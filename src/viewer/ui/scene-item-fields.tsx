import { TextInput } from "@mantine/core";
import { useState } from "react";
import { yawOf } from "../../core/yaw.ts";
import type { ObjectShape, SceneItem } from "../store/surroundings.ts";
import { useViewer } from "./viewer-context.ts";

type Field = {
  label: string;
  unit: string;
  value: number;
  least: number;
  change: (value: number) => Partial<SceneItem>;
};

/** Place and size of one object, as figures; the handles in the 3D view move it as well. */
export function SceneItemFields({ item }: { item: SceneItem }) {
  const { scene } = useViewer().hands;
  return (
    <div className="scene-fields">
      {[...placeFields(item), ...sizeFields(item)].map((field) => (
        <FigureField
          key={field.label}
          name={`${item.id} ${field.label}`}
          field={field}
          take={(value) => scene.change(item.id, field.change(value))}
        />
      ))}
    </div>
  );
}

function placeFields({ position, quaternion }: SceneItem): Field[] {
  const place = (axis: 0 | 1 | 2, label: string): Field => ({
    label,
    unit: "m",
    value: position[axis],
    least: Number.NEGATIVE_INFINITY,
    change: (value) => {
      const next: SceneItem["position"] = [...position];
      next[axis] = value;
      return { position: next };
    },
  });
  const yaw: Field = {
    label: "yaw",
    unit: "rad",
    value: yawOf(...quaternion),
    least: Number.NEGATIVE_INFINITY,
    // A figure for the yaw stands the object upright.
    change: (value) => ({ quaternion: [0, 0, Math.sin(value / 2), Math.cos(value / 2)] }),
  };
  return [place(0, "x"), place(1, "y"), place(2, "z"), yaw];
}

/** m: what is thinner cannot be seen, nor meant. */
const leastSize = 0.001;

function sizeFields({ shape }: SceneItem): Field[] {
  const of = (label: string, value: number, shapeOf: (value: number) => ObjectShape): Field => ({
    label,
    unit: "m",
    value,
    least: leastSize,
    change: (next) => ({ shape: shapeOf(next) }),
  });
  switch (shape.kind) {
    case "box":
      return ([0, 1, 2] as const).map((axis) =>
        of(["length", "width", "height"][axis] ?? "", shape.size[axis], (value) => {
          const size: typeof shape.size = [...shape.size];
          size[axis] = value;
          return { kind: "box", size };
        }),
      );
    case "capsule":
    case "cylinder":
      return [
        of("radius", shape.radius, (radius) => ({ ...shape, radius })),
        of("height", shape.length, (length) => ({ ...shape, length })),
      ];
    case "sphere":
      return [of("radius", shape.radius, (radius) => ({ ...shape, radius }))];
    case "other":
      return [];
  }
}

function FigureField({ name, field, take }: { name: string; field: Field; take: (value: number) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const read = () => {
    const number = Number((typed ?? "").replace(",", ".").replace("−", "-"));
    if (typed !== null && typed.trim() !== "" && Number.isFinite(number) && number >= field.least)
      take(number);
    setTyped(null);
  };
  return (
    <TextInput
      size="xs"
      inputMode="decimal"
      label={`${field.label}, ${field.unit}`}
      aria-label={name}
      value={typed ?? field.value.toFixed(3).replace("-", "−")}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={read}
      onKeyDown={(event) => event.key === "Enter" && read()}
    />
  );
}
