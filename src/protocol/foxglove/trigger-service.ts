import { encodeUtf8 } from "../utf8.ts";
import type { AdvertisedService } from "./server-messages.ts";

/** A service of type std_srvs/srv/Trigger. */
export function triggerService(id: number, name: string): AdvertisedService {
  const type = "std_srvs/srv/Trigger";
  const ros = { encoding: "cdr", schemaEncoding: "ros2msg" };
  return {
    id,
    name,
    type,
    request: { ...ros, schemaName: `${type}_Request`, schema: "" },
    response: { ...ros, schemaName: `${type}_Response`, schema: "bool success\nstring message" },
  };
}

/** The answer of such a service in the encoding of its request: `json`, or CDR. */
export function triggerResponse(encoding: string, success: boolean, message: string): Uint8Array {
  if (encoding === "json") return encodeUtf8(JSON.stringify({ success, message }));
  const text = encodeUtf8(message);
  // Header, bool, three bytes to the next multiple of four, length with its NUL, text, NUL.
  const bytes = new Uint8Array(4 + 4 + 4 + text.length + 1);
  bytes[1] = 1;
  bytes[4] = success ? 1 : 0;
  new DataView(bytes.buffer).setUint32(8, text.length + 1, true);
  bytes.set(text, 12);
  return bytes;
}
