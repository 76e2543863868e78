import type { Page } from "playwright-core";

/** px from the upper left corner. */
export type Pixel = readonly [number, number];

/** Of a picture (PNG, base64) the middles of the pixels that have each of these colours, within 12 of 255. */
export async function pixelsLike(
  page: Page,
  picture: string,
  colors: readonly (readonly number[])[],
): Promise<Pixel[][]> {
  return page.evaluate(
    async ({ png, wanted }) => {
      const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context?.drawImage(image, 0, 0);
      const data = context?.getImageData(0, 0, image.width, image.height).data ?? [];
      return wanted.map((color) => {
        const found: [number, number][] = [];
        for (let i = 0; i < data.length; i += 4) {
          const isLike = color.every((value, k) => Math.abs((data[i + k] ?? 0) - value) <= 12);
          if (isLike) found.push([((i / 4) % image.width) + 0.5, Math.floor(i / 4 / image.width) + 0.5]);
        }
        return found;
      });
    },
    { png: picture, wanted: colors.map((color) => [...color]) },
  );
}
