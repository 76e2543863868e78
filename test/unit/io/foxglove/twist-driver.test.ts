import { describe, expect, it } from "vitest";
import { TwistDriver } from "../../../../src/io/foxglove/twist-driver.ts";
import type { ClientCommandMessage } from "../../../../src/protocol/command-messages.ts";
import type { TwistPayload } from "../../../../src/protocol/foxglove/twist-payload.ts";

const twist = (x: number, stampMs: number | null = null): TwistPayload => ({
  linear: { x, y: 0, z: 0 },
  angular: { x: 0, y: 0, z: 0 },
  stampMs,
});

function driverAtHand() {
  const sent: ClientCommandMessage[] = [];
  const warned: string[] = [];
  const driver = new TwistDriver(
    "r1",
    "Ada",
    (message) => sent.push(message),
    (text) => warned.push(text),
  );
  const lease = (epoch: number, serverTime: number): void =>
    driver.take({ op: "lease", id: "foxglove-lease-r1", robot: "r1", epoch, ttlMs: 3000, serverTime });
  return { driver, sent, warned, lease };
}

describe("twists that a client publishes", () => {
  it("ask for the lease once, go out with it in order, keep it and give it back", () => {
    const { driver, sent, lease } = driverAtHand();
    driver.drive(twist(0.1), 1000);
    driver.drive(twist(0.2), 1050);
    expect(sent).toEqual([{ op: "acquire", id: "foxglove-lease-r1", robot: "r1", holder: "Ada" }]);
    lease(7, 1060);
    driver.drive(twist(0.3), 1100);
    const commands = sent.filter((message) => message.op === "command");
    expect(commands.map(({ epoch, seq, issued, command }) => [epoch, seq, issued, command])).toEqual([
      [7, 1, 1050, { kind: "twist", linear: { x: 0.2, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } }],
      [7, 2, 1100, { kind: "twist", linear: { x: 0.3, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } }],
    ]);
    driver.tick(1500);
    driver.tick(2100);
    driver.drive(twist(0.1), 2200);
    driver.tick(3000);
    driver.tick(3800);
    const ops = ["acquire", "command", "command", "renew", "command", "release"];
    expect(sent.map(({ op }) => op)).toEqual(ops);
    expect(sent.at(-1)).toEqual({ op: "release", id: "foxglove-lease-r1", robot: "r1", epoch: 7 });
  });

  it("are forgotten when the lease comes too late for them", () => {
    const { driver, sent, lease } = driverAtHand();
    driver.drive(twist(0.1), 1000);
    lease(1, 1400);
    expect(sent.some(({ op }) => op === "command")).toBe(false);
  });

  it("are refused when they are old by their stamp, and that is told once a second", () => {
    const { driver, sent, warned } = driverAtHand();
    for (let now = 10_000; now < 12_000; now += 50) driver.drive(twist(0.1, now - 700), now);
    expect(sent).toEqual([]);
    expect(warned).toHaveLength(2);
    driver.drive(twist(0.1, 11_990), 12_000);
    expect(sent).toHaveLength(1);
  });

  it("ask again, but not with each one, while another holds the lease", () => {
    const { driver, sent, warned } = driverAtHand();
    for (let now = 0; now < 2000; now += 50) {
      driver.drive(twist(0.1), now);
      if (sent.length > 0 && sent.at(-1)?.op === "acquire") {
        driver.take({
          op: "error",
          id: "foxglove-lease-r1",
          code: "lease_held",
          message: "Bob drives r1 now",
          holder: "Bob",
        });
      }
    }
    expect(sent.map(({ op }) => op)).toEqual(["acquire", "acquire", "acquire", "acquire"]);
    expect(warned.length).toBeLessThan(4);
    expect(warned[0]).toBe("Bob drives r1 now");
  });

  it("ask for a new lease when theirs was taken away", () => {
    const { driver, sent, lease } = driverAtHand();
    driver.drive(twist(0.1), 0);
    lease(1, 10);
    driver.take({
      op: "result",
      id: "foxglove-twist-r1",
      stage: "refused",
      code: "no_lease",
      message: "gone",
    });
    driver.drive(twist(0.1), 600);
    expect(sent.map(({ op }) => op)).toEqual(["acquire", "command", "acquire"]);
  });
});
