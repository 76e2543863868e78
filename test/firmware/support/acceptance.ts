import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../../support/mosquitto.ts";
import { Commander, commandTtlMs } from "./commander.ts";
import { imageOf, type PortName } from "./firmware-build.ts";
import { endTargets, starters, type Target } from "./target.ts";

/** How often each port goes through all checks. */
const runs = 5;
const patienceMs = 20_000;

/** The checks that every port must pass at a real Mosquitto, in an order in which each builds on those before. */
export function acceptance(port: PortName): void {
  const isThere = hasMosquitto() && imageOf(port) !== null;
  describe.skipIf(!isThere).each(Array.from({ length: runs }, (_, i) => i + 1))(`${port}, run %i`, () => {
    const broker = new Mosquitto();
    let target: Target;
    let device: Commander;
    let middle: number;
    let span: number;

    beforeAll(async () => {
      await broker.start();
      target = await starters[port](broker.port);
      device = await Commander.connect(broker.url, target.about);
      const { lower, upper } = target.about;
      middle = (lower + upper) / 2;
      span = upper - lower;
    });
    afterEach(() => device.silence());
    afterAll(async () => {
      device.end();
      await endTargets();
      await broker.remove();
    });

    const silent = async () => {
      device.silence();
      // What the device said last may be older than the last command: only what is a time to live behind it counts.
      const since = device.last.t_us + commandTtlMs * 1000;
      await eventually("failsafe", () => device.state === "failsafe" && device.last.t_us > since, patienceMs);
    };

    it("boots, introduces itself and comes online", async () => {
      await eventually("online", () => device.statuses.at(-1)?.text === "online", patienceMs);
      const birth = await eventually("a birth", () => device.births.at(-1), patienceMs);
      const { joint, unit, lower, upper } = target.about;
      expect(birth.signals).toMatchObject({
        position: { unit, joint, property: "position" },
        target: { unit, joint, property: "position", writable: true },
      });
      expect(birth.signals.target?.min).toBeCloseTo(lower, 5);
      expect(birth.signals.target?.max).toBeCloseTo(upper, 5);
      const { boot } = await eventually("telemetry", () => device.telemetry.at(-1), patienceMs);
      expect(boot).toBe(birth.boot);
    });

    it("starts in failsafe, with its output off", async () => {
      const [first] = device.telemetry;
      expect(first?.signals).toMatchObject({ state: "failsafe", duty: 0 });
      expect(first?.signals.cause).toMatch(/^(boot|link)$/);
    });

    it("brings its joint to the set-point that is streamed, in a closed loop", async () => {
      for (const goal of [middle + span / 4, middle - span / 4]) {
        device.stream(goal);
        await eventually(
          `position ${goal}`,
          () => Math.abs((device.last.signals.position ?? 1e9) - goal) < span / 100,
          patienceMs,
        );
        expect(device.last.signals).toMatchObject({ state: "active", cause: "" });
        expect(Math.abs(device.last.signals.duty)).toBeLessThanOrEqual(1);
      }
    });

    it("falls into failsafe when commands stop", async () => {
      device.stream(middle);
      await eventually("active", () => device.state === "active", patienceMs);
      await silent();
      expect(device.last.signals).toMatchObject({ cause: "silence", duty: 0 });
    });

    it("refuses a replay", async () => {
      const seq = ++device.seq;
      expect(await device.judge(middle, { seq })).toMatchObject({ ok: true });
      expect(await device.judge(middle, { seq })).toMatchObject({ ok: false, reason: "replay", seq });
      expect(await device.judge(middle, { seq: seq - 5 })).toMatchObject({ ok: false, reason: "replay" });
      await silent();
    });

    it("refuses what is malformed, and what is outside of its limits", async () => {
      const { n } = device.last;
      const count = device.acks.length;
      const good = { id: "m", seq: device.seq + 1, ref: n, ttl_ms: 100, signals: { target: middle } };
      const payloads = [
        "",
        "{",
        "[]",
        "null",
        "NaN",
        "x".repeat(500),
        "[".repeat(500),
        Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
        JSON.stringify({ ...good, seq: 1.5 }),
        JSON.stringify({ ...good, seq: -1 }),
        JSON.stringify({ ...good, seq: "7" }),
        JSON.stringify({ ...good, ref: null }),
        JSON.stringify({ ...good, ttl_ms: 0 }),
        JSON.stringify({ ...good, signals: { target: "1" } }),
        JSON.stringify({ ...good, signals: { target: null } }),
        JSON.stringify({ ...good, signals: [1] }),
        JSON.stringify(good).replace(/"target":[^}]*/, '"target":1e999'),
        JSON.stringify(good).slice(0, -1),
      ];
      for (const payload of payloads) device.publish(payload);
      await eventually("an answer to each", () => device.acks.length >= count + payloads.length, patienceMs);
      const answers = device.acks.slice(count);
      expect(answers.map(({ ok }) => ok)).toEqual(payloads.map(() => false));
      // A number that is no float is outside of any limits.
      expect(new Set(answers.map(({ reason }) => reason))).toEqual(
        new Set([
          "malformed",
          ...answers.flatMap(({ reason }) => (reason === "outside limits" ? [reason] : [])),
        ]),
      );
      device.seq += 2;
      const { lower, upper } = target.about;
      expect(await device.judge(upper + span)).toMatchObject({ ok: false, reason: "outside limits" });
      expect(await device.judge(lower - span)).toMatchObject({ ok: false, reason: "outside limits" });
      expect(await device.judge(0, { signals: { nothing: 1 } })).toMatchObject({ ok: false });
      expect(device.state).toBe("failsafe");
    });

    it("skips a packet of 3000 bytes and keeps the framing", async () => {
      const before = device.telemetry.length;
      device.publish("y".repeat(3000));
      expect(await device.judge(middle)).toMatchObject({ ok: true });
      await eventually("telemetry goes on", () => device.telemetry.length > before + 5, patienceMs);
      expect(device.last.boot).toBe(device.births.at(-1)?.boot);
      await silent();
    });

    it("refuses a command that a broker held up", async () => {
      const { n } = device.last;
      // Quoting telemetry that is older than 600 ms by then, and telemetry that was never sent.
      await eventually("time passes", () => device.last.n >= n + 8, patienceMs);
      expect(await device.judge(middle, { ref: n })).toMatchObject({ ok: false, reason: "late" });
      expect(await device.judge(middle, { ref: device.last.n + 1000 })).toMatchObject({
        ok: false,
        reason: "late",
      });
      expect(device.state).toBe("failsafe");
    });

    it("takes numbers of commands as 32-bit integers, over their end", async () => {
      // Each is what a float of 24 bits cannot tell from its neighbour.
      const begin = 16_777_216;
      for (const seq of [begin, begin + 1]) {
        expect(await device.judge(middle, { seq }), `${seq}`).toMatchObject({ ok: true });
      }
      expect(await device.judge(middle, { seq: begin })).toMatchObject({ ok: false, reason: "replay" });
      for (const seq of [2_147_483_647, 2_147_483_648, 4_294_967_294, 4_294_967_295, 0, 1]) {
        expect(await device.judge(middle, { seq }), `${seq}`).toMatchObject({ ok: true });
      }
      expect(await device.judge(middle, { seq: 4_294_967_295 })).toMatchObject({
        ok: false,
        reason: "replay",
      });
      expect(await device.judge(middle, { seq: 4_294_967_296 })).toMatchObject({
        ok: false,
        reason: "malformed",
      });
      device.seq = 10;
      await silent();
    });

    it("sends telemetry ten times a second, without a gap", async () => {
      const from = device.telemetry.length;
      await eventually("four seconds of it", () => device.telemetry.length >= from + 40, patienceMs);
      const some = device.telemetry.slice(from, from + 40);
      const steps = some.slice(1).map((one, i) => ({
        n: one.n - (some[i]?.n ?? 0),
        ms: (one.t_us - (some[i]?.t_us ?? 0)) / 1000,
      }));
      expect(steps.every(({ n }) => n === 1)).toBe(true);
      // By the device's own clock: the machine under an emulator is shared.
      expect(steps.every(({ ms }) => ms > 80 && ms < 130)).toBe(true);
      const mean = steps.reduce((sum, { ms }) => sum + ms, 0) / steps.length;
      expect(mean).toBeGreaterThan(99);
      expect(mean).toBeLessThan(101);
    });

    it("that loses its power is offline by its last will", async () => {
      await target.powerCut();
      await eventually("offline", () => device.statuses.at(-1)?.text === "offline", patienceMs);
    });

    it("that starts again is another boot, and refuses the command that the broker kept meanwhile", async () => {
      const boot = device.last.boot;
      const kept = { id: "kept", seq: 5, ref: device.last.n, ttl_ms: 250, signals: { target: middle } };
      await device.keep(kept);
      const again = await starters[port](broker.port);
      await eventually("another boot", () => device.last.boot !== boot, patienceMs);
      expect(device.last.signals.state).toBe("failsafe");
      const answer = await device.answer("kept");
      expect(answer).toMatchObject({ ok: false, reason: "retained" });
      await device.keep("");
      await again.powerCut();
    });
  });
}
