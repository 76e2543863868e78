import { describe, expect, it } from "vitest";
import { SimulatedDevice } from "../../../src/sim/simulated-device.ts";

/** A device that has sent telemetry each 100 ms for a second. */
function atHand() {
  const device = new SimulatedDevice(1, () => 0);
  for (let ms = 0; ms <= 1000; ms += 100) device.telemetry(ms);
  const judge = (more: Record<string, unknown>, retained = false) =>
    device.command(
      { id: "c", seq: 1, ref: 10, ttl_ms: 200, signals: { led: true }, ...more },
      retained,
      1010,
    );
  return { device, judge };
}

describe("the simulated device", () => {
  it("takes its lamp's command and shows it in its telemetry", () => {
    const { device, judge } = atHand();
    expect(judge({})).toEqual({ id: "c", verdict: null });
    expect(device.telemetry(1100)).toMatchObject({ n: 11, signals: { led: true } });
  });

  it("judges numbers of commands as 32-bit serial numbers, and tells the newest of a replay", () => {
    const { judge } = atHand();
    for (const seq of [4_294_967_290, 4_294_967_295, 0, 5])
      expect(judge({ seq }).verdict, `${seq}`).toBeNull();
    expect(judge({ seq: 5 })).toEqual({ id: "c", verdict: "replay", seq: 5 });
    expect(judge({ seq: 4_294_967_295 }).verdict).toBe("replay");
    expect(judge({ seq: 4_294_967_296 }).verdict).toBe("malformed");
  });

  it("refuses what was kept, is late, malformed or not its own", () => {
    const { judge } = atHand();
    expect(judge({}, true).verdict).toBe("retained");
    expect(judge({ ref: 3 }).verdict).toBe("late");
    expect(judge({ ref: 11 }).verdict).toBe("late");
    for (const wrong of [
      { seq: 1.5 },
      { ref: "10" },
      { ttl_ms: 0 },
      { ttl_ms: 60_001 },
      { signals: [true] },
    ]) {
      expect(judge(wrong).verdict, JSON.stringify(wrong)).toBe("malformed");
    }
    for (const payload of [null, 1, "x", []]) {
      const { device } = atHand();
      expect(device.command(payload, false, 0).verdict).toBe("malformed");
    }
    expect(judge({ signals: { lamp: true } }).verdict).toBe("unknown signal");
    expect(judge({ seq: 2, signals: { led: true, other: 1 } }).verdict).toBe("unknown signal");
  });
});
