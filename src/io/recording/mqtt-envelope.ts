import { isUtf8 } from "node:buffer";

/** One MQTT message of a recording. */
export type MqttRecord = { topic: string; retained: boolean; payload: Uint8Array };

/** JSON of an MQTT message that gives back every byte of its payload, and whose numbers can be plotted. */
export function mqttEnvelope({ topic, retained, payload }: MqttRecord): Uint8Array {
  const head = `{"topic":${JSON.stringify(topic)},"retained":${retained}`;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (!isUtf8(bytes)) return Buffer.from(`${head},"base64":"${bytes.toString("base64")}"}`);
  const text = bytes.toString("utf8");
  const json = compactJson(text);
  if (json === null) return Buffer.from(`${head},"text":${JSON.stringify(text)}}`);
  const exact = json === text ? "" : `,"text":${JSON.stringify(text)}`;
  return Buffer.from(`${head},"json":${json}${exact}}`);
}

/** The message of an envelope; null where the bytes are none. */
export function readMqttEnvelope(bytes: Uint8Array): MqttRecord | null {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { topic, retained, json, text, base64 } = value;
  if (typeof topic !== "string" || typeof retained !== "boolean") return null;
  if (typeof text === "string") return { topic, retained, payload: Buffer.from(text) };
  if (typeof base64 === "string") return { topic, retained, payload: Buffer.from(base64, "base64") };
  return json === undefined ? null : { topic, retained, payload: Buffer.from(JSON.stringify(json)) };
}

/** Compact JSON of `text`; null where it is no JSON. */
function compactJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text)) ?? null;
  } catch {
    return null;
  }
}
