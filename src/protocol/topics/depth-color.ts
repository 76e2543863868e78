/** Depth that is shown in full colours, m; nearer and farther ones have the colour of its ends. */
export const shownDepth = { least: 0.2, most: 6 };

/** Colours from near (yellow) over green and blue to far (violet), for even steps of the share: viridis, read from its far end. */
const ramp = [
  [253, 231, 37],
  [160, 218, 57],
  [74, 193, 109],
  [31, 161, 135],
  [39, 127, 142],
  [54, 92, 141],
  [70, 50, 126],
  [68, 1, 84],
] as const;

/** Writes the colour of a depth (m) into `rgb` at `to`; black where nothing was measured (0, NaN). */
export function depthColor(metres: number, rgb: Uint8Array, to: number): void {
  if (!(metres > 0)) {
    rgb.fill(0, to, to + 3);
    return;
  }
  const { least, most } = shownDepth;
  const share = Math.max(0, Math.min(1, (metres - least) / (most - least))) * (ramp.length - 1);
  const low = Math.min(ramp.length - 2, Math.floor(share));
  for (let k = 0; k < 3; k += 1) {
    const [a, b] = [ramp[low]?.[k] ?? 0, ramp[low + 1]?.[k] ?? 0];
    rgb[to + k] = Math.round(a + (b - a) * (share - low));
  }
}
