import { describe, expect, it } from "vitest";
import type { Quality } from "../../../src/core/quality.ts";
import type { ThingJson } from "../../../src/protocol/state-messages.ts";
import { bootLine, drivenJoints, firmwareState, lifeOf } from "../../../src/viewer/ui/device-life.ts";

function device(
  values: Record<string, [unknown, Quality?]>,
  definition: Record<string, unknown> = {},
): ThingJson {
  const properties = Object.fromEntries(
    Object.entries(values).map(([name, [value, quality = "good"]]) => [
      `device/d/${name}`,
      { unit: "", reported: { value, quality, received: 1, source: "mqtt:d" } },
    ]),
  );
  return { type: "device", definition, relationships: [], properties };
}

const life = (values: Record<string, [unknown, Quality?]>) => lifeOf("device/d", device(values));

describe("a device's life on the page", () => {
  it("is its own word, with what to think of it", () => {
    expect(life({ status: ["online"], x: [1] })).toEqual({ tone: "good", word: "online" });
    expect(life({ status: ["offline"], x: [1, "bad"] })).toEqual({ tone: "bad", word: "offline" });
    expect(life({ status: ["lost"] })).toEqual({ tone: "bad", word: "lost" });
    expect(life({ status: ["sleeping"], x: [1, "uncertain"] })).toEqual({ tone: "doubt", word: "sleeping" });
  });

  it("is not known without a broker, and doubted with its values", () => {
    expect(life({ status: ["online", "uncertain"] })).toEqual({
      tone: "doubt",
      word: "not known: no broker",
    });
    expect(life({ status: ["online"], x: [1, "uncertain"] }).tone).toBe("doubt");
    expect(life({ status: ["online"], x: [1, "bad"] })).toEqual({ tone: "bad", word: "a value is bad" });
  });

  it("tells what its firmware does, and why it does nothing", () => {
    const state = (values: Record<string, [unknown]>) => firmwareState("device/d", device(values));
    expect(state({ state: ["active"], cause: [""] })).toEqual({ tone: "good", text: "driving its joint" });
    expect(state({ state: ["failsafe"], cause: ["silence"] })).toMatchObject({ tone: "doubt" });
    expect(state({ state: ["failsafe"], cause: ["supply"] })).toEqual({
      tone: "bad",
      text: "failsafe, output off: its supply is too low",
    });
    expect(state({ state: ["failsafe"], cause: ["unheard of"] })?.text).toContain("unheard of");
    expect(state({ state: ["open"] })).toBeNull();
    expect(state({})).toBeNull();
  });

  it("names the joints it drives and how often it started", () => {
    const signals = {
      target: { writable: true, property: "position", joint: "elbow" },
      led: { writable: true },
      position: { property: "position", joint: "elbow" },
    };
    const one = device({}, { profile: "native", firmware: "1.2", boot: 7, boots: 3, signals });
    expect(drivenJoints(one)).toEqual(["elbow"]);
    expect(drivenJoints(device({}, { signals: null }))).toEqual([]);
    expect(bootLine(one)).toBe("native profile · firmware 1.2 · started 3 times · boot 7");
  });
});
