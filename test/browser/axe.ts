import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Axe = {
  run(
    context: Document,
    options: object,
  ): Promise<{
    violations: {
      id: string;
      impact: string | null;
      help: string;
      nodes: { html: string; failureSummary?: string }[];
    }[];
  }>;
};

/** What axe finds on the page as it is now, one line each; findings of every weight. */
export async function findingsOf(page: Page | Frame): Promise<string[]> {
  // The page's own policy lets no script of others in; a frame's evaluation is not bound by it.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => {
        const why = failureSummary?.split("\n")[1]?.trim() ?? "";
        return `${impact} ${id}: ${help}: ${html.slice(0, 160)} ${why}`;
      }),
    );
  });
}

/** What axe finds, light and dark, wide and narrow, by the look; `seen` is called in each. Leaves the page wide. */
export async function findingsInEachLook(
  page: Page,
  seen: (look: string) => Promise<void> = async () => undefined,
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      // Colours change with a transition.
      await page.waitForTimeout(1000);
      await seen(`${colorScheme}-${width}`);
      const findings = await findingsOf(page);
      if (findings.length > 0) found[`${colorScheme}, ${width} px`] = findings;
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}
