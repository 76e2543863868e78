import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { neutralConfiguration, setJointPosition } from "../../src/robot/configuration.ts";
import { createData } from "../../src/robot/data.ts";
import { centerOfMass, totalMass } from "../../src/robot/dynamics/center-of-mass.ts";
import { createModel } from "../../src/robot/model.ts";
import { parseUrdf } from "../../src/robot/reading/urdf.ts";
import type { DesignReading } from "../../src/viewer/design/design-session.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

const root = new URL("../..", import.meta.url).pathname;

/** What Node computes for the arm in a pose. */
function rightFor(urdf: string, positions: Record<string, number>): { center: number[]; mass: number } {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("the arm has an error");
  const model = createModel(description);
  const q = neutralConfiguration(model);
  for (const [joint, position] of Object.entries(positions)) setJointPosition(model, q, joint, position);
  const out = new Float64Array(3);
  centerOfMass(model, createData(model), q, out);
  return { center: [...out], mass: totalMass(model) };
}

describe.skipIf(!hasChromium())("the design twin", () => {
  const folder = mkdtempSync(join(tmpdir(), "twin-design-"));
  const file = join(folder, "arm.urdf");
  const original = readFileSync(join(root, "urdf/arm.urdf"), "utf8");
  const twin = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;

  async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const opened = await context.newPage();
    opened.on("pageerror", (error) => faults.push(error.message));
    await opened.goto(url);
    await opened.waitForFunction(
      () => window.twinViewer?.visibleAtMs != null && window.twinViewer.design != null,
      null,
      { timeout: 30_000 },
    );
    return opened;
  }

  async function designOf(from: Page): Promise<DesignReading> {
    const design = await from.evaluate(() => window.twinViewer?.design);
    if (!design) throw new Error("the page has no design twin");
    return design;
  }

  /** The 3D view as PNG. */
  async function pictureOf(from: Page): Promise<string> {
    return (await from.getByRole("img", { name: "3D view of the robot" }).screenshot()).toString("base64");
  }

  beforeAll(async () => {
    copyFileSync(join(root, "urdf/arm.urdf"), file);
    await twin.show(file);
    browser = await launchChromium();
    page = await openPage(twin.url);
  });

  afterEach(() => {
    expect(faults.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await twin.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("shows every joint that moves, at 0, with nothing to drive and nothing to stop", async () => {
    const { joints, mass } = await designOf(page);
    expect(Object.keys(joints)).toHaveLength(8);
    expect(Object.values(joints).every((position) => position === 0)).toBe(true);
    expect(mass).toBe(rightFor(original, {}).mass);
    await page.getByRole("region", { name: "Design" }).waitFor();
    expect(await page.getByRole("slider").count()).toBe(8);
    for (const name of ["Stop", "Drive"]) {
      expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
    }
  });

  it("moves a joint by its slider, and the centre of mass is Node's", async () => {
    await page.getByRole("slider", { name: "shoulder_lift position" }).fill("0.7");
    await page.getByRole("slider", { name: "elbow position" }).fill("-1.1");
    const { joints, centerOfMass: center } = await designOf(page);
    expect(joints).toMatchObject({ shoulder_lift: 0.7, elbow: -1.1, wrist_1: 0 });
    const right = rightFor(original, { shoulder_lift: 0.7, elbow: -1.1 }).center;
    expect(Math.hypot(...right.map((value, i) => value - (center?.[i] ?? 9)))).toBeLessThan(1e-15);
  });

  it("has Node's centre of mass to the last bit", async () => {
    const fresh = await openPage(twin.url);
    const positions = { shoulder_pan: 0.3, shoulder_lift: 0.7, elbow: -1.1, wrist_1: 2.05, wrist_2: -0.4 };
    for (const [joint, position] of Object.entries(positions)) {
      await fresh.getByRole("slider", { name: `${joint} position` }).fill(String(position));
    }
    const { joints, centerOfMass: center } = await designOf(fresh);
    expect(joints).toMatchObject(positions);
    expect(center).toEqual(rightFor(original, positions).center);
    await fresh.context().close();
  });

  it("takes a typed number in the unit shown, and marks what is none", async () => {
    await page.getByRole("banner").getByText("deg", { exact: true }).click();
    const field = page.getByRole("textbox", { name: "wrist_1 value" });
    await field.fill("90");
    expect((await designOf(page)).joints.wrist_1).toBe(Math.PI / 2);
    await field.fill("many");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect((await designOf(page)).joints.wrist_1).toBe(Math.PI / 2);
    await field.press("Escape");
    expect(await field.inputValue()).toBe("90.0");
    await page.getByRole("banner").getByText("rad", { exact: true }).click();
  });

  it("moves a joint by the keyboard, within its limits", async () => {
    const slider = page.getByRole("slider", { name: "wrist_2 position" });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    const { wrist_2: moved } = (await designOf(page)).joints;
    expect(moved).toBeCloseTo(6.2 / 100, 10);
    for (let i = 0; i < 60; i += 1) await page.keyboard.press("ArrowRight");
    expect((await designOf(page)).joints.wrist_2).toBe(3.1);
  });

  it("lets a follower follow and not be dragged", async () => {
    expect(await page.getByRole("slider", { name: "right_finger position" }).isDisabled()).toBe(true);
    await page.getByRole("slider", { name: "left_finger position" }).fill("0.03");
    const { left_finger: left, right_finger: right } = (await designOf(page)).joints;
    expect([left, right]).toEqual([0.03, 0.03]);
  });

  it("takes a random pose within the limits, the zero pose, and back to the start", async () => {
    await page.getByRole("button", { name: "Random pose" }).click();
    const { joints } = await designOf(page);
    expect(Object.values(joints).filter((position) => position === 0)).toEqual([]);
    expect(Math.abs(Number(joints.shoulder_lift))).toBeLessThanOrEqual(2);
    for (const name of ["Zero pose", "Reset all"]) {
      await page.getByRole("button", { name: "Random pose" }).click();
      await page.getByRole("button", { name }).click();
      expect(Object.values((await designOf(page)).joints).every((position) => position === 0)).toBe(true);
    }
  });

  it.each([
    "Visuals",
    "Collision shapes",
    "Centre of mass",
    "Links’ centres of mass",
    "Inertia boxes",
    "Joint axes",
    "Link frames",
    "Grid",
  ])("switches the layer %s on and off again", async (name) => {
    const box = page.getByRole("checkbox", { name, exact: true });
    const was = await box.isChecked();
    const before = await eventually("a picture that stands", async () => {
      const [first, second] = [await pictureOf(page), await pictureOf(page)];
      return first === second ? first : undefined;
    });
    await box.click();
    expect(await box.isChecked()).toBe(!was);
    await eventually(`${name} in the picture`, async () => (await pictureOf(page)) !== before);
    await box.click();
    await eventually(`the picture without ${name}`, async () => (await pictureOf(page)) === before);
  });

  it("says what each joint must give against gravity beside its limit, and the end effector's pose", async () => {
    const table = page.getByRole("table", { name: "Effort against gravity" });
    const row = table.getByRole("row", { name: /shoulder_lift/ });
    expect(await row.textContent()).toMatch(/N·m.*N·m.*%/);
    const before = await row.textContent();
    await page.getByRole("slider", { name: "shoulder_lift position" }).fill("1.5");
    expect(await row.textContent()).not.toBe(before);
    const link = page.getByRole("combobox", { name: "End effector" });
    await link.selectOption("wrist_1_link");
    const pose = page.getByLabel("End effector pose");
    const there = await pose.textContent();
    await link.selectOption("base_link");
    expect(await pose.textContent()).not.toBe(there);
    expect(await pose.textContent()).toContain("0: singular, it cannot move in some direction");
  });

  it("says which meshes are there", async () => {
    expect(await page.getByRole("status", { name: "Meshes" }).textContent()).toMatch(
      /^\d\d found, 0 missing$/,
    );
  });

  it("reads the file again when it changes, and keeps the pose", async () => {
    await page.getByRole("slider", { name: "elbow position" }).fill("0.5");
    const heavier = original.replace('<mass value="3.6"/>', '<mass value="5.6"/><!-- heavier -->');
    expect(heavier).not.toBe(original);
    writeFileSync(file, heavier);
    const mass = rightFor(heavier, {}).mass;
    await eventually("the new mass", async () => (await designOf(page)).mass === mass);
    expect((await designOf(page)).joints.elbow).toBe(0.5);
    expect(twin.err).toContain("was reloaded");
  });

  it("keeps the last good robot when the file breaks, with the error on the page and in the terminal", async () => {
    const { mass } = await designOf(page);
    const broken = original.replace('type="revolute"', 'type="rotary"');
    writeFileSync(file, broken);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    const line = broken.slice(0, broken.indexOf("rotary")).split("\n").length;
    expect(await alert.textContent()).toContain(`arm.urdf:${line}`);
    expect(await alert.textContent()).toContain("rotary");
    const errors = page.getByRole("list", { name: "Findings" }).getByText("rotary");
    expect(await errors.count()).toBeGreaterThan(0);
    expect((await designOf(page)).mass).toBe(mass);
    expect(twin.err).toMatch(/arm\.urdf:\d+: error: .*rotary/);
    writeFileSync(file, original);
    await alert.waitFor({ state: "detached" });
    await eventually(
      "the first mass",
      async () => (await designOf(page)).mass === rightFor(original, {}).mass,
    );
  });

  it("refuses what would move a robot", async () => {
    const stopped = await fetch(twin.at("/api/stop"), { method: "POST" });
    expect(stopped.ok).toBe(true);
    const { control } = await page.evaluate(async () => {
      const socket = new WebSocket(new URL("ws/state", location.href).href.replace("http", "ws"), "twin.v1");
      return new Promise<{ control: { can: Record<string, unknown> }[] }>((resolve) => {
        socket.onmessage = ({ data }) => {
          const message = typeof data === "string" ? JSON.parse(data) : null;
          if (message?.op === "status") resolve(message);
        };
      });
    });
    const can = control[0]?.can ?? {};
    expect([can.jointPosition, can.jointVelocity, can.twist]).toEqual([false, false, false]);
  });

  it("fits a phone", async () => {
    const phone = await openPage(twin.url, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await phone.getByRole("slider", { name: "elbow position" }).fill("0.4");
    expect((await designOf(phone)).joints.elbow).toBe(0.4);
    await phone.context().close();
  });

  it("ends with 0 when it is told to", async () => {
    expect((await twin.stop("SIGINT")).code).toBe(0);
  });
});

describe.skipIf(!hasChromium())("the design twin of every kind of joint", () => {
  const twin = new TwinProcess();
  let browser: Browser;

  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  it("has numbers for planar and floating joints", async () => {
    await twin.show(join(root, "test/truth/urdf/every-joint.urdf"));
    browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.design != null, null, { timeout: 30_000 });
    await page.getByRole("textbox", { name: "j_plane y", exact: true }).fill("0.25");
    await page.getByRole("textbox", { name: "j_free z" }).fill("-0.5");
    await page.getByRole("textbox", { name: "j_free yaw" }).fill("3.141592653589793");
    const joints = await page.evaluate(() => window.twinViewer?.design?.joints);
    expect(joints?.j_plane).toEqual([0, 0.25, 0]);
    const free = joints?.j_free;
    if (!Array.isArray(free)) throw new Error("j_free has no list of numbers");
    expect(free.slice(0, 3)).toEqual([0, 0, -0.5]);
    expect(Math.abs(free[5] ?? 0)).toBeCloseTo(1, 15);
    expect(await page.getByRole("list", { name: "Findings" }).textContent()).toContain(
      "every-joint.urdf:78 warning",
    );
  });

  it("takes xacro with arguments and SRDF, and reads them again when an included file changes", async () => {
    const show = new TwinProcess();
    try {
      const box = (mass: number): string =>
        `<robot xmlns:xacro="http://www.ros.org/wiki/xacro"><xacro:property name="mass" value="${mass}"/></robot>`;
      const included = show.file("mass.xacro", box(2));
      const file = show.file(
        "box.xacro",
        `<robot name="box" xmlns:xacro="http://www.ros.org/wiki/xacro">
          <xacro:arg name="prefix" default="none_"/><xacro:include filename="mass.xacro"/>
          <link name="$(arg prefix)base"><inertial><mass value="\${mass}"/>
          <inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link></robot>`,
      );
      const srdf = show.file(
        "box.srdf",
        `<robot name="box"><group name="g"><link name="nowhere"/></group></robot>`,
      );
      await show.show(file, "--arg", "prefix:=left_", "--srdf", srdf);
      const page = await browser.newPage();
      await page.goto(show.url);
      await page.waitForFunction(() => window.twinViewer?.design?.mass === 2, null, { timeout: 30_000 });
      const findings = page.getByRole("list", { name: "Findings" });
      await findings.getByText("nowhere").waitFor();
      expect(await page.getByRole("combobox", { name: "End effector" }).inputValue()).toBe("left_base");
      writeFileSync(included, box(3));
      await page.waitForFunction(() => window.twinViewer?.design?.mass === 3, null, { timeout: 15_000 });
      expect(await page.getByText("No joint of this robot moves.").count()).toBe(1);
    } finally {
      await show.remove();
    }
  });

  it("shows the error of a file that is broken from the start, and the robot once it is put right", async () => {
    const show = new TwinProcess();
    try {
      const file = show.file("broken.urdf", "<robot name='r'><link name='a'/><link name='b'/></robot>");
      await show.show(file);
      const page = await browser.newPage();
      await page.goto(show.url);
      await page.getByRole("alert").getByText("There is no robot to show yet.").waitFor();
      expect(await page.evaluate(() => window.twinViewer?.design)).toBeNull();
      writeFileSync(file, "<robot name='r'><link name='a'/></robot>");
      await page.waitForFunction(() => window.twinViewer?.design?.mass === 0, null, { timeout: 15_000 });
      expect(await page.evaluate(() => window.twinViewer?.design?.centerOfMass)).toBeNull();
    } finally {
      await show.remove();
    }
  });

  it("asks for a token where others can reach it, and prints it", async () => {
    const open = new TwinProcess();
    try {
      await open.show("urdf/base.urdf", "--host", "0.0.0.0");
      const { token } = open;
      if (token === null) throw new Error(`no token in ${open.url}`);
      expect((await fetch(open.at("/api/twin"))).status).toBe(401);
      const asked = await fetch(open.at("/api/twin"), { headers: { authorization: `Bearer ${token}` } });
      expect(asked.status).toBe(200);
      expect((await open.stop("SIGTERM")).code).toBe(0);
    } finally {
      await open.remove();
    }
  });

  it("ends with one line when there is no such file", async () => {
    const none = new TwinProcess();
    none.start("model", "show", "no/such.urdf");
    const { code, err } = await none.ended();
    await none.remove();
    expect(code).toBe(1);
    expect(err).toMatch(/^\S*.*no\/such\.urdf.*\n$/);
  });
});
