/** Which part of a picture is seen: how many times as large, and where its middle is, as shares of its width and height. */
export type PictureZoom = { scale: number; x: number; y: number };

export const wholePicture: PictureZoom = { scale: 1, x: 0.5, y: 0.5 };

const mostScale = 32;

/** Zooms by `factor` so that the point at `at` (shares of what is seen) stays where it is. */
export function zoomed(
  { scale, x, y }: PictureZoom,
  factor: number,
  at: readonly [number, number] = [0.5, 0.5],
): PictureZoom {
  const next = Math.min(mostScale, Math.max(1, scale * factor));
  const stay = (middle: number, share: number): number => middle + (share - 0.5) * (1 / scale - 1 / next);
  return inside({ scale: next, x: stay(x, at[0]), y: stay(y, at[1]) });
}

/** Moves the picture by shares of what is seen. */
export function panned({ scale, x, y }: PictureZoom, right: number, down: number): PictureZoom {
  return inside({ scale, x: x - right / scale, y: y - down / scale });
}

/** Nothing beside the picture is seen. */
function inside({ scale, x, y }: PictureZoom): PictureZoom {
  const half = 0.5 / scale;
  const within = (middle: number): number => Math.min(1 - half, Math.max(half, middle));
  return { scale, x: within(x), y: within(y) };
}
