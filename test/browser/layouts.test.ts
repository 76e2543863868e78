import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import type { Page } from "playwright-core";
import { Quaternion, Vector3 } from "three";
import { beforeAll, describe, expect, it } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { findingsOf } from "./axe.ts";
import { demoPage } from "./demo-page.ts";
import { lookForStop, openPage, openPanel, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

// A press that finds nothing shows within this time.
const soonMs = 12_000;

type Kept = { name: string; layout: Record<string, unknown> };

describe.skipIf(!hasChromium())("layouts of the page", () => {
  const demo = demoPage({
    permissions: ["clipboard-read", "clipboard-write"],
    acceptDownloads: true,
  });
  const { twin, faults } = demo;
  let page: Page;

  beforeAll(async () => {
    page = demo.page;
    page.setDefaultTimeout(soonMs);
  });

  const list = (at = page) => at.getByRole("dialog", { name: "Layouts" });
  async function openList(at = page): Promise<void> {
    if (!(await list(at).isVisible())) await at.getByRole("button", { name: "Layouts", exact: true }).click();
    await list(at).getByRole("textbox", { name: "Name of the layout" }).waitFor({ timeout: patienceMs });
  }
  async function closeList(at = page): Promise<void> {
    await at.keyboard.press("Escape");
    await list(at).waitFor({ state: "hidden" });
  }
  async function saveAs(name: string, at = page): Promise<Record<string, unknown>> {
    await openList(at);
    await list(at).getByRole("textbox", { name: "Name of the layout" }).fill(name);
    await list(at).getByRole("button", { name: "Save", exact: true }).click();
    await list(at).getByRole("button", { name, exact: true }).waitFor();
    await closeList(at);
    const kept = await at.evaluate(() => JSON.parse(localStorage.getItem("twinbridge.layouts") ?? "[]"));
    return (kept as Kept[]).find((one) => one.name === name)?.layout ?? {};
  }
  const settings = (at = page) =>
    at.evaluate(() => JSON.parse(localStorage.getItem("twinbridge.settings") ?? "{}"));
  const angle = (unit: string) =>
    page.getByRole("radiogroup", { name: "Unit of angles" }).getByText(unit, { exact: true });
  const view = (name: string) =>
    page.getByRole("toolbar", { name: "View" }).getByRole("button", { name, exact: true });
  const panelOf = (name: string, at = page) => at.getByRole("region", { name, exact: true });

  it("keeps what was arranged under a name and brings it back", async () => {
    await openPanel(page, "Frames");
    await page.getByRole("switch", { name: /Show link frames/ }).click({ force: true });
    await angle("deg").click();
    await view("Top").click();
    const saved = await saveAs("Bench");
    expect(saved).toMatchObject({ panel: "frames", angles: "deg", view: { follow: true, preset: "top" } });
    expect(saved.layers).toContain("frames");
    await openPanel(page, "Events");
    await angle("rad").click();
    await view("Front").click();
    await view("Follow").click();
    expect(await saveAs("Other")).toMatchObject({
      panel: "events",
      view: { follow: false, preset: "front" },
    });
    await openList();
    await shoot(page, "layouts");
    expect(await findingsOf(page)).toEqual([]);
    expect((await lookForStop(page)).covered).toEqual([]);
    await list().getByRole("button", { name: "Bench", exact: true }).click();
    await list().waitFor({ state: "hidden" });
    await panelOf("Frames").waitFor();
    expect(await saveAs("Again")).toEqual(saved);
    expect(await settings()).toMatchObject({ angles: "deg", layers: { frames: true } });
  });

  it("renames, deletes and puts back", async () => {
    await openList();
    await list().getByRole("button", { name: "Rename Again" }).click();
    await page.keyboard.type("Other");
    await page.keyboard.press("Enter");
    await list().getByText("There is already a layout “Other”.").waitFor();
    await list().getByRole("textbox", { name: "New name of Again" }).fill("Third");
    await page.keyboard.press("Enter");
    await list().getByRole("button", { name: "Delete Third" }).click();
    await list().getByText("“Third” was deleted.").waitFor();
    expect(await list().getByRole("button", { name: "Third", exact: true }).count()).toBe(0);
    await list().getByRole("button", { name: "Undo" }).click();
    await list().getByRole("button", { name: "Third", exact: true }).waitFor();
    await closeList();
  });

  it("shares one by a link, and by a file", async () => {
    await openList();
    await list().getByRole("button", { name: "Copy a link to Bench" }).click();
    await list().getByText("The link to “Bench” is copied.").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link.length).toBeLessThan(400);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      list().getByRole("button", { name: "Save Bench as a file" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("Bench.layout.json");
    const file = await download.path();
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ format: "twinbridge layout", version: 1 });
    await page.locator("input[type=file]").first().setInputFiles(file);
    await list().getByText("“Bench 2” is imported.", { exact: false }).waitFor();
    const notJson = { name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") };
    await page.locator("input[type=file]").first().setInputFiles(notJson);
    await list().getByText("Not imported: the file is not a layout of twinbridge.").waitFor();
    await closeList();

    const other = await openPage(demo.browser, link, faults);
    await panelOf("Frames", other).waitFor({ timeout: patienceMs });
    expect(new URL(other.url()).hash).toBe("");
    await shoot(other, "layout-by-link");
    const [kept, there] = [(await saved("Bench")) as object, await saveAs("There", other)];
    expect(there).toEqual(kept);
    await other.context().close();
  });
  const saved = async (name: string) =>
    page.evaluate((wanted) => {
      const all = JSON.parse(localStorage.getItem("twinbridge.layouts") ?? "[]") as Kept[];
      return all.find((one) => one.name === wanted)?.layout;
    }, name);

  it("changes nothing by a link that is damaged, of another version or for another robot", async () => {
    const before = [await settings(), await saveAs("Before")];
    const layout = { ...((await saved("Bench")) as Record<string, unknown>), panel: "events" };
    const packed = (value: unknown) =>
      `1.${deflateRawSync(JSON.stringify(["Foreign", value])).toString("base64url")}`;
    const links: [string, RegExp][] = [
      ["1.AAAA", /is not shown: the link is damaged or cut off\. Nothing was changed\./],
      ["7.AAAA", /is not shown: it has version 7, and this page reads version 1\. Nothing was changed\./],
      [
        packed({ ...layout, command: { kind: "jointPosition" } }),
        /is not shown: “command” is not known here\./,
      ],
      [packed({ ...layout, robot: "r2d2" }), /it is for the robot “r2d2”, which is not here\. Nothing/],
    ];
    for (const [text, sentence] of links) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `layout=${text}`);
      await page.getByText(sentence).waitFor({ timeout: patienceMs });
      expect(new URL(page.url()).hash).toBe("");
    }
    expect([await settings(), await saveAs("After")]).toEqual(before);
  });

  it("never commands a robot: a link is refused while this page drives, and a layout sends nothing", async () => {
    const commands = async () =>
      (await twin.events("command.accepted")).filter(({ data }) => data?.session !== "demo");
    expect(await commands()).toEqual([]);
    await page
      .getByRole("banner")
      .getByRole("button", { name: /^Drive/ })
      .click();
    await page.getByRole("button", { name: "You drive" }).waitFor({ timeout: patienceMs });
    const layout = { ...((await saved("Bench")) as Record<string, unknown>), panel: "events" };
    const text = `1.${deflateRawSync(JSON.stringify(["Foreign", layout])).toString("base64url")}`;
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `layout=${text}`);
    await page.getByText(/is not shown: you drive\. Stop driving and open the link again/).waitFor();
    await openList();
    await list().getByRole("button", { name: "Other", exact: true }).click();
    await panelOf("Events").waitFor();
    await page.getByRole("button", { name: "You drive" }).click();
    await page.getByRole("button", { name: "Stop driving" }).click();
    expect(await commands()).toEqual([]);
  });

  it("is opened and chosen by Ctrl K, without a mouse", async () => {
    const field = page.getByRole("combobox", { name: "Find a command" });
    await page.keyboard.press("Control+k");
    await field.fill("layout bench");
    await page
      .getByRole("option", { name: /Layout Bench/ })
      .first()
      .waitFor({ timeout: patienceMs });
    await page.keyboard.press("Enter");
    await panelOf("Frames").waitFor();
    await page.keyboard.press("Control+k");
    await field.fill("layouts");
    await page.keyboard.press("Enter");
    const name = list().getByRole("textbox", { name: "Name of the layout" });
    await name.waitFor({ timeout: patienceMs });
    await eventually("the list has the focus", () =>
      name.evaluate((field) => field === document.activeElement || undefined),
    );
    await page.keyboard.type("By keys");
    await page.keyboard.press("Enter");
    await list().getByRole("button", { name: "By keys", exact: true }).waitFor();
    await closeList();
  });

  it("steps back and forth through the view by Ctrl Z, one gesture a step, and takes no command back", async () => {
    const palette = page.getByRole("combobox", { name: "Find a command" });
    const camera = async (name: string) => (await saveAs(name)).view as Record<string, unknown>;
    const press = async (keys: string) => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press(keys);
    };
    await openPanel(page, "Joints");
    await view("Front").click();
    const [before] = [await camera("Undo 1")];
    const box = await page.getByRole("img", { name: "3D view of the robot" }).boundingBox();
    if (box === null) throw new Error("there is no 3D view");
    await page.mouse.move(box.x + 60, box.y + box.height / 2);
    await page.mouse.down();
    for (let x = 0; x < 5; x += 1) await page.mouse.move(box.x + 60 + 30 * x, box.y + box.height / 2);
    await page.mouse.up();
    await openPanel(page, "Events");
    expect(await camera("Undo 2")).not.toEqual(before);
    await press("Control+z");
    await panelOf("Joints").waitFor();
    expect(await camera("Undo 3")).not.toEqual(before);
    await press("Control+z");
    expect(await camera("Undo 4")).toEqual(before);
    await press("Control+Shift+z");
    expect(await camera("Undo 5")).not.toEqual(before);
    await press("Control+Shift+z");
    await panelOf("Events").waitFor();
    await page.keyboard.press("Control+k");
    await palette.fill("undo view");
    await page.keyboard.press("Enter");
    await panelOf("Joints").waitFor();
    // In a text field the keys are the text's.
    await openList();
    const name = list().getByRole("textbox", { name: "Name of the layout" });
    await name.fill("abc");
    await name.press("Control+z");
    await closeList();
    await panelOf("Joints").waitFor();
    await page
      .getByRole("banner")
      .getByRole("button", { name: /^Drive/ })
      .click();
    await page.getByRole("button", { name: "You drive" }).waitFor({ timeout: patienceMs });
    for (let count = 0; count < 30; count += 1) await press("Control+z");
    await page.getByRole("button", { name: "You drive" }).waitFor();
    expect((await twin.events("command.accepted")).filter(({ data }) => data?.session !== "demo")).toEqual(
      [],
    );
  });

  it("leaves STOP in reach on a phone, dark as well", async () => {
    const phone = await openPage(demo.browser, twin.url, faults, {
      viewport: { width: 390, height: 780 },
      colorScheme: "dark",
    });
    for (const name of ["One", "Two"]) await saveAs(name, phone);
    await openList(phone);
    expect((await lookForStop(phone)).covered).toEqual([]);
    expect(await findingsOf(phone)).toEqual([]);
    await shoot(phone, "layouts-phone");
    await phone.context().close();
  });

  it("has panels beside each other, and keeps that in a layout", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await openPanel(page, "Joints");
    const rail = page.getByRole("navigation", { name: "Panels" });
    await rail.getByRole("button", { name: "Frames" }).click({ modifiers: ["Shift"] });
    await openPanel(page, "Plots").catch(() => undefined);
    // A further one takes the first place; it moves beneath the 3D view, and what was there comes back by its button.
    await page.getByRole("button", { name: "Place of the panel Plots" }).click();
    await page.getByRole("menuitem", { name: "Beneath the 3D view" }).click();
    await openPanel(page, "Joints");
    const boxOf = async (name: string) =>
      (await panelOf(name).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    for (const name of ["Plots", "Joints"]) await panelOf(name).waitFor();
    const [plots, joints] = [await boxOf("Plots"), await boxOf("Joints")];
    expect(plots.x + plots.width).toBeLessThanOrEqual(joints.x + 2);
    await shoot(page, "docks");
    const layout = await saveAs("docked");
    expect(layout).toMatchObject({ panel: "joints", docks: { bottom: "plots" } });
    await page.getByRole("button", { name: "Close the panel Plots" }).click();
    await page.getByRole("button", { name: "Close the panel Joints" }).click();
    await panelOf("Plots").waitFor({ state: "hidden" });
    await openList();
    await list().getByRole("button", { name: "docked", exact: true }).click();
    for (const name of ["Plots", "Joints"]) await panelOf(name).waitFor();
    const line = page.getByRole("separator", { name: /beneath the 3D view/ });
    const before = (await boxOf("Plots")).height;
    await line.focus();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowUp");
    await eventually("a higher panel", async () => (await boxOf("Plots")).height > before + 40);
    expect(await findingsOf(page)).toEqual([]);
    expect((await lookForStop(page)).covered).toEqual([]);
  });

  it("draws the trail of a link where the link is, and efforts in the colours of the legend", async () => {
    const link = "left_finger_link";
    await openPanel(page, "Frames");
    await panelOf("Frames").getByRole("button", { name: link, exact: true }).click();
    await page.getByRole("switch", { name: `Draw the trail of ${link}` }).click({ force: true });
    await page.getByRole("button", { name: "Layers" }).click();
    await page.getByRole("checkbox", { name: "Efforts of the joints" }).click({ force: true });
    await page.keyboard.press("Escape");
    await page.getByText("0 to 100 % of the limit").waitFor();
    const trail = () => page.evaluate(() => [...(window.twinViewer?.trail ?? [])]);
    await eventually("a way", async () => (await trail()).length >= 3, patienceMs);
    // Where the server computes the finger, by base and joints.
    type Pose = { position: [number, number, number]; quaternion: [number, number, number, number] };
    const { things } = await twin.json<{
      things: Record<string, { properties: Record<string, Record<string, { value: Pose } | undefined>> }>;
    }>("/api/twin");
    const robot = Object.values(things).find(({ properties }) => `link/${link}/pose` in properties);
    const tip = robot?.properties[`link/${link}/pose`]?.estimated?.value;
    const base = robot?.properties["base/pose"]?.reported?.value;
    if (tip === undefined || base === undefined)
      throw new Error("the server does not tell where the finger is");
    const at = new Vector3(...tip.position).applyQuaternion(new Quaternion(...base.quaternion));
    at.add(new Vector3(...base.position));
    // The demo's finger moves at less than 1 m/s, and what is drawn is some tenths of a second old.
    const last = new Vector3(...(await trail()).slice(-3));
    expect(at.distanceTo(last)).toBeLessThan(0.4);
    await shoot(page, "efforts-trail");
    expect(await findingsOf(page)).toEqual([]);
    await page.getByRole("switch", { name: /^Trail of/ }).click({ force: true });
    await eventually("no trail", async () => (await trail()).length === 0);
  });

  it("tells who is here for the first time how to begin, once", async () => {
    const context = await demo.browser.newContext({ viewport: { width: 1280, height: 800 } });
    const first = await context.newPage();
    await first.goto(twin.url);
    const hints = first.getByRole("region", { name: "First steps" });
    await hints.waitFor({ timeout: patienceMs * 2 });
    await shoot(first, "first-hints");
    expect(await findingsOf(first)).toEqual([]);
    for (let i = 0; i < 4; i += 1) await hints.getByRole("button", { name: "Next hint" }).click();
    await hints.getByRole("button", { name: "Done" }).click();
    await hints.waitFor({ state: "hidden" });
    await first.reload();
    await first.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await first.getByRole("region", { name: "Joints", exact: true }).waitFor({ timeout: patienceMs });
    expect(await hints.count()).toBe(0);
    await context.close();
  });
});
