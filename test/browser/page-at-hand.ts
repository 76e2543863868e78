import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

export const patienceMs = 20_000;

/** Every panel of the rail, by the name a person reads. */
export const panelNames = [
  "Overview",
  "Joints",
  "Tool",
  "Drive",
  "Actions",
  "Poses",
  "Scene",
  "Devices",
  "Graph",
  "Frames",
  "Topics",
  "ROS",
  "Plots",
  "Events",
  "Sources",
] as const;

/** A browser whose owner has seen the hints for beginners: they would lie over what a test looks at. */
export async function knowsHints(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => localStorage.setItem("twinbridge.hints", "closed"));
}

/** A page of its own profile at `url`, once its robot is drawn. What it throws is put into `faults`. */
export async function openPage(
  browser: Browser,
  url: string,
  faults: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  await knowsHints(context);
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
  return page;
}

/** Takes the lease by the button at the top. */
export async function drive(page: Page): Promise<void> {
  await page
    .getByRole("banner")
    .getByRole("button", { name: /^Drive/ })
    .click();
  await page.getByRole("button", { name: "You drive" }).waitFor({ timeout: patienceMs });
}

/** Takes the lease again where a busy machine let it end meanwhile. */
export async function keepDriving(page: Page): Promise<void> {
  if (!(await page.getByRole("button", { name: "You drive" }).isVisible())) await drive(page);
}

/** Opens a panel by its button in the rail; it stays as it is where it is open. */
export async function openPanel(page: Page, name: string): Promise<void> {
  const button = page
    .getByRole("navigation", { name: "Panels" })
    .getByRole("button", { name: new RegExp(`^${name}`) });
  if ((await button.getAttribute("aria-pressed")) !== "true") await button.click();
  await page.getByRole("region", { name, exact: true }).waitFor({ timeout: patienceMs });
}

/**
 * Where STOP is and whether a finger would hit it: its box, and what else lies on top of its middle and of points
 * near its corners.
 */
export async function lookForStop(page: Page): Promise<{ count: number; covered: string[] }> {
  return page.evaluate(() => {
    const buttons = [...document.querySelectorAll<HTMLElement>("button[aria-label='Stop']")];
    const [stop] = buttons;
    if (stop === undefined) return { count: 0, covered: [] };
    const box = stop.getBoundingClientRect();
    const covered: string[] = [];
    for (const [x, y] of [
      [0.5, 0.5],
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ] as const) {
      const at = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      if (at === null || !stop.contains(at))
        covered.push(at?.outerHTML.slice(0, 120) ?? "outside the window");
    }
    if (Number(getComputedStyle(stop).opacity) < 1) covered.push("it is translucent");
    return { count: buttons.length, covered };
  });
}
