// Samples for the history's benches: joints at 50 Hz, sines with a little noise, as a robot's are.
import { RecordWriter } from "../dist/history/sample-record.js";

const begin = 1_795_795_309_910.25;

/** The names of `count` series, as records of a batch. */
export function seriesRecords(count) {
  const values = ["position", "velocity", "effort"];
  return Array.from({ length: count }, (_, i) => ({
    kind: "series",
    id: i + 1,
    thing: `robot${Math.floor(i / 21)}`,
    path: `joint/j${Math.floor((i % 21) / 3)}/${values[i % 3]}`,
    facet: "reported",
    valueKind: "number",
    unit: "rad",
  })).concat([{ kind: "word", id: 1, text: "ros:/joint_states" }]);
}

/** The value of series `i` at step `k`; the noise is the same in every run. */
export function sampleValue(i, k) {
  const noise = Math.imul(k * 2_654_435_761 + i * 40_503, 2_246_822_519) >>> 0;
  return Math.sin(k / 30 + i) + noise / 4e12;
}

export function timeOf(k, hz = 50) {
  // Network and scheduler move an arrival by up to 2 ms.
  return Math.round((begin + (k * 1000) / hz + ((k * 7919) % 997) / 500) * 4096) / 4096;
}

/** Makes batches of `steps` messages with one value of each series. */
export class SampleMaker {
  writer = new RecordWriter(new ArrayBuffer(8));
  head = {
    property: 0,
    quality: "good",
    kind: "taken",
    source: 1,
    reason: 0,
    received: 0,
    hasStamp: true,
    stampSec: 0,
    stampNanosec: 0,
    variance: Number.NaN,
  };
  k = 0;

  constructor(series, hz = 50) {
    this.series = series;
    this.hz = hz;
  }

  batch(steps, records = []) {
    const { writer, head, series } = this;
    const buffer = new ArrayBuffer(40 * series * steps + 64);
    writer.reset(buffer);
    for (let step = 0; step < steps; step++) {
      const k = this.k++;
      head.received = timeOf(k, this.hz);
      const stamp = begin + (k * 1000) / this.hz - 1.5;
      head.stampSec = Math.floor(stamp / 1000);
      head.stampNanosec = Math.floor((stamp % 1000) * 1e6);
      for (let i = 0; i < series; i++) {
        head.property = i + 1;
        writer.number(head, sampleValue(i, k));
      }
    }
    return { records, texts: [], buffer, bytes: writer.used * 8, samples: writer.count };
  }
}
