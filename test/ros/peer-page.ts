import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { openPage } from "../browser/page-at-hand.ts";
import { launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { freshDomain, startPeer, type TestProcess, TestTwin } from "./support.ts";

/** All are there once the suite's tests begin. */
export type PeerPage = { peer: TestProcess; twin: TestTwin; page: Page };

/** For a suite: a peer in rclpy, a twin beside it and its page. What the page throws fails the suite. */
export function peerPage(
  script: string,
  { peerArgs = [], twinArgs = ["--ros", "on"] }: { peerArgs?: string[]; twinArgs?: string[] } = {},
): PeerPage {
  const faults: string[] = [];
  const at = {} as PeerPage;
  let browser: Browser | undefined;
  beforeAll(async () => {
    const domain = freshDomain();
    at.peer = startPeer(domain, peerArgs, script);
    at.twin = new TestTwin(domain, twinArgs);
    await at.twin.ready();
    await eventually("the peer is ready", () => at.peer.events("ready")[0]);
    browser = await launchChromium();
    at.page = await openPage(browser, at.twin.url, faults);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await at.twin?.end();
    await at.peer?.end();
    expect(faults).toEqual([]);
  });
  return at;
}
