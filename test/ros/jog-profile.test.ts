import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Driver, freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const robotArgs = ["--urdf", "test/ros/four-joints.urdf", "--joints", "j1,j2,j3,j4"];
const commandEveryMs = 45;

/** Time (s), then position and velocity of each joint: the reference of one controller cycle. */
type Cycle = number[];

async function trace(peer: TestProcess): Promise<Cycle[]> {
  const before = peer.events("trace").length;
  peer.tell({ do: "trace" });
  const event = await eventually("the trace", () => peer.events("trace")[before]);
  return event.samples as Cycle[];
}

/** Velocities of joint `j` by differences of its reference's positions: what a servo gets. */
function velocities(cycles: readonly Cycle[], j: number): number[] {
  return cycles.slice(1).map((cycle, i) => {
    const before = cycles[i] as Cycle;
    return (
      ((cycle[1 + 2 * j] as number) - (before[1 + 2 * j] as number)) /
      ((cycle[0] as number) - (before[0] as number))
    );
  });
}

function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

async function steadyJog(
  more: string[],
): Promise<{ deviation: number; least: number; most: number; mean: number }> {
  const domain = freshDomain();
  const peer = startPeer(domain, [...robotArgs, ...more], "jtc_peer.py");
  const twin = new TestTwin(domain);
  try {
    await twin.ready();
    await eventually("its joints show", () => twin.reported("joint/j4/position"));
    const driver = new Driver(twin.url);
    await driver.drive();
    await eventually("the controller is found", async () => {
      const sent = driver.command({ kind: "jointPosition", positions: { j1: 0.1 } });
      const end = await eventually(
        "an end",
        () => driver.result(sent, "done") ?? driver.result(sent, "refused"),
      );
      return end.stage === "done" ? end : undefined;
    });
    const press = setInterval(
      () => driver.command({ kind: "jointVelocity", velocities: { j4: 1 } }, 200),
      commandEveryMs,
    );
    const began = Date.now();
    await eventually("it is up to speed", () => (Date.now() - began > 1500 ? true : undefined));
    await trace(peer);
    await eventually("ten seconds pass", () => (Date.now() - began > 11_500 ? true : undefined), 20_000);
    const speeds = velocities(await trace(peer), 3);
    clearInterval(press);
    driver.kill();
    console.log(
      JSON.stringify(driver.answers.filter((a) => a.stage === "aborted" || a.stage === "done").slice(0, 6)),
      JSON.stringify(
        peer
          .events("end")
          .filter((e) => e.code !== -1)
          .slice(0, 5),
      ),
      speeds.length,
    );
    const mean = speeds.reduce((sum, v) => sum + v, 0) / speeds.length;
    return { deviation: deviation(speeds, 1), least: Math.min(...speeds), most: Math.max(...speeds), mean };
  } finally {
    await twin.end();
    await peer.end();
  }
}

describe.skipIf(!hasRos())("a steady jog at 1 rad/s", () => {
  it.each([
    ["a controller that starts goals from its reference", ["--from-desired"]],
    ["a controller that starts goals from the measured state", []],
    ["a server that ignores when goals are to start", ["--from-desired", "--ignore-stamp"]],
  ])("ripples little on %s", async (_, more) => {
    const seen = await steadyJog(more);
    console.log(JSON.stringify({ more, ...seen }));
    expect(seen.mean).toBeCloseTo(1, 2);
  });
});
