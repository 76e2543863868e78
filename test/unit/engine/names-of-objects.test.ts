import { describe, expect, it } from "vitest";
import type { TwinJson } from "../../../src/protocol/state-messages.ts";
import { Targets } from "../../../src/viewer/store/targets.ts";
import { TwinStore } from "../../../src/viewer/store/twin-store.ts";
import { EngineAtHand } from "./engine-at-hand.ts";
import { ViewerAtHand } from "./stream/viewer-at-hand.ts";

/** Names that every plain object already has. */
const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
const urdf = `<robot name="r"><link name="base"/>${names
  .map(
    (
      name,
      i,
    ) => `<link name="${name}"/><joint name="${name}" type="revolute"><parent link="base"/><child link="${name}"/>
    <origin xyz="${i} 0 0"/><axis xyz="0 0 1"/><limit lower="-1" upper="1" velocity="1" effort="1"/></joint>`,
  )
  .join("")}</robot>`;

function standing(): EngineAtHand {
  const at = new EngineAtHand();
  at.describe(urdf);
  at.joints([0.1, 0.2, 0.3, 0.4], { names });
  const edge = (child: string) => ({
    stamp: { sec: 0, nanosec: 0 },
    parent: "base",
    child,
    pose: [0, 0, 0, 0, 0, 0, 1],
  });
  at.push("ros:/tf", { kind: "transforms", robot: "robot", isStatic: false, transforms: names.map(edge) });
  for (const device of ["constructor", "toString"]) {
    const signals = { constructor: { unit: "", type: "number" as const, writable: false } };
    at.push(`mqtt:${device}`, {
      kind: "device",
      profile: "native",
      retained: false,
      message: { kind: "birth", device, birth: { firmware: "", boot: 1, signals } },
    });
    at.push(`mqtt:${device}`, {
      kind: "device",
      profile: "native",
      retained: false,
      message: {
        kind: "telemetry",
        device,
        telemetry: { boot: 1, n: 0, stamp: null, signals: { constructor: 7, toString: 8 } },
      },
    });
  }
  at.cycle();
  return at;
}

/** What a client has after the way over the wire. */
const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe("joints, links, frames, devices and signals named like members of an object", () => {
  it("are in the API like any other", () => {
    const at = standing();
    const twin = overTheWire(at.engine.twinJson()) as TwinJson;
    const robot = twin.things.robot;
    for (const [i, name] of names.entries()) {
      expect(robot?.properties[`joint/${name}/position`]?.reported?.value, name).toBe((i + 1) / 10);
      expect(robot?.properties[`frame/${name}`]?.reported?.value, name).toMatchObject({ parent: "base" });
      expect(twin.things[`robot/link/${name}`]?.type, name).toBe("link");
      expect(twin.things[`robot/joint/${name}`]?.definition.name, name).toBe(name);
    }
    for (const device of ["constructor", "toString"]) {
      const properties = twin.things[`device/${device}`]?.properties;
      expect(properties?.[`device/${device}/constructor`]?.reported?.value).toBe(7);
      expect(properties?.[`device/${device}/toString`]?.reported?.value).toBe(8);
    }
  });

  it("are in the stream's frames like any other", () => {
    const at = standing();
    const viewer = new ViewerAtHand();
    at.open("v", viewer);
    at.engine.stream.subscribe("v", { encoding: "json", rate: 60, changes: false }, at.now);
    at.cycle(100);
    const texts = viewer.frames.filter((frame) => typeof frame === "string");
    const frame = texts.map((text) => JSON.parse(text)).find(({ op }) => op === "state");
    const { joint } = frame.robots.robot.reported;
    expect(Object.keys(joint)).toEqual(names);
    for (const [i, name] of names.entries()) {
      const own = Object.getOwnPropertyDescriptor(joint, name)?.value as { position: number };
      expect(own.position, name).toBe((i + 1) / 10);
    }
  });

  it("have no command and no target on the page before somebody made one, and their own from then on", () => {
    const store = new TwinStore();
    store.setThings((overTheWire(standing().engine.twinJson()) as TwinJson).things);
    const targets = new Targets();
    for (const name of names) {
      expect(store.desiredPosition("robot", name), name).toBeNull();
      expect(Object.keys(targets.of(name)), name).toEqual([]);
      targets.set("robot", name, 0.5);
      targets.set(name, name, 0.7);
    }
    targets.drop("robot", { a: 1 });
    expect(Object.keys(targets.of("robot"))).toEqual(names);
    targets.drop("robot", Object.fromEntries(names.map((name) => [name, 0.5])));
    expect(Object.keys(targets.of("robot"))).toEqual([]);
    for (const name of names) targets.set("robot", name, 0.5);
    expect(Object.entries(targets.of("robot"))).toEqual(names.map((name) => [name, 0.5]));
    store.changeProperties(JSON.parse('{"constructor":{"x":{"unit":""}},"__proto__":{"x":{"unit":""}}}'));
    expect(Object.keys(store.things.get())).not.toContain("constructor");
    expect(Object.keys(store.things.get())).not.toContain("__proto__");
  });
});
