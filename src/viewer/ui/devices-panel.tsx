import { Text, UnstyledButton } from "@mantine/core";
import type { ThingJson } from "../../protocol/state-messages.ts";
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
  const dead = Object.values(device.properties).some(({ reported }) => reported?.quality === "bad");
  const doubtful = Object.values(device.properties).some(({ reported }) => reported?.quality === "uncertain");
  const tone = dead ? "bad" : doubtful ? "doubt" : "good";
  const word = dead ? "offline" : doubtful ? "uncertain" : "online";
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
        {device.relationships.map(({ name, target }) => (
          <Place key={name + target} name={name} target={target} />
        ))}
      </p>
      <PropertyList properties={namedProperties(device.properties, `${id}/`)} />
    </li>
  );
}

const placeWords: Record<string, string> = {
  mountedOn: "mounted on",
  measures: "measures",
  controls: "controls",
};

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
