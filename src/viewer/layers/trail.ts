type Point = readonly [number, number, number];

/** Nearer places count as one, m. */
const stepMetres = 0.01;
const mostPlaces = 5000;

/** The way of one thing, as its messages told it. */
export class Trail {
  private frame: string | null = null;
  private readonly places: { at: number; place: Point }[] = [];

  /**
   * Another place, of a message received at `at` (ms); the way up to there of the last `seconds`. In another frame a new one
   * begins.
   */
  take(frame: string | null, at: number, place: Point, seconds: number): Point[] {
    const { places } = this;
    const last = places.at(-1);
    if (frame !== this.frame || (last !== undefined && at < last.at)) places.length = 0;
    this.frame = frame;
    while (places[0] !== undefined && places[0].at < at - 1000 * seconds) places.shift();
    if (seconds === 0) return [];
    const before = places.at(-2)?.place ?? null;
    // The newest place always counts; it takes the place of the one before it where that was hardly a step.
    if (before !== null && distance(before, (places.at(-1) as { place: Point }).place) < stepMetres)
      places.pop();
    places.push({ at, place });
    if (places.length > mostPlaces) places.shift();
    return places.map((one) => one.place);
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
