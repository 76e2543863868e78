/**
 * How far the picture is behind the server, steadily: the least of the last two seconds. One late frame is no slow
 * computer, and a word that flickers is not read. Times in ms.
 */
export class BehindMeter {
  private readings: { atMs: number; behindMs: number }[] = [];

  add(atMs: number, behindMs: number): void {
    this.readings = this.readings.filter((reading) => atMs - reading.atMs <= spanMs);
    this.readings.push({ atMs, behindMs });
  }

  /** Null until there are readings of the whole span. */
  leastMs(): number | null {
    const [first] = this.readings;
    const last = this.readings[this.readings.length - 1];
    if (first === undefined || last === undefined || last.atMs - first.atMs < spanMs / 2) return null;
    return Math.min(...this.readings.map(({ behindMs }) => behindMs));
  }
}

const spanMs = 2000;
