import type { Page } from "playwright-core";

/** A picture for eyes, where SHOTS names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (folder !== undefined && folder !== "") await page.screenshot({ path: `${folder}/${name}.png` });
}
