import type { Result } from "../../core/result.ts";
import type { OutgoingMessage, ProfileOutput } from "../device-profile.ts";
import { BornDevice, type SharedByDevices, type SparkplugAddress } from "./born-device.ts";
import { datatypeCode } from "./datatype.ts";
import { encodeCommand } from "./encode-payload.ts";
import { MessageOrder, type SequencedMessage } from "./message-order.ts";
import { bdSeqName, rebirthName } from "./metric-table.ts";
import type { SparkplugPayload } from "./payload.ts";
import { RebirthRequest } from "./rebirth-request.ts";
import { sparkplugCommandTopic } from "./sparkplug-topic.ts";

const maxDevices = 256;
/** A node that may be gone (after a reconnect, or by a strange death) must be born again within it. */
const bornAgainWithinMs = 10_000;

/** What a node needs of its host. */
export type NodeHost = SharedByDevices & {
  readonly reorderTimeoutMs: number;
  /** Keeps a name of the twin for an address; refused when another has it. */
  claim(address: SparkplugAddress): Result<string>;
};

/** The session of one edge node with its devices: births, deaths, order, rebirths. */
export class EdgeNode {
  private readonly order = new MessageOrder();
  private readonly rebirth = new RebirthRequest();
  private readonly devices = new Map<string, BornDevice>();
  private self: BornDevice | null = null;
  private bdSeq: bigint | null = null;
  /** Devices must be born again until then, after a birth of the node. */
  private devicesUntil = Number.POSITIVE_INFINITY;
  /** The node must be born again until then, since it may be gone. */
  private bornUntil = Number.POSITIVE_INFINITY;
  heard: number;

  constructor(
    private readonly host: NodeHost,
    readonly group: string,
    readonly id: string,
    now: number,
  ) {
    this.heard = now;
  }

  /** Whether it ever had a birth that was taken. */
  get isKnown(): boolean {
    return this.self !== null;
  }

  take(message: SequencedMessage, now: number, output: ProfileOutput): void {
    this.heard = now;
    if (message.verb === "NBIRTH") this.takeBirth(message.payload, now, output);
    else if (message.verb === "NDEATH") this.takeDeath(message.payload, now, output);
    else this.takeSequenced(message, now, output);
  }

  /** After a break nobody knows what was missed: nothing counts until the node was born again. */
  reconnected(now: number): void {
    this.order.lose();
    if (this.self?.isOnline !== true) return;
    this.bornUntil = now + bornAgainWithinMs;
    this.rebirth.restart();
  }

  /** Whether it asked for a rebirth; at most if `mayAsk`. */
  update(now: number, mayAsk: boolean, output: ProfileOutput): boolean {
    if (this.order.isOverdue(now, this.host.reorderTimeoutMs))
      this.loseOrder("waited too long for their predecessors", output);
    if (now >= this.devicesUntil) {
      this.devicesUntil = Number.POSITIVE_INFINITY;
      for (const device of this.devices.values()) if (!device.isBorn) device.setLife("lost", output);
    }
    if (now >= this.bornUntil) this.die(output);
    return mayAsk && this.askIfDue(now, output);
  }

  private takeBirth(payload: SparkplugPayload, now: number, output: ProfileOutput): void {
    const path = `${this.group}/${this.id}`;
    const seq = payload.seq ?? 0n;
    if (seq > 255n) {
      output.refused(`${seq} is not a sequence number`, path);
      return;
    }
    if (this.self === null) {
      const address = { group: this.group, node: this.id, device: null };
      const name = this.host.claim(address);
      if (!name.ok) {
        output.refused(name.reason, path);
        return;
      }
      this.self = new BornDevice(name.value, address, this.host);
    }
    this.bdSeq = bdSeqOf(payload);
    if (this.bdSeq === null) output.refused("a birth without bdSeq: any death will count", path);
    this.bornUntil = Number.POSITIVE_INFINITY;
    this.rebirth.met();
    // Their births follow the node's; until then what they say has no table.
    for (const device of this.devices.values()) device.forgetTable();
    this.devicesUntil = now + this.host.reorderTimeoutMs;
    this.self.takeBirth(payload, output);
    this.host.echo.reported(this.self.name, { [rebirthSignal]: true }, output);
    this.order.startAt(Number(seq), payload.timestamp ?? 0n);
    this.drain(output);
  }

  /**
   * A death of another session does not count. One of a later session (a birth was missed, or a client counts
   * wrongly) makes the node prove that it lives.
   */
  private takeDeath(payload: SparkplugPayload, now: number, output: ProfileOutput): void {
    const bdSeq = bdSeqOf(payload);
    if (this.self === null) return;
    if (this.bdSeq !== null && bdSeq !== this.bdSeq) {
      output.refused(`a death of session ${bdSeq}, not of ${this.bdSeq}`, `${this.group}/${this.id}`);
      const ahead = bdSeq === null ? 0n : BigInt.asUintN(8, bdSeq - this.bdSeq);
      if (ahead > 0n && ahead < 128n) {
        this.bornUntil = now + bornAgainWithinMs;
        this.rebirth.want();
        this.askIfDue(now, output);
      }
      return;
    }
    this.die(output);
  }

  private die(output: ProfileOutput): void {
    this.order.lose();
    this.rebirth.met();
    this.bdSeq = null;
    this.bornUntil = Number.POSITIVE_INFINITY;
    this.devicesUntil = Number.POSITIVE_INFINITY;
    for (const device of [...this.devices.values(), this.self]) {
      device?.forgetTable();
      device?.setLife("lost", output);
    }
  }

  private takeSequenced(message: SequencedMessage, now: number, output: ProfileOutput): void {
    const seq = message.payload.seq ?? 0n;
    const path = `${this.group}/${this.id}`;
    if (seq > 255n) {
      output.refused(`${seq} is not a sequence number`, path);
      return;
    }
    switch (this.order.judge(Number(seq), message, now)) {
      case "next":
        this.apply(message, output);
        this.drain(output);
        break;
      case "held":
        break;
      case "repeated":
        output.refused(`number ${seq} was received before`, path);
        break;
      case "full":
        this.loseOrder("are too many to wait", output);
        break;
    }
    this.askIfDue(now, output);
  }

  private drain(output: ProfileOutput): void {
    for (let next = this.order.takeNext(); next !== undefined; next = this.order.takeNext()) {
      this.apply(next, output);
    }
  }

  private apply({ verb, device, payload }: SequencedMessage, output: ProfileOutput): void {
    if (device === null) {
      if (this.self?.takeData(payload, output)) this.rebirth.want();
      return;
    }
    const known = this.devices.get(device);
    switch (verb) {
      case "DBIRTH":
        (known ?? this.addDevice(device, output))?.takeBirth(payload, output);
        break;
      case "DDEATH":
        known?.forgetTable();
        known?.setLife("offline", output);
        break;
      default:
        if (known === undefined) {
          output.refused("data of a device without a birth", `${this.group}/${this.id}/${device}`);
          this.rebirth.want();
        } else {
          const reason = known.takeData(payload, output);
          if (reason === null) break;
          if (!known.isBorn) output.refused(reason, known.name);
          this.rebirth.want();
        }
    }
  }

  private addDevice(id: string, output: ProfileOutput): BornDevice | null {
    const address = { group: this.group, node: this.id, device: id };
    const path = `${this.group}/${this.id}/${id}`;
    if (this.devices.size >= maxDevices) {
      output.refused(`more than ${maxDevices} devices`, path);
      return null;
    }
    const name = this.host.claim(address);
    if (!name.ok) {
      output.refused(name.reason, path);
      return null;
    }
    const device = new BornDevice(name.value, address, this.host);
    this.devices.set(id, device);
    return device;
  }

  /** The order is gone: what waits is dropped, and nothing is believed until the node was born again. */
  private loseOrder(reason: string, output: ProfileOutput): void {
    const lost = this.order.lose();
    output.refused(`${lost} messages ${reason}; a rebirth was requested`, `${this.group}/${this.id}`);
    this.rebirth.want();
  }

  private askIfDue(now: number, output: ProfileOutput): boolean {
    if (!this.rebirth.isDue(now)) return false;
    this.rebirth.sent(now);
    output.send(rebirthCommand(this.group, this.id, now));
    return true;
  }

  /** The one of its devices, or itself, that the twin calls so. */
  find(address: SparkplugAddress): BornDevice | null {
    return address.device === null ? this.self : (this.devices.get(address.device) ?? null);
  }
}

/** What the twin calls `Node Control/Rebirth`. */
const rebirthSignal = "Node_Control/Rebirth";

/** Asks an edge node for all of its births again; by name, since whoever asks may not know its aliases. */
function rebirthCommand(group: string, node: string, now: number): OutgoingMessage {
  const metric = { name: rebirthName, alias: null, datatype: datatypeCode("Boolean"), value: true };
  const payload = encodeCommand(BigInt(Math.floor(now)), [metric]);
  if (!payload.ok) throw new Error(payload.reason);
  return { topic: sparkplugCommandTopic(group, node, null), payload: payload.value, qos: 0, retain: false };
}

/** Number of the session, from a birth or a death; null where there is none. */
function bdSeqOf(payload: SparkplugPayload): bigint | null {
  const value = payload.metrics.find((metric) => metric.name === bdSeqName)?.value;
  return value?.kind === "int" || value?.kind === "long" ? BigInt(value.value) : null;
}
