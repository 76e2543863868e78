import { describe, expect, it } from "vitest";
import { ScrubMeter } from "../../../../src/viewer/time/scrub-meter.ts";

describe("the time from a position to its picture", () => {
  it("is measured for each position whose state was drawn, and for none that was passed over", () => {
    const meter = new ScrubMeter();
    meter.asked(1000, 0);
    meter.asked(2000, 10);
    meter.asked(3000, 20);
    meter.arrived(1000, 15);
    meter.drawn(30);
    // Drawn once more: nothing new arrived.
    meter.drawn(40);
    meter.arrived(3000, 45);
    meter.drawn(60);
    // It was asked for before the one that is shown.
    meter.arrived(2000, 65);
    meter.drawn(70);
    expect(meter.times).toEqual([
      { state: 15, drawn: 30 },
      { state: 25, drawn: 40 },
    ]);
  });

  it("keeps no more than it needs", () => {
    const meter = new ScrubMeter();
    for (let i = 0; i < 2000; i++) {
      meter.asked(i, i);
      meter.arrived(i, i);
      meter.drawn(i + 1);
    }
    expect(meter.times).toHaveLength(500);
  });
});
