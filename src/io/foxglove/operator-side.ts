import type { Engine } from "../../engine/engine.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../../protocol/command-messages.ts";
import type { ClientFrame } from "../../protocol/foxglove/client-frames.ts";
import type { ClientChannel } from "../../protocol/foxglove/client-messages.ts";
import { serviceResponseFrame } from "../../protocol/foxglove/server-frames.ts";
import type { AdvertisedService } from "../../protocol/foxglove/server-messages.ts";
import { triggerResponse, triggerService } from "../../protocol/foxglove/trigger-service.ts";
import { readTwist, type TwistType, twistType } from "../../protocol/foxglove/twist-payload.ts";
import type { ClientSession } from "./client-session.ts";
import { TwistDriver } from "./twist-driver.ts";

type Call = Extract<ClientFrame, { op: "serviceCall" }>;
/** `type` null: nothing that the twin takes. */
type Published = { channel: ClientChannel; type: TwistType | null };

const stopService = triggerService(1, "/twin/stop");
const resetService = triggerService(2, "/twin/reset");
const encodings = new Set(["cdr", "json"]);
const mostChannels = 256;

export type OperatorContext = {
  engine: Engine;
  stopNow(): void;
  now(): number;
  onRefused(reason: string): void;
};

const readOnly =
  "this connection is read-only: set server.token and add ?token=TOKEN to the address to publish and to reset";

/**
 * What one Foxglove client asks of the robots. All of it goes through the gate, as that of any command session; anyone may
 * stop.
 */
export class OperatorSide {
  private readonly channels = new Map<number, Published>();
  private readonly drivers = new Map<string, TwistDriver>();
  private lastStop = -1;

  constructor(
    private readonly session: ClientSession,
    private readonly id: string,
    private readonly context: OperatorContext,
    /** Robot → prefix of its topics. */
    private readonly prefixes: () => ReadonlyMap<string, string>,
  ) {}

  services(): AdvertisedService[] {
    return this.session.visitor.mayOperate ? [stopService, resetService] : [stopService];
  }

  advertise(channels: readonly ClientChannel[]): string | null {
    if (!this.session.visitor.mayOperate) return this.deny();
    for (const channel of channels) {
      if (this.channels.size >= mostChannels) return `more than ${mostChannels} channels`;
      // Some clients advertise all they might publish: only what is published gets an answer.
      const type = encodings.has(channel.encoding) ? twistType(channel.schemaName) : null;
      this.channels.set(channel.id, { channel, type });
    }
    return null;
  }

  unadvertise(channels: readonly number[]): void {
    for (const id of channels) this.channels.delete(id);
  }

  publish(id: number, payload: Uint8Array): string | null {
    if (!this.session.visitor.mayOperate) return this.deny();
    const published = this.channels.get(id);
    if (published === undefined) return `Unknown channel ID: ${id}`;
    const { channel, type } = published;
    const robot = [...this.prefixes()].find(([, prefix]) => channel.topic === `${prefix}/cmd_vel`)?.[0];
    if (type === null || robot === undefined) {
      const topics = [...this.prefixes().values()].map((prefix) => `${prefix}/cmd_vel`);
      return `${channel.topic} (${channel.schemaName}, ${channel.encoding}) is not taken: publish geometry_msgs/Twist or TwistStamped as cdr or json on ${topics.join(", ")}`;
    }
    const twist = readTwist(channel.encoding, type, payload);
    if (!twist.ok) return `${channel.topic}: ${twist.reason}`;
    this.driverOf(robot).drive(twist.value, this.context.now());
    return null;
  }

  isStop(frame: ClientFrame): boolean {
    return frame.op === "serviceCall" && frame.service === stopService.id;
  }

  call({ service, call, encoding, payload: _ }: Call): void {
    const { out, visitor } = this.session;
    const answer = (success: boolean, message: string): void =>
      out.control(serviceResponseFrame(service, call, encoding, triggerResponse(encoding, success, message)));
    const fail = (message: string): void =>
      out.text({ op: "serviceCallFailure", serviceId: service, callId: call, message });
    // A stop is carried out before anything about its call is found fault with.
    if (service === stopService.id) {
      this.stop();
      if (encodings.has(encoding)) answer(true, "all robots are stopped");
      else fail(`all robots are stopped, but an answer in "${encoding}" is not known here: use cdr or json`);
    } else if (service !== resetService.id) {
      this.context.onRefused("service");
      fail("Unknown service");
    } else if (!visitor.mayOperate) fail(this.deny());
    else if (!encodings.has(encoding)) fail(`the encoding "${encoding}" is not known here: use cdr or json`);
    else answer(true, this.reset());
  }

  /** An answer of the gate. */
  take(message: ServerCommandMessage): void {
    for (const driver of this.drivers.values()) driver.take(message);
  }

  /** Keeps or gives back leases. `now` is server ms. */
  tick(now: number): void {
    for (const driver of this.drivers.values()) driver.tick(now);
  }

  /** The client is gone: what it drove comes to rest. */
  end(): void {
    const { engine, now } = this.context;
    engine.inbox.push(`client:${this.id}`, now(), { kind: "clientGone", session: this.id });
  }

  private stop(): void {
    const { engine, stopNow } = this.context;
    this.push({ op: "stop", robot: "*" });
    // In a flood of stops one a cycle is enough; the others wait for the next.
    const { cycles } = engine.counters;
    if (this.lastStop === cycles) return;
    stopNow();
    this.lastStop = engine.counters.cycles;
  }

  private reset(): string {
    const robots = [...this.context.engine.robots.keys()];
    for (const robot of robots) this.push({ op: "reset", robot });
    return `the stop of ${robots.join(", ")} is reset; nothing moves by that`;
  }

  private deny(): string {
    this.context.onRefused("read_only");
    return readOnly;
  }

  private driverOf(robot: string): TwistDriver {
    let driver = this.drivers.get(robot);
    if (driver === undefined) {
      const warn = (text: string): void => this.session.status("warning", text, `drive-${robot}`);
      driver = new TwistDriver(robot, this.name(), (message) => this.push(message), warn);
      this.drivers.set(robot, driver);
    }
    return driver;
  }

  private name(): string {
    return `Foxglove (${this.session.visitor.address})`;
  }

  private push(message: ClientCommandMessage): void {
    const { engine, now } = this.context;
    const { id } = this;
    engine.inbox.push(`client:${id}`, now(), { kind: "client", session: id, name: this.name(), message });
  }
}
