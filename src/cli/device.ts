import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { simulatedDeviceClient } from "../app/demo-devices.ts";
import { serverNow } from "../io/clock.ts";
import { brokerUrlFault } from "../io/mqtt/broker-url.ts";
import { deviceName } from "../protocol/native-profile.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";

type DeviceOptions = {
  id: string;
  url: string;
  link: string;
  mqtt: string;
  username?: string;
  passwordFile?: string;
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
};

export function addDeviceCommand(program: Command): void {
  program
    .command("device")
    .description("a simulated device on MQTT, with telemetry and a lamp to command")
    .option("--id <name>", "its name on the broker", "demo-device")
    .option("--url <address>", "broker", "mqtt://127.0.0.1:1883")
    .option("--link <name>", "the link it is mounted on", "tool0")
    .addOption(new Option("--mqtt <version>", "MQTT 5 or 3.1.1").choices(["3", "3.1.1", "5"]).default("5"))
    .option("--username <name>", "its login at the broker")
    .option("--password-file <file>", "a file with the password")
    .option("--ca <file>", "PEM of the authority that signed the broker's certificate")
    .option("--cert <file>", "the device's certificate, if the broker asks for one")
    .option("--key <file>", "its key")
    .option("--server-name <name>", "the name in the broker's certificate, if it differs from the address")
    .action(runDevice);
}

function runDevice(options: DeviceOptions): void {
  const { id, url, link, username, ca, cert, key, serverName } = options;
  if (!deviceName.test(id)) fail("--id: 1 to 64 of A-Z a-z 0-9 _ . -", 2);
  const wrong = brokerUrlFault(url);
  if (wrong !== null) fail(`--url: ${wrong}`, 2);
  if ((cert === undefined) !== (key === undefined)) fail("--cert and --key: give both", 2);
  const at = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  const client = simulatedDeviceClient(
    {
      id,
      url,
      link,
      username,
      passwordFile: at(options.passwordFile),
      tls: { ca: at(ca), cert: at(cert), key: at(key), serverName },
      protocolVersion: options.mqtt === "5" ? 5 : 4,
      onStatus: (line) => process.stdout.write(`${line}\n`),
    },
    serverNow,
  );
  new Ending().by(() => client.stop());
  client.start();
}
