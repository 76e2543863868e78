import type { Engine } from "../engine/engine.ts";
import { DemoBroker } from "../io/mqtt/demo-broker.ts";
import type { MqttLink } from "../io/mqtt/mqtt-link.ts";
import { createDemoRobot, type DemoRobot } from "./demo.ts";
import { DemoDevices } from "./demo-devices.ts";
import { DemoPico } from "./demo-pico.ts";
import { demoSession } from "./demo-routine.ts";
import type { RobotSwitch } from "./robot-switch.ts";

export type StandInOptions = {
  engine: Engine;
  robot: string;
  /** Where commands for the robot go. */
  target: RobotSwitch;
  /** Server ms. */
  now(): number;
  warn(line: string): void;
  /** Joins a broker of our own to the engine; null where the configuration names one. */
  joinBroker: ((url: string) => MqttLink) | null;
};

/** The simulated robot of the demo, with its broker and its device, for as long as no real robot is there. */
export class StandIn {
  private demo: DemoRobot | null = null;
  private broker: DemoBroker | null = null;
  private link: MqttLink | null = null;
  private devices: DemoDevices | null = null;

  constructor(private readonly options: StandInOptions) {}

  async start(): Promise<void> {
    const { engine, robot, target, now, joinBroker, warn } = this.options;
    this.demo = createDemoRobot(engine, robot, joinBroker !== null && DemoPico.isThere());
    target.connect(this.demo.peer);
    this.demo.peer.start(now());
    if (joinBroker === null) return;
    this.broker = new DemoBroker();
    const url = await this.broker.start();
    this.link = joinBroker(url);
    this.devices = new DemoDevices(url, now, warn);
    this.devices.start();
  }

  /** Goes on to server ms `at`. */
  step(at: number): void {
    this.demo?.peer.step(at);
    this.demo?.routine.step(at);
  }

  /** Makes room for a real robot: what the twin knows of the simulated one is forgotten. */
  async end(): Promise<void> {
    const { engine, robot, now } = this.options;
    this.demo = null;
    engine.inbox.push("client:demo", now(), { kind: "clientGone", session: demoSession });
    engine.inbox.push("sim", now(), { kind: "forget", robot });
    engine.inbox.push("sim", now(), {
      kind: "status",
      status: { name: "simulation", state: "off", detail: "a robot on ROS took over" },
    });
    await this.stop();
    engine.inbox.push("sim", now(), { kind: "forgetDevices" });
    engine.inbox.push("sim", now(), {
      kind: "status",
      status: { name: "broker", state: "off", detail: "the demo's ended with it" },
    });
  }

  /** For the program's end. */
  async stop(): Promise<void> {
    const { devices, link, broker } = this;
    this.devices = null;
    this.link = null;
    this.broker = null;
    await devices?.stop();
    await link?.stop();
    await broker?.stop();
  }
}
