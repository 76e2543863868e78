import type { BrokerAddress } from "../io/mqtt/broker-address.ts";
import { DeviceClient } from "../io/mqtt/device-client.ts";
import { SimulatedDevice } from "../sim/simulated-device.ts";
import { DemoPico } from "./demo-pico.ts";

/** A simulated device as `twin device` and the demo run it. `now` is server ms. */
export function simulatedDeviceClient(
  options: BrokerAddress & {
    id: string;
    link: string;
    protocolVersion: 4 | 5;
    onStatus?: (line: string) => void;
  },
  now: () => number,
): DeviceClient {
  const born = now();
  const device = new SimulatedDevice(Math.floor(Math.random() * 0xffff_ffff), () => 2 * Math.random() - 1);
  return new DeviceClient(
    { ...options, telemetryPeriodMs: 100 },
    {
      birth: () => device.birth(options.link),
      telemetry: () => device.telemetry(now() - born),
      command: (payload, retained) => device.command(payload, retained, now() - born),
    },
  );
}

/** The demo's devices on the demo's broker: a sensor on the tool, and the Pico that drives the gripper. */
export class DemoDevices {
  private readonly sensor: DeviceClient;
  private readonly pico: DemoPico | null;

  /** `say` gets a line where the Pico cannot run. */
  constructor(url: string, now: () => number, say: (line: string) => void) {
    this.sensor = simulatedDeviceClient({ id: "tool-sensor", url, link: "tool0", protocolVersion: 4 }, now);
    const seed = Math.floor(Math.random() * 0xffff_ffff);
    this.pico = DemoPico.isThere() ? new DemoPico(url, seed, say) : null;
    if (this.pico === null) say("the firmware's image is missing: the gripper is simulated without it");
  }

  start(): void {
    this.sensor.start();
  }

  async stop(): Promise<void> {
    await this.pico?.stop();
    await this.sensor.stop();
  }
}
