import { DeviceClient } from "../io/mqtt/device-client.ts";
import { SimulatedDevice } from "../sim/simulated-device.ts";

/** A simulated device as `twin device` and the demo run it. `now` is server ms. */
export function simulatedDeviceClient(
  options: {
    id: string;
    url: string;
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

/** The demo's device on the demo's broker: the gripper's controller. */
export class DemoDevices {
  private readonly gripper: DeviceClient;

  constructor(url: string, now: () => number) {
    this.gripper = simulatedDeviceClient({ id: "gripper-mcu", url, link: "tool0", protocolVersion: 4 }, now);
  }

  start(): void {
    this.gripper.start();
  }

  async stop(): Promise<void> {
    await this.gripper.stop();
  }
}
