/** How much of a topic a viewer gets: one encoding of a message is shared by all who see it in the same detail. */
export type Detail = {
  /** Messages a second at most. */
  rate: number;
  /** Of a picture, at most. */
  pixels: number;
  /** Quality of JPEG, 1 to 100. */
  quality: number;
  /** Of a cloud, at most. */
  points: number;
  /** Of a laser scan, at most. */
  rays: number;
  /** Of a grid, at most. */
  cells: number;
  /** Of a video every frame; else key frames alone, which need no others. */
  everyFrame: boolean;
};

/** The finest first. */
export const details: readonly Detail[] = [
  { rate: 30, pixels: 1920 * 1080, quality: 80, points: 150_000, rays: 8000, cells: 16e6, everyFrame: true },
  { rate: 15, pixels: 640 * 480, quality: 75, points: 40_000, rays: 2000, cells: 1e6, everyFrame: true },
  { rate: 8, pixels: 320 * 240, quality: 60, points: 10_000, rays: 720, cells: 250_000, everyFrame: false },
  { rate: 4, pixels: 160 * 120, quality: 50, points: 3000, rays: 360, cells: 40_000, everyFrame: false },
];

/** Everything as it is, each message: for the twin itself, no level of a viewer. */
export const wholeLevel = details.length;
const whole: Detail = {
  ...{ rate: 1000, pixels: 1920 * 1080, quality: 80, points: 150_000, rays: 8000 },
  ...{ cells: Number.POSITIVE_INFINITY, everyFrame: true },
};
/** By their numbers: those of viewers, and `wholeLevel`. */
export const allDetails: readonly Detail[] = [...details, whole];

/** The level in which every frame of a video is sent, to the viewers of all levels that have it. */
export const videoLevel = 0;

/** The bytes a second that are worth each level: what a camera, or a cloud at 10 Hz, takes there. */
const levelFrom = [2e6, 500_000, 120_000];

/** The finest level that fits a budget. */
export function levelFor(bytesPerSecond: number): number {
  const at = levelFrom.findIndex((least) => bytesPerSecond >= least);
  return at < 0 ? details.length - 1 : at;
}
