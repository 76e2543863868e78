import { type Result, refused } from "../../core/result.ts";
import { ProtobufReader, wire } from "./protobuf-reader.ts";

/*
 * org.eclipse.tahu.protobuf.Payload, read. Field numbers are those of sparkplug_b.proto.
 */

/** The `value` of a metric or property as it stands on the wire, before its datatype is known. */
export type WireValue =
  | { kind: "int"; value: number }
  | { kind: "long"; value: bigint }
  | { kind: "float" | "double"; value: number }
  | { kind: "boolean"; value: boolean }
  | { kind: "string"; value: string }
  | { kind: "bytes"; value: Uint8Array }
  /** A data set, a template, an extension: gone over, not read. */
  | { kind: "other"; value: "DataSet" | "Template" | "extension" };

/** One metric. Absent numbers are null: a metric of data has a name or an alias, seldom both. */
export type WireMetric = {
  name: string | null;
  alias: bigint | null;
  /** Unix ms, unsigned 64 bit. */
  timestamp: bigint | null;
  datatype: number | null;
  isHistorical: boolean;
  isNull: boolean;
  /** Properties with a plain value; nested sets are gone over. */
  properties: ReadonlyMap<string, WireValue>;
  value: WireValue | null;
};

export type SparkplugPayload = {
  timestamp: bigint | null;
  metrics: WireMetric[];
  seq: bigint | null;
};

/** What a payload may cost; beyond it the whole of it is refused. */
export const payloadBounds = {
  bytes: 512 * 1024,
  metrics: 4096,
  properties: 64,
  textBytes: 64 * 1024,
  nameBytes: 1024,
} as const;

const noProperties: ReadonlyMap<string, WireValue> = new Map();

/** Reads a payload. A fault refuses it whole, since nothing behind a broken length can be believed. */
export function decodePayload(bytes: Uint8Array): Result<SparkplugPayload> {
  if (bytes.length > payloadBounds.bytes) return refused(`${bytes.length} bytes are too many`);
  const reader = new ProtobufReader(bytes);
  const payload: SparkplugPayload = { timestamp: null, metrics: [], seq: null };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        if (reader.expects(wire.varint)) payload.timestamp = reader.varint();
        break;
      case 2: {
        if (!reader.expects(wire.bytes)) break;
        if (payload.metrics.length >= payloadBounds.metrics) {
          return refused(`more than ${payloadBounds.metrics} metrics`);
        }
        const metric = readMetric(reader.bytes());
        if (typeof metric === "string") return refused(metric, `metrics.${payload.metrics.length}`);
        payload.metrics.push(metric);
        break;
      }
      case 3:
        if (reader.expects(wire.varint)) payload.seq = reader.varint();
        break;
      default:
        // uuid (4), body (5) and extensions say nothing here.
        reader.skip();
    }
  }
  return reader.fault === null ? { ok: true, value: payload } : refused(reader.fault);
}

function readMetric(bytes: Uint8Array): WireMetric | string {
  const reader = new ProtobufReader(bytes);
  const metric: WireMetric = {
    name: null,
    alias: null,
    timestamp: null,
    datatype: null,
    isHistorical: false,
    isNull: false,
    properties: noProperties,
    value: null,
  };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        if (reader.expects(wire.bytes)) metric.name = reader.string(payloadBounds.nameBytes);
        break;
      case 2:
        if (reader.expects(wire.varint)) metric.alias = reader.varint();
        break;
      case 3:
        if (reader.expects(wire.varint)) metric.timestamp = reader.varint();
        break;
      case 4:
        if (reader.expects(wire.varint)) metric.datatype = reader.uint32();
        break;
      case 5:
        if (reader.expects(wire.varint)) metric.isHistorical = reader.bool();
        break;
      case 7:
        if (reader.expects(wire.varint)) metric.isNull = reader.bool();
        break;
      case 9: {
        if (!reader.expects(wire.bytes)) break;
        const properties = readProperties(reader.bytes());
        if (typeof properties === "string") return properties;
        metric.properties = properties;
        break;
      }
      case 17:
      case 18:
      case 19:
        if (!reader.expects(wire.bytes)) break;
        reader.skip();
        metric.value = { kind: "other", value: otherKinds[reader.field - 17] ?? "extension" };
        break;
      default:
        // The plain values are fields 10 to 16; is_transient (6) and metadata (8) say nothing here.
        if (reader.field >= 10 && reader.field <= 16) metric.value = readValue(reader, reader.field - 10);
        else reader.skip();
    }
  }
  return reader.fault ?? metric;
}

const otherKinds = ["DataSet", "Template", "extension"] as const;

/** `which` counts the kinds in the order that metrics and properties share. */
function readValue(reader: ProtobufReader, which: number): WireValue | null {
  switch (which) {
    case 0:
      return reader.expects(wire.varint) ? { kind: "int", value: reader.uint32() } : null;
    case 1:
      return reader.expects(wire.varint) ? { kind: "long", value: reader.varint() } : null;
    case 2:
      return reader.expects(wire.fixed32) ? { kind: "float", value: reader.float() } : null;
    case 3:
      return reader.expects(wire.fixed64) ? { kind: "double", value: reader.double() } : null;
    case 4:
      return reader.expects(wire.varint) ? { kind: "boolean", value: reader.bool() } : null;
    case 5:
      return reader.expects(wire.bytes)
        ? { kind: "string", value: reader.string(payloadBounds.textBytes) }
        : null;
    default:
      return reader.expects(wire.bytes) ? { kind: "bytes", value: reader.bytes() } : null;
  }
}

/** A PropertySet: keys and values are in two lists of one length. */
function readProperties(bytes: Uint8Array): Map<string, WireValue> | string {
  const reader = new ProtobufReader(bytes);
  const keys: string[] = [];
  const values: (WireValue | null)[] = [];
  while (reader.next()) {
    if (reader.field === 1 && reader.expects(wire.bytes)) keys.push(reader.string(payloadBounds.nameBytes));
    else if (reader.field === 2 && reader.expects(wire.bytes)) {
      const value = readProperty(reader.bytes());
      if (typeof value === "string") return value;
      values.push(value);
    } else reader.skip();
    if (keys.length > payloadBounds.properties || values.length > payloadBounds.properties) {
      return `more than ${payloadBounds.properties} properties`;
    }
  }
  if (reader.fault !== null) return reader.fault;
  if (keys.length !== values.length) return `${keys.length} property names for ${values.length} values`;
  const properties = new Map<string, WireValue>();
  for (const [i, key] of keys.entries()) {
    const value = values[i];
    if (value !== null && value !== undefined) properties.set(key, value);
  }
  return properties;
}

function readProperty(bytes: Uint8Array): WireValue | null | string {
  const reader = new ProtobufReader(bytes);
  let value: WireValue | null = null;
  let isNull = false;
  while (reader.next()) {
    if (reader.field === 2 && reader.expects(wire.varint)) isNull = reader.bool();
    else if (reader.field >= 3 && reader.field <= 8) value = readValue(reader, reader.field - 3);
    else reader.skip();
  }
  return reader.fault ?? (isNull ? null : value);
}
