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
const turbo = Uint8Array.from({ length: 768 }, (_, i) => {
  const share = (Math.floor(i / 3) / 255) * (knots.length - 1);
  const low = Math.min(knots.length - 2, Math.floor(share));
  const [a, b] = [knots[low]?.[i % 3] ?? 0, knots[low + 1]?.[i % 3] ?? 0];
  return Math.round(a + (b - a) * (share - low));
});

/** The colours of numbers, 0 to 255. */
export function ramped(values: Uint8Array): Uint8Array {
  const colors = new Uint8Array(3 * values.length);
  for (let i = 0; i < values.length; i += 1) {
    const at = 3 * (values[i] as number);
    colors[3 * i] = turbo[at] as number;
    colors[3 * i + 1] = turbo[at + 1] as number;
    colors[3 * i + 2] = turbo[at + 2] as number;
  }
  return colors;
}
