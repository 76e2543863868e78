import { Button, NativeSelect, SegmentedControl, Slider, Text } from "@mantine/core";
import { useId } from "react";
import {
  lookParts,
  mostPointPixels,
  type TopicLook,
  usualPalette,
  usualTrailOf,
} from "../topics/topic-looks.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

const trails = [
  { value: "0", label: "none" },
  { value: "10", label: "10 s" },
  { value: "60", label: "a minute" },
  { value: "600", label: "10 minutes" },
  { value: "3600", label: "an hour" },
];
const oneColor = "one colour";
const asPublished = "as published";
const someColor = "#e8590c";

type Props = {
  topic: string;
  type: string;
  look: TopicLook;
  change: (change: { [K in keyof TopicLook]?: TopicLook[K] | undefined }) => void;
};

/** How a topic is drawn in the 3D view, as far as that can be chosen. */
export function TopicLookFields({ topic, type }: { topic: string; type: string }) {
  const { looks } = useViewer().topics.desk;
  useSignal(looks.all);
  const look = looks.of(topic);
  const parts = lookParts(type);
  if (parts.length === 0) return null;
  const change: Props["change"] = (changed) => looks.change(topic, changed);
  const props = { topic, type, look, change };
  const has = (part: keyof TopicLook): boolean => parts.includes(part);
  return (
    <details className="topic-look">
      <summary>Look</summary>
      {has("field") && <FieldChoice {...props} />}
      {has("color") && (!has("field") || look.color !== undefined || isScan(type)) && (
        <ColorChoice {...props} />
      )}
      {has("palette") && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={`Colours of ${topic}`}
          value={look.palette ?? usualPalette(topic)}
          data={[
            { value: "map", label: "Map" },
            { value: "costs", label: "Costs" },
          ]}
          onChange={(palette) => change({ palette: palette === "costs" ? "costs" : "map" })}
        />
      )}
      {has("size") && (
        <Amount
          label="Point size"
          unit="px"
          value={look.size ?? (isScan(type) ? 3 : 2)}
          range={[1, mostPointPixels, 1]}
          onChange={(size) => change({ size })}
        />
      )}
      {has("opacity") && (
        <Amount
          label="Opacity"
          unit="%"
          value={Math.round(100 * (look.opacity ?? 1))}
          range={[0, 100, 5]}
          onChange={(percent) => change({ opacity: percent / 100 })}
        />
      )}
      {has("trail") && (
        <NativeSelect
          size="xs"
          label="Trail"
          value={String(look.trail ?? usualTrailOf(type))}
          data={trails}
          onChange={(event) => change({ trail: Number(event.currentTarget.value) })}
        />
      )}
      {Object.keys(look).length > 0 && (
        <Button
          size="compact-xs"
          variant="subtle"
          mt={6}
          aria-label={`Usual look of ${topic}`}
          onClick={() => looks.set([topic], [])}
        >
          Usual look
        </Button>
      )}
    </details>
  );
}

const isScan = (type: string): boolean => type === "sensor_msgs/msg/LaserScan";

/** What points get their colours by. */
function FieldChoice({ topic, type, look, change }: Props) {
  const { desk } = useViewer().topics;
  const reading = useReading(() => {
    const { fields, field } = desk.states.get(topic)?.message?.header.meta ?? {};
    const names = Array.isArray(fields) ? fields.filter((name) => typeof name === "string") : [];
    return JSON.stringify([names, typeof field === "string" ? field : null]);
  });
  const [fields, drawn] = JSON.parse(reading) as [string[], string | null];
  const usual = isScan(type) ? oneColor : asPublished;
  const offered = isScan(type) ? ["intensity"] : fields.filter((name) => !/^rgba?$/.test(name));
  const value = look.color !== undefined ? oneColor : (look.field ?? usual);
  const all = [...new Set([usual, ...offered, oneColor, value])];
  const choose = (chosen: string): void => {
    if (chosen === oneColor) change({ field: undefined, color: isScan(type) ? undefined : someColor });
    else change({ color: undefined, field: chosen === asPublished ? undefined : chosen });
  };
  return (
    <NativeSelect
      size="xs"
      label="Colour by"
      value={value}
      data={all.map((name) => ({
        value: name,
        label:
          name === asPublished && drawn !== null && look.field === undefined ? `${name} (${drawn})` : name,
      }))}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  );
}

function ColorChoice({ topic, look, change }: Props) {
  const { board } = useViewer().topics;
  const usual = useReading(() => board.get()?.colorOf(topic) ?? someColor);
  const id = useId();
  if (look.field !== undefined) return null;
  return (
    <div className="topic-color">
      <label htmlFor={id}>Colour</label>
      <input
        id={id}
        type="color"
        aria-label={`Colour of ${topic}`}
        value={look.color ?? usual}
        onChange={(event) => change({ color: event.currentTarget.value })}
      />
    </div>
  );
}

type AmountProps = {
  label: string;
  unit: string;
  value: number;
  /** Least, greatest, step. */
  range: readonly [number, number, number];
  onChange: (value: number) => void;
};

function Amount({ label, unit, value, range: [min, max, step], onChange }: AmountProps) {
  return (
    <div className="topic-amount">
      <Text size="xs">
        {label}: {value} {unit}
      </Text>
      <Slider
        size="sm"
        label={null}
        thumbLabel={label}
        value={value}
        min={min}
        max={max}
        step={step}
        onChange={onChange}
      />
    </div>
  );
}
