import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";
import { findingsOf } from "./axe.ts";
import { lookForStop, openPage, panelNames, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

/** The focused element as a screen reader names it: role and name. */
type Focus = { role: string; name: string; inPanel: boolean; isSeen: boolean; hasRing: boolean };

/** No mouse here: everything is reached by Tab and done by keys. */
describe.skipIf(!hasChromium())("the page by keyboard alone", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;
  let client: WsClient;

  beforeAll(async () => {
    await twin.up("--port", "0");
    client = await WsClient.open(twin.url, "/ws/command");
    browser = await launchChromium();
    page = await openPage(browser, twin.url, faults);
    // A wizard's help would hide what a person without a mouse cannot reach.
    await page.getByRole("listitem", { name: "elbow", exact: true }).waitFor({ timeout: patienceMs });
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    client?.close();
    await browser?.close();
    await twin.remove();
  });

  const focus = (): Promise<Focus> =>
    page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      const box = at.getBoundingClientRect();
      const inputRole: Record<string, string> = { range: "slider", checkbox: "checkbox", radio: "radio" };
      const role =
        at.getAttribute("role") ??
        (at instanceof HTMLInputElement ? (inputRole[at.type] ?? "textbox") : at.tagName.toLowerCase());
      const labelled = at.getAttribute("aria-label") ?? (at as HTMLInputElement).labels?.[0]?.textContent;
      const name = labelled ?? at.textContent?.trim() ?? "";
      const style = getComputedStyle(at);
      // A switch and a choice draw their ring on the part beside the hidden input, a field on its border.
      const drawn = at instanceof HTMLInputElement && ["checkbox", "radio", "text"].includes(at.type);
      const background = style.backgroundColor;
      return {
        role,
        name,
        inPanel: at.closest(".panel") !== null,
        isSeen: drawn || (box.width > 0 && box.bottom > 0 && box.top < innerHeight),
        hasRing:
          drawn ||
          style.outlineStyle !== "none" ||
          (role === "separator" && background !== "rgba(0, 0, 0, 0)"),
      };
    });

  /** Presses Tab until the focus is where `isIt` wants it; fails once it has gone all the way round. */
  async function tabTo(what: string, isIt: (at: Focus) => boolean): Promise<Focus> {
    const seen: string[] = [];
    for (let presses = 0; presses < 220; presses += 1) {
      const at = await focus();
      if (isIt(at)) return at;
      seen.push(`${at.role} ${at.name}`);
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not come to ${what}; it comes to ${[...new Set(seen)].join(" | ")}`);
  }
  const to = (role: string, name: string | RegExp) =>
    tabTo(
      `${role} ${name}`,
      (at) => at.role === role && (typeof name === "string" ? at.name === name : name.test(at.name)),
    );
  async function open(panel: string): Promise<void> {
    // The number of alarms, as of a machine that is busy, is part of the name.
    await to("button", panel === "Drive" ? "Drive panel" : panel === "Events" ? /^Events/ : panel);
    const pressed = () => page.evaluate(() => document.activeElement?.getAttribute("aria-pressed"));
    if ((await pressed()) === "false") await page.keyboard.press("Enter");
    await page.getByRole("region", { name: panel, exact: true }).waitFor({ timeout: patienceMs });
  }
  const settings = () => page.evaluate(() => JSON.parse(localStorage.getItem("twinbridge.settings") ?? "{}"));
  const stops = () => client.of("stopped").length;
  /** Space as STOP: the server tells of one more. */
  async function expectSpaceStops(where: string): Promise<void> {
    const before = stops();
    await page.keyboard.press("Space");
    await eventually(`a stop by Space on ${where}`, () => stops() > before, patienceMs);
    client.send({ op: "reset", robot: "robot" });
    await page.getByText(/is stopped by/).waitFor({ state: "hidden", timeout: patienceMs });
  }
  /** Space as a control's own key: no stop comes of it, shown by the answer to a question asked after it. */
  async function expectNoStopBy(what: string, press: () => Promise<void>): Promise<void> {
    const before = stops();
    await press();
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    const t = Date.now();
    client.send({ op: "ping", t });
    await client.next("pong", { t });
    expect(stops(), what).toBe(before);
    expect((await twin.json<{ events: { kind: string }[] }>("/api/events")).events[0]?.kind).not.toBe(
      "stop.latched",
    );
  }

  it("comes by Tab to every control of every panel, each with a name, in view, with a ring", async () => {
    for (const panel of panelNames) {
      await open(panel);
      const count = () =>
        page.evaluate(() => {
          const all = document.querySelectorAll<HTMLElement>(
            ".panel button:enabled, .panel input:enabled, .panel select, .panel [tabindex='0']",
          );
          const groups = new Set<string>();
          let count = 0;
          for (const one of all) {
            if (one.offsetParent === null || one.tabIndex < 0) continue;
            if (one instanceof HTMLInputElement && one.type === "radio") {
              if (groups.has(one.name)) continue;
              groups.add(one.name);
            }
            count += 1;
          }
          return count;
        });
      // What a panel asks the server for comes a moment later.
      let wanted = -1;
      for (let before = -2; before !== wanted; ) {
        before = wanted;
        await page.waitForTimeout(300);
        wanted = await count();
      }
      let reached = 0;
      await tabTo("the panel", (at) => at.inPanel);
      for (let at = await focus(); at.inPanel; at = await focus()) {
        expect(at.name, `${panel}: a ${at.role}`).not.toBe("");
        expect(at, `${panel}: ${at.role} ${at.name}`).toMatchObject({ isSeen: true, hasRing: true });
        reached += 1;
        await page.keyboard.press("Tab");
      }
      // Panels whose content changes meanwhile may have one more or less; one whose code comes late on a busy machine has it by now.
      const after = await count();
      const missed = Math.min(Math.abs(reached - wanted), Math.abs(reached - after));
      expect(missed, `${panel}: ${reached} of ${wanted}, then ${after}`).toBeLessThanOrEqual(2);
    }
  });

  it("sets a checkbox by Space and by Enter, and stops nothing", async () => {
    await to("button", "Layers");
    await page.keyboard.press("Enter");
    await page.getByRole("checkbox", { name: "World axes" }).waitFor();
    await to("checkbox", "World axes");
    const { axes } = (await settings()).layers ?? { axes: true };
    await expectNoStopBy("Space on a checkbox", () => page.keyboard.press("Space"));
    expect((await settings()).layers.axes).toBe(!axes);
    await expectNoStopBy("Enter on a checkbox", () => page.keyboard.press("Enter"));
    expect((await settings()).layers.axes).toBe(axes);
    await page.keyboard.press("Escape");
  });

  it("stops by Space on a button, a slider and a panel, and on a checkbox that was clicked", async () => {
    await open("Joints");
    await to("button", "elbow");
    await expectSpaceStops("a button");
    expect(await page.getByRole("button", { name: "elbow", exact: true }).getAttribute("aria-expanded")).toBe(
      "false",
    );
    await tabTo("the content", (at) => at.name === "Joints, content");
    await expectSpaceStops("the panel");
    await page.getByRole("button", { name: "Layers" }).click();
    await page.getByRole("checkbox", { name: "World axes" }).click();
    const { axes } = (await settings()).layers;
    await expectSpaceStops("a checkbox that was clicked");
    expect((await settings()).layers.axes).toBe(axes);
    await page.keyboard.press("Escape");
  });

  it("takes the controls, moves a joint and gives the controls back", async () => {
    await to("button", "Drive");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "You drive" }).waitFor({ timeout: patienceMs });
    expect((await focus()).name).toBe("You drive");
    await open("Joints");
    await to("slider", "elbow target");
    for (let i = 0; i < 5; i += 1) await page.keyboard.press("ArrowRight");
    await to("button", "Go");
    await page.keyboard.press("Enter");
    await page.getByLabel("Last move").getByText("done").waitFor({ timeout: patienceMs });
    await to("button", "Jog elbow up");
    const elbow = async () => Number((await twin.property("robot", "joint/elbow/position")).reported?.value);
    const before = await elbow();
    await page.keyboard.down("Enter");
    await eventually("the elbow jogs", async () => (await elbow()) > before + 0.02);
    await page.keyboard.up("Enter");
    await open("Drive");
    const speed = page.getByRole("slider", { name: "Speed of the drive pad" });
    await to("slider", "Speed of the drive pad");
    const percent = async () => Number(await speed.getAttribute("aria-valuenow"));
    const slow = await percent();
    await page.keyboard.down("ArrowUp");
    await page.keyboard.up("ArrowUp");
    expect(await percent()).toBeGreaterThan(slow);
    // The slider's arrow is the slider's: no twist was asked for.
    const driven = (await twin.events("command.accepted")).filter(
      ({ data }) => data?.target === "base" && data.session !== "demo",
    );
    expect(driven).toEqual([]);
    await to("application", "Drive pad");
    await page.keyboard.down("KeyW");
    await eventually("the base goes", async () => {
      const { reported } = await twin.property("robot", "base/twist");
      return ((reported?.value as { linear: number[] } | undefined)?.linear[0] ?? 0) > 0.05;
    });
    await page.keyboard.up("KeyW");
    await to("button", "You drive");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Stop driving" }).waitFor();
    await to("button", "Stop driving");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "You drive" }).waitFor({ state: "hidden", timeout: patienceMs });
  });

  it("sets a device's switch by Space and by Enter, and stops nothing", async () => {
    await to("button", "Drive");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "You drive" }).waitFor({ timeout: patienceMs });
    await open("Devices");
    const at = await tabTo(
      "a switch",
      ({ role, inPanel }) => inPanel && (role === "switch" || role === "checkbox"),
    );
    const control = page.getByRole("switch", { name: at.name });
    for (const key of ["Space", "Enter"]) {
      const was = await control.isChecked();
      await expectNoStopBy(`${key} on a switch`, () => page.keyboard.press(key));
      await eventually(
        `the switch follows ${key}`,
        async () => (await control.isChecked()) !== was,
        patienceMs,
      );
    }
  });

  it("finds, opens and leaves a thing, shows frames, filters events", async () => {
    await open("Graph");
    await to("textbox", "Find a thing");
    await page.keyboard.type("joint/elbow");
    await to("button", /elbow/);
    await page.keyboard.press("Enter");
    await to("button", /All things/);
    await page.keyboard.press("Enter");
    await open("Frames");
    await tabTo("the switch", ({ name }) => name.startsWith("Show link frames"));
    await expectNoStopBy("Space on the frames' switch", () => page.keyboard.press("Space"));
    expect((await settings()).layers.frames).toBe(true);
    await page.keyboard.press("Enter");
    expect((await settings()).layers.frames).toBe(false);
    await open("Events");
    await tabTo("the choice", ({ role, inPanel }) => role === "radio" && inPanel);
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("radio", { name: "Warnings and errors" }).isChecked()).toBe(true);
  });

  it("opens commands by Ctrl K: what is found is done by Enter, and STOP stays in reach", async () => {
    const field = page.getByRole("combobox", { name: "Find a command" });
    // Typed at once: nothing of it may be a key of the page, Space above all.
    await expectNoStopBy("a command that is typed at once", async () => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("panel dev");
    });
    await field.waitFor({ timeout: patienceMs });
    expect(await field.inputValue()).toBe("panel dev");
    expect(await focus()).toMatchObject({ role: "combobox" });
    const first = page.getByRole("listbox", { name: "Commands found" }).getByRole("option").first();
    expect(await first.textContent()).toContain("Panel Devices");
    expect(await first.getAttribute("aria-selected")).toBe("true");
    expect((await lookForStop(page)).covered).toEqual([]);
    expect(await findingsOf(page)).toEqual([]);
    await shoot(page, "palette");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Devices", exact: true }).waitFor();
    expect(await field.count()).toBe(0);
    await page.keyboard.press("Control+k");
    await field.waitFor();
    await page.keyboard.press("Escape");
    await eventually("it is closed", async () => ((await field.count()) === 0 ? true : undefined));
  });

  it("shows its keys by ?, and goes back to where it was", async () => {
    const button = page.getByRole("button", { name: "Joints", exact: true });
    await button.focus();
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await keys.waitFor();
    await keys.getByText(/Stops all robots/).waitFor();
    await shoot(page, "palette-keys");
    expect(await findingsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await eventually("it is closed", async () => ((await keys.count()) === 0 ? true : undefined));
    expect(await focus()).toMatchObject({ name: "Joints" });
  });
});
