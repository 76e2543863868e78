import { describe, expect, it } from "vitest";
import type { PropertyJson, ThingJson, TwinEvent } from "../../../../src/protocol/state-messages.ts";
import { TwinStore } from "../../../../src/viewer/store/twin-store.ts";
import { frameOf } from "./frames.ts";

const thing = (type: ThingJson["type"], definition: Record<string, unknown> = {}): ThingJson => ({
  type,
  definition,
  relationships: [],
  properties: {},
});

const value = (number: number): PropertyJson => ({
  unit: "V",
  reported: { value: number, received: 1, quality: "good", source: "mqtt:battery" },
});

const event = (id: number, more: Partial<TwinEvent> = {}): TwinEvent => ({
  id,
  time: 1000 + id,
  kind: "command.done",
  severity: "info",
  message: "",
  revision: 1,
  robot: "arm",
  ...more,
});

const arm = thing("robot", { name: "six axes", description: "hash-1" });

/** A store that draws one joint of "arm" whose desired position was set at server time 1000. */
function withDesired(): TwinStore {
  const store = new TwinStore();
  store.motion.setLayout(1, [{ robot: "arm", facet: "desired", path: "joint/elbow/position", component: 0 }]);
  store.motion.push(frameOf(1000, [0.5]), 1000);
  store.setThings({ arm });
  return store;
}

describe("a snapshot", () => {
  it("brings the description of each robot, under the robot's own name where it has one", () => {
    const store = new TwinStore();
    store.setThings({ arm, cart: thing("robot", { description: "hash-2" }), "device/led": thing("device") });
    expect(store.descriptions.get()).toEqual([
      { op: "description", robot: "arm", name: "six axes", hash: "hash-1" },
      { op: "description", robot: "cart", name: "cart", hash: "hash-2" },
    ]);
  });

  it("brings none for a robot that has no description yet, or for a thing that is not a robot", () => {
    const store = new TwinStore();
    store.setThings({ arm: thing("robot"), odd: thing("link", { description: "hash-3" }) });
    expect(store.descriptions.get()).toEqual([]);
  });

  it("takes the description away with a robot that is not in it any more", () => {
    const store = new TwinStore();
    store.setThings({ arm, cart: thing("robot", { description: "hash-2" }) });
    store.setThings({ arm });
    expect(store.descriptions.get().map(({ robot }) => robot)).toEqual(["arm"]);
  });

  it("takes the description away from a robot that was forgotten and is waited for again", () => {
    const store = new TwinStore();
    store.setThings({ arm });
    store.setThings({ arm: thing("robot") });
    expect(store.descriptions.get()).toEqual([]);
  });

  it("does not let a robot that is called like an inherited property keep its description", () => {
    const store = new TwinStore();
    store.setDescription({ op: "description", robot: "constructor", name: "c", hash: "h" });
    store.setThings({ arm });
    expect(store.descriptions.get().map(({ robot }) => robot)).toEqual(["arm"]);
  });

  it("that says nothing new of descriptions wakes nobody who draws them", () => {
    const store = new TwinStore();
    store.setThings({ arm });
    let woken = 0;
    store.descriptions.subscribe(() => woken++);
    store.setThings({ arm, "device/led": thing("device") });
    expect(woken).toBe(0);
  });
});

describe("a robot's description", () => {
  it("takes the place of the robot's older one", () => {
    const store = new TwinStore();
    store.setThings({ arm });
    store.setDescription({ op: "description", robot: "arm", name: "seven axes", hash: "hash-9" });
    expect(store.descriptions.get().map(({ hash }) => hash)).toEqual(["hash-9"]);
  });

  it("that is known already changes nothing", () => {
    const store = new TwinStore();
    store.setThings({ arm });
    const before = store.descriptions.get();
    store.setDescription({ op: "description", robot: "arm", name: "another name", hash: "hash-1" });
    expect(store.descriptions.get()).toBe(before);
  });
});

describe("changed properties", () => {
  it("are merged into the thing, and the other things stay the same objects", () => {
    const store = new TwinStore();
    const led = thing("device");
    store.setThings({ arm: { ...arm, properties: { "battery/level": value(1) } }, led });
    store.changeProperties({ arm: { "battery/voltage": value(24) } });
    const things = store.things.get();
    expect(things.arm?.properties).toEqual({ "battery/level": value(1), "battery/voltage": value(24) });
    expect(things.led).toBe(led);
  });

  it("of a thing that is not known are passed over", () => {
    const store = new TwinStore();
    store.setThings({ arm });
    store.changeProperties({ ghost: { x: value(1) }, toString: { x: value(1) } });
    expect(Object.keys(store.things.get())).toEqual(["arm"]);
  });

  it("leave the snapshot that readers hold unchanged", () => {
    const store = new TwinStore();
    store.setThings({ arm });
    const held = store.things.get();
    store.changeProperties({ arm: { x: value(1) } });
    expect(held.arm?.properties).toEqual({});
  });
});

describe("events", () => {
  it("stand newest first, each once, whatever the order they came in", () => {
    const store = new TwinStore();
    store.addEvents([event(2), event(1)]);
    store.addEvents([event(3), event(2, { message: "said again" })]);
    expect(store.events.get().map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(store.events.get()[1]?.message).toBe("said again");
  });

  it("are kept up to 500, and the oldest go first", () => {
    const store = new TwinStore();
    store.addEvents(Array.from({ length: 600 }, (_, i) => event(i + 1)));
    expect(store.events.get()).toHaveLength(500);
    expect(store.events.get().at(-1)?.id).toBe(101);
  });
});

describe("a desired position", () => {
  it("is drawn until the robot's command ends", () => {
    const store = withDesired();
    expect(store.desiredPosition("arm", "elbow")).toBe(0.5);
    store.addEvents([event(1, { time: 1200 })]);
    expect(store.desiredPosition("arm", "elbow")).toBeNull();
  });

  it("is drawn again once it is renewed after the end", () => {
    const store = withDesired();
    store.addEvents([event(1, { time: 1200 })]);
    store.motion.push(frameOf(1400, [0.7]), 1400);
    store.motion.advance(2000);
    expect(store.desiredPosition("arm", "elbow")).toBe(0.7);
  });

  it("does not end by what happens to another robot, or by an event of another kind", () => {
    const store = withDesired();
    store.addEvents([
      event(1, { time: 1200, robot: "cart" }),
      event(2, { time: 1200, kind: "command.accepted" }),
    ]);
    expect(store.desiredPosition("arm", "elbow")).toBe(0.5);
  });

  it("is none for a joint that has no desired column", () => {
    const store = withDesired();
    expect(store.desiredPosition("arm", "wrist")).toBeNull();
    expect(store.desiredPosition("cart", "elbow")).toBeNull();
  });

  it("of a robot whose description came after the end is judged by the events from before", () => {
    const store = new TwinStore();
    store.motion.setLayout(1, [
      { robot: "arm", facet: "desired", path: "joint/elbow/position", component: 0 },
    ]);
    store.motion.push(frameOf(1000, [0.5]), 1000);
    store.addEvents([event(1, { time: 1200 })]);
    store.setThings({ arm });
    expect(store.desiredPosition("arm", "elbow")).toBeNull();
  });

  it("of a robot that left and returned is judged by the events again", () => {
    const store = withDesired();
    store.addEvents([event(1, { time: 1200 })]);
    store.setThings({});
    store.setThings({ arm });
    expect(store.desiredPosition("arm", "elbow")).toBeNull();
  });
});
