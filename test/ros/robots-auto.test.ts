import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatusMessage } from "../../src/protocol/state-messages.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { WsClient } from "../support/ws-client.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`);
const names = Array.from({ length: 64 }, (_, i) => `r${String(i).padStart(2, "0")}`);

type Things = { things: Record<string, { type: string; properties: Record<string, unknown> }> };

describe.skipIf(!hasRos())("robots that come and go on ROS", () => {
  const domain = freshDomain();
  let twin: TestTwin;
  let peer: TestProcess;

  const robots = async (): Promise<string[]> => {
    const { things } = (await twin.json("/api/twin")) as Things;
    return Object.entries(things)
      .filter(([, thing]) => thing.type === "robot")
      .map(([id]) => id)
      .sort();
  };
  /** How many have a measured joint; asked seldom, as each answer is the whole graph. */
  const measured = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { things } = (await twin.json("/api/twin")) as Things;
    return names.filter((name) => things[name]?.properties["joint/joint_1/position"] !== undefined).length;
  };

  beforeAll(async () => {
    peer = startPeer(
      domain,
      ["--urdf", "test/truth/urdf/arm-seven.urdf", "--joints", joints.join(",")],
      "fleet_peer.py",
    );
    twin = new TestTwin(domain);
    await twin.listens();
    await eventually("the peer runs", () => peer.events("ready")[0]);
    const viewer = await WsClient.open(twin.url, "/ws/state");
    await eventually("the twin is on ROS", () =>
      (viewer.of("status") as unknown as StatusMessage[]).some(({ sources }) =>
        sources.some(({ name, detail }) => name === "ros" && detail.includes(`domain ${domain}`)),
      )
        ? true
        : undefined,
    );
    viewer.socket.close();
  });

  afterAll(async () => {
    await twin?.end();
    await peer?.end();
  });

  it("are 64 namespaces of one process, all shown, each with its values", async () => {
    peer.tell({ do: "start", robots: names });
    const { at } = await eventually("they start", () => peer.events("start")[0], 20_000);
    await eventually("all are there", async () => ((await measured()) === 64 ? true : undefined), 30_000);
    const tookMs = Date.now() - Number(at);
    console.info(`64 robots with measured joints ${Math.round(tookMs)} ms after their publishers were made`);
    expect(await robots()).toEqual(names);
    const value = (await twin.json("/api/things/r63/properties/joint/joint_3/position")) as {
      reported: { value: number; source: string };
    };
    expect(value.reported).toMatchObject({ value: 0.63, source: "ros:/r63/joint_states" });
  });

  it("go with their publishers, come back with them, and leave the others alone", async () => {
    const client = await WsClient.open(twin.url, "/ws/command");
    client.send({ op: "acquire", id: "a", robot: "r05" });
    await client.next("lease", { id: "a" });
    client.send({ op: "stop", robot: "r06" });
    await client.next("stopped", { robot: "r06" });
    peer.tell({ do: "end", robots: names.slice(5, 10) });
    await eventually(
      "they are gone",
      async () => ((await robots()).length === 59 ? true : undefined),
      20_000,
    );
    client.send({ op: "renew", id: "b", robot: "r05", epoch: 1 });
    await client.next("error", { id: "b", code: "unknown_robot" });
    peer.tell({ do: "start", robots: names.slice(5, 10) });
    await eventually("they are back", async () => ((await measured()) === 64 ? true : undefined), 20_000);
    const viewer = await WsClient.open(twin.url, "/ws/state");
    const status = (await viewer.next("status")) as unknown as StatusMessage;
    const control = (id: string) => status.control?.find(({ robot }) => robot === id);
    expect(control("r05")).toMatchObject({ lease: null, stopped: null });
    // A stop is not forgotten because its robot was away.
    expect(control("r06")?.stopped).not.toBeNull();
    client.socket.close();
    viewer.socket.close();
  });

  it.skipIf(!hasChromium())("are followed by the page's menu", async () => {
    const browser: Browser = await launchChromium();
    try {
      const page: Page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(twin.url);
      const menu = page.getByRole("button", { name: "Choose the robot" });
      await menu.click({ timeout: 60_000 });
      const items = page.getByRole("menuitem");
      await eventually(
        "all are listed",
        async () => ((await items.count()) === 64 ? true : undefined),
        60_000,
      );
      peer.tell({ do: "end", robots: names.slice(0, 60) });
      await eventually(
        "four are listed",
        async () => ((await items.count()) === 4 ? true : undefined),
        60_000,
      );
      expect(await items.allInnerTexts()).toEqual(
        [60, 61, 62, 63].map((i) => expect.stringContaining(`r${i}`)),
      );
      peer.tell({ do: "start", robots: names.slice(0, 2) });
      await eventually("two are back", async () => ((await items.count()) === 6 ? true : undefined), 60_000);
    } finally {
      await browser.close();
    }
  });

  it("leave one that is waited for, at the root, when all have gone", async () => {
    peer.tell({ do: "end", robots: names });
    await eventually(
      "none is left",
      async () => ((await robots()).join() === "robot" ? true : undefined),
      20_000,
    );
  });
});
