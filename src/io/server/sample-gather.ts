import type { Labels } from "../../history/promql/labels.ts";
import { plainSamples, type Samples } from "../../history/promql/samples.ts";

/** Collects the samples of one series. */
export class SampleGather {
  private time = new Float64Array(256);
  private value = new Float64Array(256);
  private count = 0;

  constructor(private readonly labels: Labels) {}

  add(time: number, value: number): void {
    if (this.count === this.time.length) {
      this.time = grown(this.time);
      this.value = grown(this.value);
    }
    this.time[this.count] = time;
    this.value[this.count++] = value;
  }

  samples(): Samples {
    return plainSamples(this.labels, this.time.slice(0, this.count), this.value.slice(0, this.count));
  }
}

function grown(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}
