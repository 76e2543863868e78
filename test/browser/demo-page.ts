import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { openPage } from "./page-at-hand.ts";

/** `browser` and `page` are there once the suite's tests begin. */
export type DemoPage = {
  readonly twin: TwinProcess;
  readonly faults: string[];
  browser: Browser;
  page: Page;
};

/**
 * For a suite: a demo of its own and its page, taken away after the tests. What the page throws fails the test in which it did;
 * other pages get `faults` for the same.
 */
export function demoPage(options: BrowserContextOptions = {}): DemoPage {
  const twin = new TwinProcess();
  const faults: string[] = [];
  const demo = { twin, faults } as DemoPage;
  beforeAll(async () => {
    await twin.up("--port", "0");
    demo.browser = await launchChromium();
    demo.page = await openPage(demo.browser, twin.url, faults, options);
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await demo.browser?.close();
    await twin.remove();
  });
  return demo;
}
