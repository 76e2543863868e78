import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { ControllersAnswer } from "../../src/protocol/topics/controllers-answer.ts";
import { findingsInEachLook } from "../browser/axe.ts";
import { openPanel, patienceMs } from "../browser/page-at-hand.ts";
import { shoot } from "../browser/shots.ts";
import { hasChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { peerPage } from "./peer-page.ts";
import { hasRos, type TestProcess, type TestTwin } from "./support.ts";

describe.skipIf(!hasRos() || !hasChromium())("the panel ROS beside nodes in rclpy", () => {
  const at = peerPage("ros_panel_peer.py");
  let peer: TestProcess;
  let twin: TestTwin;
  let page: Page;

  const show = async (label: string) => {
    await panel().locator("label").getByText(label, { exact: true }).click();
  };
  const panel = () => page.getByRole("region", { name: "ROS", exact: true });
  const says = (text: RegExp | string, timeout = 20_000) =>
    panel().getByText(text).first().waitFor({ timeout });

  beforeAll(async () => {
    ({ peer, twin, page } = at);
    // The middleware keeps lines of a log for 10 s.
    peer.tell({ do: "log", level: 20, text: "said before" });
    await openPanel(page, "ROS");
  }, 120_000);

  it("shows the log, what was said before it was opened too, by level and words, and holds it", async () => {
    await show("Log");
    await says("said before");
    peer.tell({ do: "log", level: 40, text: "the arm is stuck" });
    peer.tell({ do: "log", level: 30, text: "it is warm" });
    await says("the arm is stuck");
    await show("Errors");
    await says("the arm is stuck");
    expect(await panel().getByText("it is warm").count()).toBe(0);
    await show("Info");
    await page.getByLabel("Find in the log").fill("monitor warm");
    await says("it is warm");
    expect(await panel().getByText("the arm is stuck").count()).toBe(0);
    await page.getByLabel("Find in the log").fill("");
    await panel().getByRole("button", { name: "Hold" }).click();
    peer.tell({ do: "log", level: 20, text: "while it is held" });
    await page.waitForTimeout(1500);
    expect(await panel().getByText("while it is held").count()).toBe(0);
    await panel().getByRole("button", { name: "Go on" }).click();
    await says("while it is held");
    peer.tell({ do: "flood", count: 3000 });
    await says("line 2999 of a flood", 40_000);
    await show("Errors");
    await says("the arm is stuck");
    await page.waitForTimeout(400);
    await shoot(page, "ros-log");
  });

  it("shows diagnostics as a tree, with values and changes; malformed ones are counted and change nothing", async () => {
    peer.tell({ do: "status", level: 0, text: "fine" });
    await show("Health");
    await says(/2 ok, 0 warning, 0 error, 0 stale/);
    peer.tell({ do: "status", level: 2, text: "too hot" });
    await says("too hot");
    await panel().getByRole("button", { name: /motor/ }).click();
    await says("41.5");
    await says("motor-7");
    await panel().getByRole("list", { name: "Changes" }).waitFor();
    await page.getByRole("switch", { name: "Only what is not ok" }).check();
    expect(await panel().getByRole("button", { name: /bus/ }).count()).toBe(0);
    peer.tell({ do: "garbage" });
    await eventually("they are counted", async () => {
      const metrics = await (await fetch(`${twin.url}/metrics`)).text();
      const line = /source="ros:\/diagnostics",result="rejected"\} (\d+)/.exec(metrics);
      return Number(line?.[1] ?? 0) >= 10 || undefined;
    });
    await says("too hot");
    await shoot(page, "ros-health");
    await openPanel(page, "Events");
    const alarms = page.getByRole("region", { name: "Alarms" });
    await alarms
      .getByText(/too hot|not heard any more/)
      .first()
      .waitFor({ timeout: patienceMs });
    await shoot(page, "alarms-diagnostics");
    await openPanel(page, "ROS");
  });

  it("shows the tree of tf with rates, trees that nothing joins, and a frame with two parents", async () => {
    await show("tf");
    await says(/2 trees that nothing joins: alone, odom/);
    await panel()
      .getByRole("button", { name: /base_link \d+(\.\d)? Hz/ })
      .waitFor();
    await panel()
      .getByRole("button", { name: /laser static/ })
      .waitFor();
    peer.tell({ do: "second", on: true });
    await says(/two parents: (odom|map) and (odom|map)/);
    await shoot(page, "ros-tf");
    peer.tell({ do: "second", on: false });
    await eventually(
      "it has one again",
      async () =>
        (await panel()
          .getByText(/two parents/)
          .count()) === 0
          ? true
          : undefined,
      20_000,
    );
  });

  it("shows nodes and topics, and why ends do not meet", async () => {
    await show("Nodes");
    await says(/\/front\/driver publishes best effort, \/monitor takes reliable only/);
    await panel().getByRole("button", { name: "/front/driver", exact: true }).last().click();
    await panel().getByRole("button", { name: "/scan", exact: true }).first().waitFor();
    await page.getByLabel("Find in the graph").fill("diagnostic_msgs");
    await panel()
      .getByRole("button", { name: /^\/diagnostics 1 →/ })
      .waitFor();
    await shoot(page, "ros-nodes");
    await page.getByLabel("Find in the graph").fill("");
  });

  it("shows controllers with joints, state and what the twin sends through, and what is to be done", async () => {
    await show("Control");
    const card = (name: string) => panel().getByRole("listitem", { name, exact: true });
    await card("/arm_controller").getByText("/arm_controller/joint_trajectory, trajectory topic").waitFor();
    await card("/arm_controller").getByText("position (1 claimed)").waitFor();
    await card("/arm_controller").getByText("Twin sends").waitFor({ timeout: 20_000 });
    await card("/wheel_controller")
      .getByText(/the description has no joint left_wheel/)
      .waitFor();
    const change = (off: string, on: string) =>
      `ros2 control switch_controllers --strict --deactivate ${off} --activate ${on}`;
    await card("/servo_controller").getByText(change("arm_controller", "servo_controller")).waitFor();
    await card("/arm_controller").getByRole("button", { name: "elbow" }).click();
    await shoot(page, "ros-controllers");
    peer.tell({ do: "activate", name: "servo_controller" });
    await card("/arm_controller").getByText(change("servo_controller", "arm_controller")).waitFor();
    await card("/arm_controller").getByText("Not used").waitFor({ timeout: 20_000 });
    expect(await card("/arm_controller").textContent()).not.toContain("or longer");
    peer.tell({ do: "activate", name: "arm_controller" });
    const answer = (await (await fetch(`${twin.url}/api/ros/controllers`)).json()) as ControllersAnswer;
    expect(answer.robots[0]?.managers).toEqual([{ name: "/controller_manager", isAnswering: true }]);
  });

  it("finds stamps that are 200 ms old in their hop, and tells that a clock differs instead of a negative delay", async () => {
    const p50 = async (table: string, hop: string) => {
      const row = page
        .getByRole("table", { name: `Delay of ${table}` })
        .getByRole("row")
        .filter({ hasText: hop });
      const [text] = await row.getByRole("cell").allTextContents();
      return text === undefined ? Number.NaN : Number(text.replace(" ms", ""));
    };
    await openPanel(page, "Topics");
    await page.getByRole("switch", { name: /^\/scan / }).check();
    await openPanel(page, "Sources");
    peer.tell({ do: "lag", ms: 200 });
    for (const table of ["robot, joint states", "/scan"]) {
      const isLate = (ms: number) => ms >= 200 && ms < 280;
      await eventually(
        `it is seen of ${table}`,
        async () => isLate(await p50(table, "stamp → received")) || undefined,
        30_000,
      );
    }
    expect(await p50("robot, joint states", "received → sent")).toBeLessThan(100);
    expect(await p50("robot, joint states", "sent → arrived")).toBeLessThan(100);
    await shoot(page, "delays");
    expect(await findingsInEachLook(page, (look) => shoot(page, `delays-${look}`))).toEqual({});
    peer.tell({ do: "lag", ms: -700 });
    const joints = page.getByRole("table", { name: "Delay of robot, joint states" });
    await joints.getByText(/clock differs by at least 7\d\d ms \(ahead\)/).waitFor({ timeout: 20_000 });
    await joints.getByText("received → drawn").waitFor();
    peer.tell({ do: "lag", ms: 0 });
    await openPanel(page, "ROS");
  });

  it("records a number of a topic from its fields, plots what is stored, and ends it again", async () => {
    await openPanel(page, "Topics");
    await page.getByRole("switch", { name: /^\/joint_states / }).check();
    const fields = page.getByRole("list", { name: "Fields of /joint_states" });
    const button = (name: string) =>
      fields.getByRole("button", { name: `${name} of /joint_states`, exact: true });
    await button("Elements of position").click();
    await button("Record position[0]").click();
    await button("Stop recording position[0]").waitFor({ timeout: patienceMs });
    const series = "topics/joint_states/position[0]";
    const query = new URLSearchParams({ series, from: "0" });
    const count = async () => {
      const answer = await fetch(`${twin.url}/api/history?${query}`);
      const { series: [found] = [] } = (await answer.json()) as { series?: { value: number[] }[] };
      return found?.value.length ?? 0;
    };
    await eventually("it is stored", async () => (await count()) >= 20 || undefined);
    await shoot(page, "topic-records");
    await button("Plot position/0").click();
    const plots = page.getByRole("region", { name: "Plots", exact: true });
    await plots.getByText(series).first().waitFor({ timeout: patienceMs });
    await openPanel(page, "Topics");
    await button("Elements of position").click();
    expect(await findingsInEachLook(page, (look) => shoot(page, `topic-records-${look}`))).toEqual({});
    await button("Stop recording position[0]").click();
    await button("Record position[0]").waitFor({ timeout: patienceMs });
    const events = await (await fetch(`${twin.url}/api/events`)).text();
    expect(events).toContain("records /joint_states#position[0]");
    expect(events).toContain("stops recording /joint_states#position[0]");
    await page.getByRole("switch", { name: /^\/joint_states / }).uncheck();
    await openPanel(page, "ROS");
  });

  it("reads parameters, sets them in their type, and shows what the node refuses", async () => {
    await show("Params");
    const nodes = page.getByLabel("Node", { exact: true });
    await nodes.getByRole("option", { name: "/monitor", exact: true }).waitFor({ state: "attached" });
    await nodes.selectOption("/monitor");
    const field = (name: string) => page.getByLabel(name, { exact: true });
    await field("gain").waitFor({ timeout: 20_000 });
    expect(await field("gain").inputValue()).toBe("0.5");
    expect(await field("joints").inputValue()).toBe('["a","b"]');
    await field("gain").fill("3");
    await says("from 0 to 2");
    await field("gain").fill("1.25");
    await page.keyboard.press("Enter");
    await eventually("it is set", () =>
      peer.events("parameter").find(({ name, value }) => name === "gain" && value === 1.25),
    );
    await field("count").fill("500");
    await page.keyboard.press("Enter");
    await says(/refuses it: too many/);
    await shoot(page, "ros-params");
    const events = await (await fetch(`${twin.url}/api/events`)).text();
    expect(events).toContain("sets gain of /monitor to 1.25");
    expect(events).toContain("refused, /monitor refuses it: too many");
  });

  it("answers the same over HTTP, and refuses what is wrong by its field", async () => {
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await fetch(`${twin.url}/${path}`, init);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const put = (body: unknown) =>
      ask("api/ros/parameters", {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    expect((await ask("api/ros/graph")).body.nodes).toEqual(
      expect.arrayContaining(["/monitor", "/front/driver"]),
    );
    expect((await ask("api/ros/parameters?node=monitor")).body.error).toMatch(/^node: the absolute name/);
    expect(await ask("api/ros/parameters?node=/nobody")).toMatchObject({
      status: 404,
      body: { error: "/nobody is not there, or has no parameter services" },
    });
    expect(await put({ node: "/monitor", name: "gain", value: null })).toMatchObject({ status: 400 });
    expect(await put({ node: "/monitor", name: "gain", value: "x" })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("is of the type double") },
    });
    expect(await put({ node: "/monitor", name: "none", value: 1 })).toMatchObject({ status: 404 });
    expect(await put({ node: "/monitor", name: "serial", value: "X2" })).toMatchObject({ status: 409 });
  });

  it("has nothing that axe objects to, light and dark, wide and narrow", async () => {
    for (const view of ["Log", "Health", "tf", "Nodes", "Control", "Params"]) {
      await show(view);
      expect(await findingsInEachLook(page), view).toEqual({});
    }
  });
});
