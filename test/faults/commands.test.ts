import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Driver, freshDomain, hasRos, startPeer, TestProcess, TestTwin } from "../ros/support.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";

const robotArgs = ["--urdf", "test/ros/four-joints.urdf", "--joints", "j1,j2,j3,j4", "--from-desired"];
const folder = mkdtempSync(join(tmpdir(), "twin-faults-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const later = async (ms: number) => {
  const since = Date.now();
  await eventually("time passes", () => (Date.now() - since > ms ? true : undefined), ms + 10_000);
};

/** A client that says exactly what it is told to: no fields of its own. */
class Raw extends Driver {
  say(text: string): void {
    this.socket.send(text);
  }

  async lease(): Promise<number> {
    await eventually("the socket opens", () => (this.answers.length > 0 ? true : undefined));
    this.epoch = -1;
    this.send({ op: "acquire", id: "acquire", robot: "robot", holder: "raw" });
    return eventually("the lease", () => (this.epoch >= 0 ? this.epoch : undefined));
  }

  /** The code of the answer to `id`, once it is there. */
  async code(id: string): Promise<string> {
    const answer = await eventually(`an answer to ${id}`, () =>
      this.answers.find(
        (a) => a.id === id && (a.op === "error" || a.stage === "refused" || a.stage === "accepted"),
      ),
    );
    return answer.op === "error" ? `error ${answer.code}` : `${answer.stage} ${answer.code}`;
  }
}

describe.skipIf(!hasRos())("what must not move a real robot on ROS", () => {
  it("clocks that are off, what is not a number, replays, old grants, and commands to a stopped robot", {
    timeout: 240_000,
  }, async () => {
    const domain = freshDomain();
    const peer = startPeer(domain, [...robotArgs, "--base", "cmd_vel:twist"], "jtc_peer.py");
    const twin = new TestTwin(domain);
    const moved = () =>
      peer.events("goal").length +
      peer.events("twist").filter((event) => event.x !== 0 || event.yaw !== 0).length;
    try {
      await twin.ready();
      await eventually("its joints show", () => twin.reported("joint/j1/position"));
      const client = new Raw(twin.url);
      let epoch = await client.lease();
      const server = Date.now();
      const drive = { kind: "twist", linear: { x: 0.3 } };
      const move = { kind: "jointPosition", positions: { j1: 0.5 } };
      const message = (id: string, seq: number, more: object = {}) => ({
        op: "command",
        id,
        robot: "robot",
        epoch,
        seq,
        issued: Date.now(),
        ttlMs: 500,
        command: move,
        ...more,
      });

      // Clocks.
      let seq = 100;
      for (const skew of [-10_000, 10_000]) {
        for (const command of [move, drive]) {
          const id = `skew${++seq}`;
          client.send(message(id, seq, { issued: Date.now() + skew, command }));
          expect(await client.code(id)).toBe(skew < 0 ? "refused expired" : "refused from_the_future");
        }
      }
      // What is not a number: JSON has no NaN; 1e999 is read as infinite.
      const texts = ["NaN", "1e999", "-1e999", '"0.5"', "null", "[0.5]"];
      for (const [i, value] of texts.entries()) {
        client.say(JSON.stringify(message(`nan${i}`, ++seq)).replace('"j1":0.5', `"j1":${value}`));
        client.say(
          JSON.stringify(message(`nanbase${i}`, ++seq, { command: drive })).replace(
            '"x":0.3',
            `"x":${value}`,
          ),
        );
      }
      await eventually("each is answered", () =>
        client.answers.filter((a) => a.op === "error" && a.code === "bad_message").length >= 2 * texts.length
          ? true
          : undefined,
      );
      // A late grant: what was sent under an older one.
      const old = epoch;
      epoch = await client.lease();
      expect(epoch).toBeGreaterThan(old);
      client.send(message("old", ++seq, { epoch: old }));
      expect(await client.code("old")).toBe("refused no_lease");
      // Another writer, with the holder's epoch.
      const other = new Raw(twin.url);
      await eventually("the other's socket opens", () => other.answers[0]);
      other.send(message("other", ++seq, { command: drive }));
      expect(await other.code("other")).toBe("refused no_lease");
      expect(moved()).toBe(0);

      // A real move, recorded; then the recording is played again, in two orders.
      const first = message("once", ++seq);
      const second = message("twice", ++seq, { command: { kind: "jointPosition", positions: { j2: 0.2 } } });
      client.send(first);
      client.send(second);
      expect(await client.code("twice")).toBe("accepted ok");
      await eventually("the goals are there", () => (peer.events("goal").length > 0 ? true : undefined));
      await later(500);
      const goals = moved();
      for (const again of [second, first, second, first]) client.send({ ...again, id: `again${++seq}` });
      expect(await client.code(`again${seq}`)).toBe("refused stale_sequence");

      // A stop while a motion is still checked or on its way, in the same breath.
      client.send(message("before", ++seq, { command: { kind: "jointPosition", positions: { j3: 1 } } }));
      client.send({ op: "stop", robot: "robot" });
      client.send(message("after", ++seq));
      expect(await client.code("after")).toBe("refused stopped");
      await later(700);
      const stoppedAt = moved();
      expect(stoppedAt).toBeLessThanOrEqual(goals + 1);
      client.kill();
      other.kill();

      // Started again while it is stopped.
      await twin.process.end("SIGKILL");
      await twin.again();
      await twin.ready();
      const late = new Raw(twin.url);
      epoch = await late.lease();
      late.send(message("restarted", ++seq));
      late.send(message("restartedbase", ++seq, { command: drive }));
      expect([await late.code("restarted"), await late.code("restartedbase")]).toEqual([
        "refused stopped",
        "refused stopped",
      ]);
      await later(500);
      expect(moved()).toBe(stoppedAt);
      expect(Date.now()).toBeGreaterThan(server);
      late.kill();
    } finally {
      await twin.end();
      await peer.end();
    }
  });
});

describe.skipIf(!hasRos() || !hasMosquitto())("what a broker held", () => {
  it("does not move a joint's motor when the broker goes on", { timeout: 240_000 }, async () => {
    const broker = new Mosquitto();
    await broker.start();
    const config = join(folder, "broker.yaml");
    writeFileSync(config, `mqtt:\n  url: ${broker.url}\n`);
    const domain = freshDomain();
    const peer = startPeer(
      domain,
      ["--urdf", "test/ros/four-joints.urdf", "--joints", "j2,j3,j4"],
      "jtc_peer.py",
    );
    const servo = new TestProcess(
      process.execPath,
      ["bench/servo-device.mjs", broker.url, "servo", "j1"],
      {},
    );
    const twin = new TestTwin(domain, ["--ros", "on", "--config", config]);
    const trace = async () => {
      const from = servo.events("trace").length;
      servo.child.stdin?.write("trace\n");
      const event = await eventually("the servo's trace", () => servo.events("trace")[from]);
      return event as unknown as { samples: [number, number, number][]; setpoints: number[] };
    };
    try {
      await twin.ready();
      const driver = new Driver(twin.url);
      await driver.drive();
      await eventually("j1 shows", () => twin.reported("joint/j1/position"));
      const press = (value: number) =>
        driver.command({ kind: "jointVelocity", velocities: { j1: value } }, 300);
      let held = setInterval(() => press(0.8), 45);
      await eventually("the servo moves", async () => {
        const { samples } = await trace();
        return Math.abs(samples.at(-1)?.[2] ?? 0) > 0.3 ? true : undefined;
      });
      broker.signal("SIGSTOP");
      // The control is held on for a while: all of it waits in the broker.
      await later(400);
      clearInterval(held);
      await later(1200);
      const { samples } = await trace();
      expect(Math.abs(samples.at(-1)?.[2] ?? 1)).toBeLessThan(1e-3);
      broker.signal("SIGCONT");
      await later(1500);
      const after = await trace();
      const places = after.samples.map(([, position]) => position);
      expect(Math.max(...places) - Math.min(...places)).toBeLessThan(0.01);
      // It can be driven again, by a fresh press.
      await eventually("j1 shows again", async () =>
        (await twin.reported("joint/j1/position"))?.quality === "good" ? true : undefined,
      );
      held = setInterval(() => press(-0.8), 45);
      await eventually("the servo moves again", async () => {
        const { samples: now } = await trace();
        return Math.abs(now.at(-1)?.[2] ?? 0) > 0.3 ? true : undefined;
      });
      clearInterval(held);
      driver.kill();
    } finally {
      broker.signal("SIGCONT");
      await twin.end();
      await servo.end();
      await peer.end();
      await broker.remove();
    }
  });
});
