import type { Config } from "../io/config/config-schema.ts";
import { DemoBroker } from "../io/mqtt/demo-broker.ts";
import { decodeText } from "../io/mqtt/mqtt-intake.ts";
import type { MqttLinkOptions } from "../io/mqtt/mqtt-link.ts";
import { NativeProfile } from "../protocol/native-profile.ts";
import { brokerAddress, deviceProfiles } from "./device-links.ts";

/** Joins the broker of the configuration, or one of our own where it says `embedded`, which is then returned. */
export async function joinConfiguredBroker(
  mqtt: Config["mqtt"],
  configPath: string | null,
  defaultRobot: string,
  now: number,
  join: (link: MqttLinkOptions) => void,
): Promise<DemoBroker | null> {
  if (mqtt === undefined) return null;
  const broker = mqtt.embedded ? new DemoBroker() : null;
  const url = broker === null ? mqtt.url : await broker.start();
  if (url === undefined) return broker;
  const versions = { auto: "auto", "5": 5, "3.1.1": 4 } as const;
  const link = brokerAddress(mqtt, url, configPath);
  join({
    ...link,
    profiles: deviceProfiles(mqtt, now),
    mappings: mqtt.mappings,
    defaultRobot,
    version: broker === null ? versions[mqtt.version] : 4,
    maxPacketBytes: mqtt.maxPacketBytes,
  });
  return broker;
}

/** The way to the demo's own broker. */
export function demoLink(url: string, defaultRobot: string): MqttLinkOptions {
  const profiles = [new NativeProfile(decodeText)];
  return { url, profiles, mappings: [], defaultRobot, version: 4, maxPacketBytes: 256 * 1024 };
}
