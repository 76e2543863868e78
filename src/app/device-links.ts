import { dirname, resolve } from "node:path";
import type { Objection } from "../command/validate-motion.ts";
import { globOf } from "../core/glob.ts";
import type { Config } from "../io/config/config-schema.ts";
import type { BrokerAddress, TlsFiles } from "../io/mqtt/broker-address.ts";
import { decodeText } from "../io/mqtt/mqtt-intake.ts";
import type { MqttLink } from "../io/mqtt/mqtt-link.ts";
import type { DeviceCommand, DeviceProfile } from "../protocol/device-profile.ts";
import { HomieController } from "../protocol/homie/homie-controller.ts";
import { NativeProfile } from "../protocol/native-profile.ts";
import { SparkplugHost } from "../protocol/sparkplug/sparkplug-host.ts";

type MqttConfig = NonNullable<Config["mqtt"]>;

/** Where a broker is by the configuration; its files are beside the configuration's. */
export function brokerAddress(mqtt: MqttConfig, url: string, configPath: string | null): BrokerAddress {
  const { username, password, passwordFile, tls } = mqtt;
  const beside = (path: string) => resolve(configPath === null ? "." : dirname(configPath), path);
  const address: BrokerAddress = { url, username, password };
  if (passwordFile !== undefined) address.passwordFile = beside(passwordFile);
  if (tls !== undefined) {
    const files: TlsFiles = { serverName: tls.serverName };
    if (tls.ca !== undefined) files.ca = beside(tls.ca);
    if (tls.cert !== undefined) files.cert = beside(tls.cert);
    if (tls.key !== undefined) files.key = beside(tls.key);
    address.tls = files;
  }
  return address;
}

/** The ways of speaking MQTT that the configuration asks for. `now` is server ms. */
export function deviceProfiles(mqtt: MqttConfig, now: number): DeviceProfile[] {
  const profiles: DeviceProfile[] = [];
  if (mqtt.devices) profiles.push(new NativeProfile(decodeText));
  if (mqtt.sparkplug !== undefined) profiles.push(new SparkplugHost({ ...mqtt.sparkplug, startedAt: now }));
  if (mqtt.homie !== undefined) profiles.push(new HomieController(mqtt.homie));
  return profiles;
}

/** Hands a command to the broker that knows the device; where none does, why the first cannot. */
export function sendBySome(
  links: readonly MqttLink[],
  device: string,
  command: DeviceCommand,
): Objection | null {
  let first: Objection | null = null;
  for (const link of links) {
    const objection = link.send(device, command);
    if (objection === null) return null;
    first ??= objection;
  }
  return first ?? { code: "no_broker", message: "there is no broker" };
}

/** The priority of a source: the higher the earlier the first pattern stands that its name matches; 0 by none. `*` is any run. */
export function priorityByPatterns(patterns: readonly string[]): (source: string) => number {
  const tests = patterns.map(globOf);
  return (source) => {
    const at = tests.findIndex((test) => test.test(source));
    return at < 0 ? 0 : tests.length - at;
  };
}

/** Whether a device may measure or drive a joint: `<device>/<joint>` matches one of the patterns. */
export function bindingByPatterns(patterns: readonly string[]): (device: string, joint: string) => boolean {
  const tests = patterns.map(globOf);
  return (device, joint) => tests.some((test) => test.test(`${device}/${joint}`));
}
