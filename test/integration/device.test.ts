import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { runTwin, TwinProcess } from "../support/twin-process.ts";

describe.skipIf(!hasMosquitto())("twin device at a broker with logins", () => {
  const passwords = new Mosquitto();
  let broker: Mosquitto;
  const device = new TwinProcess();

  beforeAll(async () => {
    const file = `${passwords.folder}/passwords`;
    execFileSync("mosquitto_passwd", ["-c", "-b", file, "gripper", "geheim-1"]);
    broker = new Mosquitto(["allow_anonymous false", `password_file ${file}`]);
    await broker.start();
  });

  afterAll(async () => {
    await device.remove();
    await broker?.remove();
    await passwords.remove();
  });

  it("comes in with --username and --password-file", async () => {
    const file = device.file("password", "geheim-1\n");
    device.start(
      "device",
      "--id",
      "g1",
      "--url",
      broker.url,
      "--username",
      "gripper",
      "--password-file",
      file,
    );
    await eventually("it is online", () => device.out.includes(`g1 is online at ${broker.url}`));
    expect((await device.stop()).code).toBe(0);
  });

  it("prints no password: not where it comes in, not where it is refused, not where the address is wrong", async () => {
    const port = new URL(broker.url).port;
    for (const password of ["geheim-1", "geheim-2"]) {
      device.start("device", "--id", "g2", "--url", `mqtt://gripper:${password}@127.0.0.1:${port}`);
      await eventually("a line", () => device.out.includes(broker.url));
      const { out, err } = await device.stop();
      expect(out + err).not.toContain("geheim");
    }
    const { code, out, err } = await runTwin("device", "--url", `gripper:geheim-3@127.0.0.1:${port}`);
    expect(code).toBe(2);
    expect(out + err).not.toContain("geheim");
    expect(err).toContain("write mqtt://");
  });

  it("says once that it is refused, and what to give it", async () => {
    device.start("device", "--id", "g3", "--url", broker.url);
    await eventually("it says so", () => device.out.includes("the broker wants a login"));
    // Longer than its first pause, in which it has tried again.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { out } = await device.stop();
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(out).toContain("set --username and --password-file");
  });
});
