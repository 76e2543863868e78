import { Button, Group, NumberInput, Switch, Text } from "@mantine/core";
import { useState } from "react";
import type { ThingJson } from "../../protocol/state-messages.ts";
import { drivenJoints, lifeOf } from "./device-life.ts";
import { useDriveHint } from "./drive-hint.ts";
import { useRobot, useViewer } from "./viewer-context.ts";

type WritableSignal = { name: string; type: "number" | "boolean"; unit: string };

/** The signals of a device that can be set; inert until this page drives. */
export function DeviceControls({ id, device }: { id: string; device: ThingJson }) {
  const robot = useRobot();
  const hint = useDriveHint(robot?.id ?? null);
  const signals = writableSignals(device);
  const joints = drivenJoints(device);
  if (signals.length === 0 && joints.length === 0) return null;
  return (
    <div>
      {joints.length > 0 && lifeOf(id, device).tone !== "bad" && (
        <Text size="xs" c="dimmed">
          Drives {joints.join(", ")}: move it under Joints.
        </Text>
      )}
      {signals.map((signal) => (
        <SignalControl key={signal.name} id={id} device={device} signal={signal} inert={hint !== null} />
      ))}
      {hint !== null && signals.length > 0 && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
    </div>
  );
}

type Props = { id: string; device: ThingJson; signal: WritableSignal; inert: boolean };

function SignalControl({ id, device, signal, inert }: Props) {
  const { driver } = useViewer();
  const [entered, setEntered] = useState<number | string>("");
  const name = id.replace(/^device\//, "");
  const label = `${name} ${signal.name}`;
  const send = (value: number | boolean): void => {
    driver.move({ kind: "device", device: name, signal: signal.name, value }, `${label} → ${value}`);
  };
  if (signal.type === "boolean") {
    const on = device.properties[`${id}/${signal.name}`]?.reported?.value === true;
    return (
      <Switch
        my={6}
        size="sm"
        label={signal.name}
        aria-label={label}
        disabled={inert}
        checked={on}
        onChange={(event) => send(event.currentTarget.checked)}
      />
    );
  }
  return (
    <Group gap={8} my={6} wrap="nowrap">
      <NumberInput
        flex={1}
        size="xs"
        aria-label={`${label} value`}
        placeholder={signal.name}
        suffix={signal.unit === "" ? "" : ` ${signal.unit}`}
        disabled={inert}
        value={entered}
        onChange={setEntered}
      />
      <Button
        size="xs"
        aria-label={`Set ${label}`}
        disabled={inert || typeof entered !== "number"}
        onClick={() => typeof entered === "number" && send(entered)}
      >
        Set
      </Button>
    </Group>
  );
}

/** Read from what the device said at birth; anything odd there is left out. */
function writableSignals(device: ThingJson): WritableSignal[] {
  const { signals } = device.definition;
  if (typeof signals !== "object" || signals === null) return [];
  return Object.entries(signals).flatMap(([name, about]: [string, unknown]) => {
    if (typeof about !== "object" || about === null) return [];
    const { writable, type, unit, property } = about as Record<string, unknown>;
    // What drives a joint is moved as a joint: one set-point alone would be followed for a moment only.
    if (writable !== true || property === "position" || (type !== "number" && type !== "boolean")) return [];
    return [{ name, type, unit: typeof unit === "string" ? unit : "" }];
  });
}
