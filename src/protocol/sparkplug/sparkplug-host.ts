import { globOf } from "../../core/glob.ts";
import { type Result, refused } from "../../core/result.ts";
import { CommandEcho } from "../command-echo.ts";
import type {
  DeviceCommand,
  DeviceProfile,
  OutgoingMessage,
  ProfileOutput,
  SignalValue,
} from "../device-profile.ts";
import type { BornDevice, SparkplugAddress } from "./born-device.ts";
import { datatypeCode } from "./datatype.ts";
import { EdgeNode, type NodeHost } from "./edge-node.ts";
import { type CommandMetric, encodeCommand } from "./encode-payload.ts";
import { saysOffline, stateMessage, stateTopic } from "./host-state.ts";
import { decodePayload } from "./payload.ts";
import {
  parseSparkplugTopic,
  sparkplugCommandTopic,
  sparkplugFilters,
  sparkplugRoot,
} from "./sparkplug-topic.ts";
import { deviceNameOf } from "./twin-names.ts";

export type SparkplugHostOptions = {
  /** One level of a topic; no other host application at the broker may have it. */
  hostId: string;
  /** Groups to listen to; empty: all. */
  groups?: readonly string[];
  /** How long a message waits for those before it. Default 2000. */
  reorderTimeoutMs?: number;
  /** Signals that may be written, as `<device>/<signal>` with `*` for any run of characters. Default: none. */
  writable?: readonly string[];
  /** Server ms: the first STATE carries it. */
  startedAt: number;
};

const maxNodes = 512;
/** Edge nodes and devices together. */
const maxNames = 4096;
const maxMetricsInAll = 50_000;
const forgetUnbornAfterMs = 60_000;
/** So that a start beside many edge nodes does not bring all of their births at one moment. */
const maxRebirthsEachUpdate = 8;
const stateAgainAfterMs = 1000;

/** A Sparkplug B 3.0 host application: edge nodes and their devices as devices of the twin. */
export class SparkplugHost implements DeviceProfile {
  readonly name = "sparkplug";
  readonly livesByStatus = true;
  readonly subscriptions: readonly { topic: string; qos: 0 | 1 }[];
  private readonly nodes = new Map<string, EdgeNode>();
  /** The twin's names, with the address that each belongs to. */
  private readonly names = new Map<string, SparkplugAddress>();
  private readonly host: NodeHost;
  private readonly hostId: string;
  /** Of the will that a connection is made with, and so of the birth that follows it. */
  private willAt: number;
  private stateSaid = Number.NEGATIVE_INFINITY;
  private stateAt = 0;

  constructor(options: SparkplugHostOptions) {
    const { hostId, groups = [], writable = [] } = options;
    this.hostId = hostId;
    this.willAt = options.startedAt;
    const filters = sparkplugFilters(groups);
    this.subscriptions = [stateTopic(hostId), ...filters].map((topic) => ({ topic, qos: 1 }));
    const patterns = writable.map(globOf);
    this.host = {
      echo: new CommandEcho(),
      births: 0,
      metricRoom: maxMetricsInAll,
      reorderTimeoutMs: options.reorderTimeoutMs ?? 2000,
      mayWrite: (device, signal) => patterns.some((pattern) => pattern.test(`${device}/${signal}`)),
      claim: (address) => this.claim(address),
    };
  }

  /** Its timestamp is that of the birth which `connected` sends; each connection has a newer one. */
  get will(): OutgoingMessage {
    return stateMessage(this.hostId, false, this.willAt);
  }

  owns(topic: string): boolean {
    return topic.startsWith(sparkplugRoot);
  }

  connected(now: number, output: ProfileOutput): void {
    this.stateAt = this.willAt;
    this.willAt = Math.max(now, this.willAt + 1);
    this.sayState(now, output);
    for (const node of this.nodes.values()) node.reconnected(now);
  }

  take(topic: string, payload: Uint8Array, retained: boolean, now: number, output: ProfileOutput): void {
    if (topic.startsWith(`${sparkplugRoot}STATE/`)) {
      // Somebody spoke for us: the will of a connection before this one, or a namesake.
      const isOurs = topic === stateTopic(this.hostId) && saysOffline(payload);
      if (isOurs && now >= this.stateSaid + stateAgainAfterMs) this.sayState(now, output);
      return;
    }
    const shown = topic.slice(0, 256);
    const place = parseSparkplugTopic(topic);
    if (place === null) {
      output.refused("not a topic that an edge node publishes on", shown);
      return;
    }
    if (retained) {
      output.refused("retained, which Sparkplug forbids", shown);
      return;
    }
    const decoded = decodePayload(payload);
    if (!decoded.ok) {
      output.refused(decoded.reason, `${shown} ${decoded.path}`.trim());
      return;
    }
    const node = this.nodeOf(place.group, place.node, now);
    if (node === null) output.refused(`more than ${maxNodes} edge nodes`, shown);
    else node.take({ verb: place.verb, device: place.device, payload: decoded.value }, now, output);
  }

  update(now: number, output: ProfileOutput): void {
    let asked = 0;
    for (const node of this.nodes.values()) {
      if (node.update(now, asked < maxRebirthsEachUpdate, output)) asked++;
    }
  }

  encode(device: string, command: DeviceCommand, now: number): Result<OutgoingMessage> {
    const address = this.names.get(device);
    const target = address === undefined ? null : this.find(address);
    if (address === undefined || target?.table == null) return refused("no device with a birth", device);
    const metrics: CommandMetric[] = [];
    const expected = new Map<string, SignalValue>();
    for (const [signal, value] of Object.entries(command.signals)) {
      const declared = target.table.ofSignal(signal);
      if (declared === undefined) return refused("no such signal", signal);
      if (!declared.isWritable) return refused("not writable", signal);
      metrics.push({ name: declared.name, alias: declared.alias, datatype: declared.datatype, value });
      expected.set(signal, asReported(declared.datatype, value));
    }
    const payload = encodeCommand(BigInt(Math.floor(now)), metrics);
    if (!payload.ok) return payload;
    this.host.echo.sent(device, command.id, expected, now);
    const topic = sparkplugCommandTopic(address.group, address.node, address.device);
    return { ok: true, value: { topic, payload: payload.value, qos: 0, retain: false } };
  }

  private sayState(now: number, output: ProfileOutput): void {
    this.stateSaid = now;
    output.send(stateMessage(this.hostId, true, this.stateAt));
  }

  private nodeOf(group: string, id: string, now: number): EdgeNode | null {
    const key = `${group}/${id}`;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    if (this.nodes.size >= maxNodes) {
      for (const [other, node] of this.nodes) {
        if (!node.isKnown && now - node.heard > forgetUnbornAfterMs) this.nodes.delete(other);
      }
      if (this.nodes.size >= maxNodes) return null;
    }
    const node = new EdgeNode(this.host, group, id, now);
    this.nodes.set(key, node);
    return node;
  }

  private find(address: SparkplugAddress): BornDevice | null {
    return this.nodes.get(`${address.group}/${address.node}`)?.find(address) ?? null;
  }

  private claim(address: SparkplugAddress): Result<string> {
    const { group, node, device } = address;
    const name = deviceNameOf(device === null ? [group, node] : [group, node, device]);
    if (!name.ok) return name;
    const owner = this.names.get(name.value);
    if (owner !== undefined && (owner.group !== group || owner.node !== node || owner.device !== device)) {
      const shown = [owner.group, owner.node, ...(owner.device === null ? [] : [owner.device])].join("/");
      return refused(`its name in the twin, ${name.value}, is that of ${shown}`);
    }
    if (owner === undefined && this.names.size >= maxNames)
      return refused(`more than ${maxNames} devices in all`);
    this.names.set(name.value, address);
    return name;
  }
}

/** What a device answers when it took a value: a Float comes back as the nearest one, a whole number plainly. */
function asReported(datatype: number, value: SignalValue): SignalValue {
  if (datatype === datatypeCode("Float") && typeof value === "number") return Math.fround(value);
  if (typeof value !== "string") return value;
  if (datatype === datatypeCode("Int64") || datatype === datatypeCode("UInt64")) {
    return /^-?\d{1,20}$/.test(value) ? BigInt(value).toString() : value;
  }
  return datatype === datatypeCode("Bytes") || datatype === datatypeCode("File")
    ? value.toLowerCase()
    : value;
}
