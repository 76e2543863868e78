import { afterEach, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { absentFrom, keyOf, type TroubleCases, troubleRows } from "../support/troubleshooting.ts";
import { Driver, freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const urdf = "test/truth/urdf/arm-seven.urdf";
const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`).join(",");

describe.skipIf(!hasRos() || !hasChromium())("README's troubleshooting table, beside ROS 2", () => {
  let twin: TestTwin | null = null;
  let peer: TestProcess | null = null;
  afterEach(async () => {
    await twin?.end();
    await peer?.end();
    twin = null;
    peer = null;
  });

  /** The log of a twin beside nothing, once it has a warning. */
  async function warned(of: TestTwin): Promise<string> {
    await of.listens();
    const log = () => of.process.errors.join("\n");
    return eventually("a warning", () => (log().includes("nobody publishes") ? log() : undefined), 30_000);
  }

  const cases: TroubleCases<"ros"> = {
    "Waiting for a robot description": async () => {
      twin = new TestTwin(freshDomain());
      const log = await warned(twin);
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(twin.url);
        const text = page.getByText("Waiting for a robot description").first();
        await text.waitFor({ timeout: 30_000 });
        return `${log}\n${await text.textContent()}`;
      } finally {
        await browser.close();
      }
    },

    "nobody publishes /joint_states": () => {
      twin = new TestTwin(freshDomain(), ["--ros", "on", "--description", urdf]);
      return warned(twin);
    },

    not_reached: async () => {
      const domain = freshDomain();
      peer = startPeer(domain, ["--urdf", urdf, "--joints", joints, "--behaviour", "claim"]);
      peer.tell({ do: "set", positions: [0, 0, 0, 0, 0, 0, 0] });
      twin = new TestTwin(domain);
      await twin.ready();
      const driver = new Driver(twin.url);
      await driver.drive();
      // Until the action is found the answer is a refusal.
      const done = await eventually(
        "a move that is done",
        async () => {
          const id = driver.command({ kind: "jointPosition", positions: { joint_2: 0.3 } });
          return eventually("its end", () => driver.result(id, "done"), 4000);
        },
        30_000,
      );
      driver.kill();
      return `${done.code}: ${done.message}`;
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
