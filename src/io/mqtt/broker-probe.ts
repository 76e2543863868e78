import type { MqttClient } from "mqtt";
import { type BrokerAddress, connectBroker } from "./broker-address.ts";
import { type BrokerFault, brokerFault } from "./broker-fault.ts";

const withinMs = 4000;

/** Null when a broker answers and lets us in, by MQTT 5 or else 3.1.1; else what was wrong. Takes 8 s at most. */
export async function probeBroker(address: BrokerAddress): Promise<BrokerFault | null> {
  const fault = await tryVersion(address, 5);
  if (fault === null || (await tryVersion(address, 4)) === null) return null;
  return fault;
}

function tryVersion(address: BrokerAddress, protocolVersion: 4 | 5): Promise<BrokerFault | null> {
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
      resolve(brokerFault(error instanceof Error ? error : new Error(String(error)), address));
      return;
    }
    const done = (fault: BrokerFault | null): void => {
      client.removeAllListeners();
      client.on("error", () => undefined);
      client.end(true);
      resolve(fault);
    };
    client.once("connect", () => done(null));
    client.once("error", (error) => done(brokerFault(error, address)));
    client.once("close", () => done(brokerFault(new Error("the connection closed"), address)));
  });
}
