import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { absentFrom, keyOf, type TroubleCases, troubleRows } from "../support/troubleshooting.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";
import { drive, openPage, openPanel, patienceMs } from "./page-at-hand.ts";

const withoutMesh = `<robot name="x">
  <link name="base"><visual><geometry><mesh filename="package://my_robot/meshes/arm.stl"/></geometry></visual></link>
  <link name="tip"/>
  <joint name="turn" type="continuous"><parent link="base"/><child link="tip"/></joint>
</robot>
`;

describe.skipIf(!hasChromium())("README's troubleshooting table, on the page", () => {
  let browser: Browser;
  let twin = new TwinProcess();
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    await twin.remove();
    twin = new TwinProcess();
  });
  afterAll(() => browser?.close());

  const cases: TroubleCases<"browser"> = {
    "is not known: source its workspace": async () => {
      await twin.up("--port", "0", "--description", twin.file("robot.urdf", withoutMesh));
      const page = await openPage(browser, twin.url, []);
      const state = () => page.evaluate(() => Object.values(window.twinViewer?.state().robots ?? {})[0]);
      await expect.poll(async () => (await state())?.meshes.missing, { timeout: patienceMs }).toBe(1);
      await openPanel(page, "Overview");
      const reason = page.getByText("package://my_robot").first();
      await reason.waitFor({ timeout: patienceMs });
      return (await page.getByRole("region", { name: "Overview", exact: true }).textContent()) ?? "";
    },

    no_lease: async () => {
      await twin.up("--port", "0");
      // A script that does not renew: after 3 s its commands are refused.
      const script = await WsClient.open(twin.url, "/ws/command");
      await script.acquire();
      let asked = 0;
      const refused = await eventually("a refusal", async () => {
        const id = `ask-${++asked}`;
        script.command(id, { kind: "jointVelocity", velocities: { elbow: 0 } });
        const answer = await eventually("an answer", () => script.of("result").find((one) => one.id === id));
        return answer.code === "no_lease" ? answer : undefined;
      });
      script.close();
      // A page whose twin is gone.
      const page = await openPage(browser, twin.url, []);
      await drive(page);
      await twin.remove();
      const notice = page.getByText("you no longer drive").first();
      await notice.waitFor({ timeout: patienceMs });
      return `${refused.code} ${await notice.textContent()}`;
    },
  };

  for (const row of troubleRows()) {
    const key = keyOf(row);
    if (!(key in cases)) continue;
    it(`shows what a person sees: ${row.see}`, async () => {
      const seen = await cases[key as keyof typeof cases]();
      expect(absentFrom(seen, row), seen).toEqual([]);
    });
  }
});
