import type { Command } from "commander";
import { serverNow } from "../io/clock.ts";
import { deviceName } from "../protocol/native-profile.ts";
import { simulatedDeviceClient } from "./demo-devices.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";

export function addDeviceCommand(program: Command): void {
  program
    .command("device")
    .description("a simulated device on MQTT, with telemetry and a lamp to command")
    .option("--id <name>", "its name on the broker", "demo-device")
    .option("--url <address>", "broker", "mqtt://127.0.0.1:1883")
    .option("--link <name>", "the link it is mounted on", "tool0")
    .option("--mqtt <version>", "3 or 5", "5")
    .action((options: { id: string; url: string; link: string; mqtt: string }) => {
      if (!deviceName.test(options.id)) fail("--id: 1 to 64 of A-Z a-z 0-9 _ . -", 2);
      if (!/^(mqtts?|wss?):\/\//.test(options.url)) fail("--url: an address as mqtt://127.0.0.1:1883", 2);
      const client = simulatedDeviceClient(
        {
          id: options.id,
          url: options.url,
          link: options.link,
          protocolVersion: options.mqtt === "3" ? 4 : 5,
          onStatus: (line) => process.stdout.write(`${line}\n`),
        },
        serverNow,
      );
      client.start();
      new Ending().by(() => client.stop());
    });
}
