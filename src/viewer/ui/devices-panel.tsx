import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { ownValue } from "../../core/own-value.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";
import { DeviceControls } from "./device-controls.tsx";
import { bootLine, firmwareState, lifeOf } from "./device-life.ts";
import { namedProperties, PropertyList } from "./property-list.tsx";
import { SourceCard } from "./sources-panel.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

/** More cards at once are slow to draw, and nobody reads them. */
const mostShown = 60;
const filterFrom = 8;

/** The microcontrollers and sensors, what they say and whether they live. */
export function DevicesPanel() {
  const things = useSignal(useViewer().store.things);
  const [filter, setFilter] = useState("");
  const devices = Object.entries(things).filter(([, thing]) => thing.type === "device");
  if (devices.length === 0) {
    return (
      <>
        <BrokerTrouble />
        <Text c="dimmed" size="sm">
          No device yet. One that publishes its birth on MQTT under twin/v1/… appears here by itself; “twin
          device” is a simulated one.
        </Text>
      </>
    );
  }
  const found = devices.filter(([id]) => id.toLowerCase().includes(filter.trim().toLowerCase()));
  // Those that need a look come first.
  const order = { bad: 0, doubt: 1, good: 2 };
  const shown = found
    .map(([id, device]) => ({ id, device, life: lifeOf(id, device) }))
    .sort((a, b) => order[a.life.tone] - order[b.life.tone] || a.id.localeCompare(b.id))
    .slice(0, mostShown);
  return (
    <>
      <BrokerTrouble />
      {devices.length >= filterFrom && (
        <TextInput
          mb={10}
          size="xs"
          aria-label="Find a device"
          placeholder={`find one of ${devices.length}`}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <ul className="cards">
        {shown.map(({ id, device, life }) => (
          <Device key={id} id={id} device={device} life={life} />
        ))}
      </ul>
      {found.length > shown.length && (
        <Text c="dimmed" size="sm">
          {found.length - shown.length} more: type part of a name above to find one.
        </Text>
      )}
    </>
  );
}

/** Devices come by the broker: while it is down nothing here is to be expected, and that is said first. */
function BrokerTrouble() {
  const status = useSignal(useViewer().store.status);
  const broker = status?.sources.find(({ name }) => name === "broker");
  if (broker === undefined || broker.state === "ok" || broker.state === "off") return null;
  return (
    <ul className="cards">
      <SourceCard source={broker} />
    </ul>
  );
}

const firmwareSignals: ReadonlySet<string> = new Set(["state", "cause"]);

function Device({ id, device, life }: { id: string; device: ThingJson; life: ReturnType<typeof lifeOf> }) {
  const { tone, word } = life;
  const firmware = tone === "bad" ? null : firmwareState(id, device);
  const hidden = (label: string): boolean =>
    label === "status" || (firmware !== null && firmwareSignals.has(label));
  return (
    <li className="card" data-tone={tone} aria-label={id}>
      <div className="card-head">
        <b>{id.replace(/^device\//, "")}</b>
        <span className="source" data-tone={tone}>
          <i className="dot" aria-hidden />
          {word}
        </span>
      </div>
      <p className="dim">
        {bootLine(device)}
        {uniquePlaces(device).map(({ name, target }) => (
          <Place key={name + target} name={name} target={target} />
        ))}
      </p>
      {firmware !== null && (
        <p className="source" data-tone={firmware.tone} role="status" aria-label={`${id} firmware`}>
          <i className="dot" aria-hidden />
          {firmware.text}
        </p>
      )}
      <PropertyList
        properties={namedProperties(device.properties, `${id}/`).filter(({ label }) => !hidden(label))}
      />
      <DeviceControls id={id} device={device} />
    </li>
  );
}

const placeWords: Record<string, string> = {
  mountedOn: "mounted on",
  measures: "measures",
  controls: "controls",
};

/** Where a device sits and several of its signals measure is said once, by what comes first: the mount. */
function uniquePlaces(device: ThingJson): ThingJson["relationships"] {
  const places = new Map<string, ThingJson["relationships"][number]>();
  for (const place of device.relationships) if (!places.has(place.target)) places.set(place.target, place);
  return [...places.values()];
}

/** A device's link or joint; pressing it shows that link, or the one the joint moves, in 3D. */
function Place({ name, target }: { name: string; target: string }) {
  const viewer = useViewer();
  const things = useSignal(viewer.store.things);
  const [, robot, kind, part] = /^(.+?)\/(link|joint)\/(.+)$/.exec(target) ?? [];
  const moved = ownValue(things, target)?.relationships.find((one) => one.name === "childLink")?.target;
  const link = kind === "link" ? part : moved?.slice(moved.indexOf("/link/") + "/link/".length);
  return (
    <>
      {" · "}
      {ownValue(placeWords, name) ?? name} {kind === "joint" && "joint "}
      {robot !== undefined && link !== undefined ? (
        <UnstyledButton className="inline-link" onClick={() => viewer.select(robot, link)}>
          {part}
        </UnstyledButton>
      ) : (
        target
      )}
    </>
  );
}
