import { Text, UnstyledButton } from "@mantine/core";
import type { ThingJson } from "../../protocol/state-messages.ts";
import { DeviceControls } from "./device-controls.tsx";
import { namedProperties, PropertyList } from "./property-list.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

/** The microcontrollers and sensors, what they say and whether they live. */
export function DevicesPanel() {
  const things = useSignal(useViewer().store.things);
  const devices = Object.entries(things).filter(([, thing]) => thing.type === "device");
  if (devices.length === 0) {
    return (
      <Text c="dimmed" size="sm">
        No device yet. One that publishes its birth on MQTT under twin/v1/… appears here by itself; “twin
        device” is a simulated one.
      </Text>
    );
  }
  return (
    <ul className="cards">
      {devices.map(([id, device]) => (
        <Device key={id} id={id} device={device} />
      ))}
    </ul>
  );
}

function Device({ id, device }: { id: string; device: ThingJson }) {
  const { tone, word } = lifeOf(id, device);
  const definition = Object.entries(device.definition).filter(
    ([, value]) => typeof value === "string" || typeof value === "number",
  );
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
        {definition.map(([name, value]) => `${name} ${value}`).join(" · ")}
        {uniquePlaces(device).map(({ name, target }) => (
          <Place key={name + target} name={name} target={target} />
        ))}
      </p>
      <PropertyList
        properties={namedProperties(device.properties, `${id}/`).filter(({ label }) => label !== "status")}
      />
      <DeviceControls id={id} device={device} />
    </li>
  );
}

/** What a device's own status says, unless its values tell of something worse. */
function lifeOf(id: string, device: ThingJson): { tone: "good" | "doubt" | "bad"; word: string } {
  const reported = Object.values(device.properties).flatMap((property) => property.reported ?? []);
  const status = device.properties[`${id}/status`]?.reported?.value;
  if (status === "offline" || reported.some(({ quality }) => quality === "bad")) {
    return { tone: "bad", word: "offline" };
  }
  if (reported.some(({ quality }) => quality === "uncertain")) return { tone: "doubt", word: "uncertain" };
  return { tone: "good", word: typeof status === "string" ? status : "online" };
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

/** A device's link to the robot; pressing it shows that link in 3D. */
function Place({ name, target }: { name: string; target: string }) {
  const viewer = useViewer();
  const [, robot, link] = /^(.+?)\/link\/(.+)$/.exec(target) ?? [];
  return (
    <>
      {" · "}
      {placeWords[name] ?? name}{" "}
      {robot !== undefined && link !== undefined ? (
        <UnstyledButton className="inline-link" onClick={() => viewer.select(robot, link)}>
          {link}
        </UnstyledButton>
      ) : (
        target
      )}
    </>
  );
}
