/** Knots of a ramp from blue over green and yellow to red, at even steps. */
const knots = [
  [48, 18, 59],
  [70, 107, 227],
  [40, 187, 236],
  [49, 242, 153],
  [162, 252, 60],
  [237, 208, 58],
  [251, 128, 34],
  [210, 49, 5],
  [122, 4, 3],
] as const;

/** 256 colours, three bytes each. */
export const turbo = Uint8Array.from({ length: 768 }, (_, i) => {
  const share = (Math.floor(i / 3) / 255) * (knots.length - 1);
  const low = Math.min(knots.length - 2, Math.floor(share));
  const [a, b] = [knots[low]?.[i % 3] ?? 0, knots[low + 1]?.[i % 3] ?? 0];
  return Math.round(a + (b - a) * (share - low));
});
