import type { MqttClient } from "mqtt";
import { type BrokerAddress, connectBroker } from "./broker-address.ts";

const withinMs = 4000;

/** Null when a broker answers and lets us in, by MQTT 5 or else 3.1.1; else what was wrong. Takes 8 s at most. */
export async function probeBroker(address: BrokerAddress): Promise<string | null> {
  const fault = await tryVersion(address, 5);
  if (fault === null || (await tryVersion(address, 4)) === null) return null;
  return fault;
}

function tryVersion(address: BrokerAddress, protocolVersion: 4 | 5): Promise<string | null> {
  return new Promise((resolve) => {
    let client: MqttClient;
    try {
      client = connectBroker(
        address,
        { protocolVersion, connectTimeout: withinMs },
        64 * 1024,
        () => undefined,
      );
    } catch (error) {
      resolve(error instanceof Error ? error.message : String(error));
      return;
    }
    const done = (fault: string | null): void => {
      client.removeAllListeners();
      client.on("error", () => undefined);
      client.end(true);
      resolve(fault);
    };
    client.once("connect", () => done(null));
    client.once("error", (error) => done(error.message || String(error)));
    client.once("close", () => done("no answer"));
  });
}
