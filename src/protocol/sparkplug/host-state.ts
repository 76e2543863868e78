import type { OutgoingMessage } from "../device-profile.ts";
import { decodeUtf8 } from "../utf8.ts";
import { sparkplugRoot } from "./sparkplug-topic.ts";

/** Where a host application says whether it is there. */
export function stateTopic(hostId: string): string {
  return `${sparkplugRoot}STATE/${hostId}`;
}

/** The retained word of a host application. `timestamp` (Unix ms) is one for the birth and its death. */
export function stateMessage(hostId: string, online: boolean, timestamp: number): OutgoingMessage {
  const payload = JSON.stringify({ online, timestamp: Math.floor(timestamp) });
  return { topic: stateTopic(hostId), payload, qos: 1, retain: true };
}

/** Whether a STATE payload says that the host is gone. */
export function saysOffline(payload: Uint8Array): boolean {
  try {
    const state: unknown = JSON.parse(decodeUtf8(payload) ?? "");
    return typeof state === "object" && state !== null && "online" in state && state.online === false;
  } catch {
    return false;
  }
}
