import type { Engine } from "../engine/engine.ts";
import type { SimulatedPeer } from "../engine/simulated-peer.ts";
import { DemoBroker } from "../io/mqtt/demo-broker.ts";
import { createDemoPeer } from "./demo.ts";
import { DemoDevices } from "./demo-devices.ts";
import { DemoPico } from "./demo-pico.ts";
import type { RobotSwitch } from "./robot-switch.ts";

export type StandInOptions = {
  engine: Engine;
  robot: string;
  /** Where commands for the robot go. */
  target: RobotSwitch;
  /** Server ms. */
  now(): number;
  /** Joins a broker of our own to the engine; null where the configuration names one. */
  joinBroker: ((url: string) => void) | null;
};

/** The simulated robot of the demo, with its broker and its device, for as long as no real robot is there. */
export class StandIn {
  private peer: SimulatedPeer | null = null;
  private broker: DemoBroker | null = null;
  private devices: DemoDevices | null = null;

  constructor(private readonly options: StandInOptions) {}

  async start(): Promise<void> {
    const { engine, robot, target, now, joinBroker } = this.options;
    this.peer = createDemoPeer(engine, robot, joinBroker !== null && DemoPico.isThere());
    target.connect(this.peer);
    this.peer.start(now());
    if (joinBroker === null) return;
    this.broker = new DemoBroker();
    const url = await this.broker.start();
    joinBroker(url);
    this.devices = new DemoDevices(url, now);
    this.devices.start();
  }

  /** Goes on to server ms `at`. */
  step(at: number): void {
    this.peer?.step(at);
  }

  /** Makes room for a real robot: what the twin knows of the simulated one is forgotten. */
  async end(): Promise<void> {
    const { engine, robot, now } = this.options;
    this.peer = null;
    engine.inbox.push("sim", now(), { kind: "forget", robot });
    engine.inbox.push("sim", now(), {
      kind: "status",
      status: { name: "simulation", state: "off", detail: "a robot on ROS took over" },
    });
    await this.devices?.stop();
    this.devices = null;
  }

  /** For the program's end. */
  async stop(): Promise<void> {
    await this.devices?.stop();
    await this.broker?.stop();
  }
}
