/*
 * Writes Sparkplug payloads for tests: protocol buffers by hand, so that broken ones can be written too.
 */

export type WrittenMetric = {
  name?: string;
  alias?: bigint;
  timestamp?: bigint;
  datatype?: number;
  historical?: boolean;
  isNull?: boolean;
  properties?: Record<string, { field: 3 | 4 | 7 | 8; value: bigint | string }>;
  value?:
    | { field: 10 | 11 | 14; value: bigint }
    | { field: 12 | 13; value: number }
    | { field: 15; value: string }
    | { field: 16 | 17 | 18; value: Uint8Array };
};

export function writePayload(payload: {
  timestamp?: bigint;
  seq?: bigint;
  metrics?: readonly WrittenMetric[];
}): Uint8Array {
  return bytesOf([
    payload.timestamp === undefined ? [] : varintField(1, payload.timestamp),
    ...(payload.metrics ?? []).map((metric) => bytesField(2, writeMetric(metric))),
    payload.seq === undefined ? [] : varintField(3, payload.seq),
  ]);
}

function writeMetric(metric: WrittenMetric): Uint8Array {
  const { name, alias, timestamp, datatype, historical, isNull, properties, value } = metric;
  return bytesOf([
    name === undefined ? [] : bytesField(1, new TextEncoder().encode(name)),
    alias === undefined ? [] : varintField(2, alias),
    timestamp === undefined ? [] : varintField(3, timestamp),
    datatype === undefined ? [] : varintField(4, BigInt(datatype)),
    historical === undefined ? [] : varintField(5, historical ? 1n : 0n),
    isNull === undefined ? [] : varintField(7, isNull ? 1n : 0n),
    properties === undefined ? [] : bytesField(9, writeProperties(properties)),
    value === undefined ? [] : writeValue(value),
  ]);
}

function writeProperties(properties: NonNullable<WrittenMetric["properties"]>): Uint8Array {
  return bytesOf([
    ...Object.keys(properties).map((key) => bytesField(1, new TextEncoder().encode(key))),
    ...Object.values(properties).map(({ field, value }) =>
      bytesField(
        2,
        typeof value === "string"
          ? bytesOf([bytesField(field, new TextEncoder().encode(value))])
          : bytesOf([varintField(field, value)]),
      ),
    ),
  ]);
}

function writeValue(value: NonNullable<WrittenMetric["value"]>): number[] {
  switch (value.field) {
    case 10:
    case 11:
    case 14:
      return varintField(value.field, value.value);
    case 12:
      return [(12 << 3) | 5, ...new Uint8Array(Float32Array.of(value.value).buffer)];
    case 13:
      return [(13 << 3) | 1, ...new Uint8Array(Float64Array.of(value.value).buffer)];
    case 15:
      return bytesField(15, new TextEncoder().encode(value.value));
    default:
      return bytesField(value.field, value.value);
  }
}

export function varintField(field: number, value: bigint): number[] {
  return [...varint(BigInt(field) << 3n), ...varint(value)];
}

export function bytesField(field: number, bytes: Uint8Array): number[] {
  return [...varint((BigInt(field) << 3n) | 2n), ...varint(BigInt(bytes.length)), ...bytes];
}

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 128n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

function bytesOf(parts: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flat());
}
