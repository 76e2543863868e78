import { describe, expect, it } from "vitest";
import type { DeviceMessage } from "../../../../src/protocol/device-profile.ts";
import type { ServerStateMessage, ThingJson } from "../../../../src/protocol/state-messages.ts";
import { randomFrom } from "../../robot/random-from.ts";
import { EngineAtHand, twoJointUrdf } from "../engine-at-hand.ts";
import { ViewerAtHand } from "./viewer-at-hand.ts";

class ChangesAtHand extends EngineAtHand {
  readonly viewer = new ViewerAtHand();

  constructor() {
    super();
    this.describe();
    this.open("v", this.viewer);
    this.engine.stream.subscribe("v", { encoding: "binary", rate: 10, changes: true }, this.now);
    this.cycle();
  }

  device(device: string, message: DeviceMessage): void {
    this.push(`mqtt:${device}`, { kind: "device", profile: "native", retained: false, message });
  }

  birth(device: string, firmware: string, boot: number, link: string, names: readonly string[]): void {
    const signal = { unit: "", type: "number", writable: false } as const;
    const signals = Object.fromEntries(names.map((name) => [name, signal]));
    this.device(device, { kind: "birth", device, birth: { firmware, boot, link, signals } });
    this.device(device, { kind: "status", device, life: "online" });
  }

  /** The things as a client has them that applies what it gets. */
  known(): Record<string, ThingJson> {
    let things: Record<string, ThingJson> = {};
    for (const frame of this.viewer.frames) {
      if (typeof frame !== "string") continue;
      const message: ServerStateMessage = JSON.parse(frame);
      if (message.op === "snapshot") things = { ...message.twin.things };
      else if (message.op === "things") {
        for (const id of message.removed) delete things[id];
        Object.assign(things, message.changed);
      } else if (message.op === "properties") {
        for (const [id, properties] of Object.entries(message.things)) {
          const thing = things[id];
          if (thing !== undefined)
            things[id] = { ...thing, properties: { ...thing.properties, ...properties } };
        }
      }
    }
    return things;
  }
}

/** What is the same for every client: definitions, relationships, and which properties there are. */
function outline(things: Record<string, ThingJson>): unknown {
  return Object.fromEntries(
    Object.entries(things)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { type, definition, relationships, properties }]) => [
        id,
        { type, definition, relationships, properties: Object.keys(properties).sort() },
      ]),
  );
}

describe("a viewer that asks for changes", () => {
  it("gets one snapshot, and then only the things that changed", () => {
    const at = new ChangesAtHand();
    at.birth("lamp", "1", 1, "tool", ["glow"]);
    for (let i = 0; i < 60; i++) at.cycle(10);
    expect(at.viewer.all("snapshot")).toHaveLength(1);
    const changed = at.viewer.all("things").flatMap((message) => Object.keys(message.changed));
    expect(new Set(changed)).toEqual(new Set(["device/lamp", "robot/link/tool"]));
    at.viewer.frames.length = 0;
    at.birth("lamp", "2", 2, "tool", ["glow"]);
    for (let i = 0; i < 60; i++) at.cycle(10);
    expect(at.viewer.all("snapshot")).toHaveLength(0);
    const [only] = at.viewer.all("things");
    expect(only?.changed["device/lamp"]?.definition).toMatchObject({ firmware: "2" });
    expect(only?.changed.robot).toBeUndefined();
  });

  it("has the same things as the graph after any run of births, descriptions, robots and losses", () => {
    const random = randomFrom(7);
    const at = new ChangesAtHand();
    const links = ["base", "upper", "fore", "tool", "nowhere"];
    for (let i = 0; i < 400; i++) {
      const name = `d${random.below(6)}`;
      const kind = random.below(8);
      if (kind < 3) {
        const signals = ["s", "t", "u"].slice(0, 1 + random.below(3));
        at.birth(name, String(random.below(3)), i, random.pick(links), signals);
      } else if (kind === 3)
        at.device(name, { kind: "status", device: name, life: random.pick(["offline", "online"]) });
      else if (kind === 4) {
        at.push("robots", {
          kind: "robotFound",
          robot: { id: `r${random.below(3)}`, limits: {}, stop: null },
        });
      } else if (kind === 5)
        at.push("robots", { kind: "robotGone", robot: `r${random.below(3)}`, reason: "left" });
      else if (kind === 6) {
        const text = twoJointUrdf.replaceAll("tool", random.pick(["tool", "hand"]));
        const robot = random.pick(["robot", "r0", "r1"]);
        at.push("file:description", { kind: "description", robot, text });
      } else if (random.below(10) === 0) at.push("sim", { kind: "forgetDevices" });
      at.cycle(random.pick([10, 40, 130]));
    }
    for (let i = 0; i < 200; i++) at.cycle(10);
    expect(at.viewer.all("snapshot")).toHaveLength(1);
    expect(outline(at.known())).toEqual(outline(at.engine.twinJson().things));
  });

  it("pays for a device's 10,000 changes of life in a minute at most 10 messages a second, of that device alone", () => {
    const at = new ChangesAtHand();
    for (let i = 0; i < 50; i++) at.birth(`d${i}`, "1", 1, "tool", ["a", "b", "c"]);
    for (let i = 0; i < 100; i++) at.cycle(10);
    at.viewer.frames.length = 0;
    for (let i = 0; i < 10_000; i++) {
      at.device("d7", { kind: "status", device: "d7", life: i % 2 === 0 ? "offline" : "online" });
      if (i % 2 === 1) at.cycle(12);
    }
    const texts = at.viewer.frames.filter((frame) => typeof frame === "string");
    const told = at.viewer.all("properties");
    expect(at.viewer.all("snapshot")).toHaveLength(0);
    expect(at.viewer.all("things")).toHaveLength(0);
    expect(at.viewer.all("layout")).toHaveLength(0);
    expect(told.length).toBeLessThanOrEqual(601);
    expect(new Set(told.flatMap(({ things }) => Object.keys(things)))).toEqual(new Set(["device/d7"]));
    const bytes = texts
      .filter((text) => /"op":"(?:properties|event)"/.test(text))
      .reduce((sum, text) => sum + text.length, 0);
    console.info(`${(bytes / 10_000).toFixed(0)} bytes a change to a viewer, ${told.length} messages`);
    expect(bytes / 10_000).toBeLessThan(150);
  });
});
