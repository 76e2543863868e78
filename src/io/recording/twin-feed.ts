import { WebSocket } from "ws";
import type { TwinChannel } from "../../protocol/mcap/twin-channels.ts";
import { isCommandEvent } from "../../protocol/mcap/twin-channels.ts";

const retryMs = 2000;
const mostMessageBytes = 64 << 20;
const framesPerSecond = 10;
const fetchWithinMs = 10_000;

/** One message of the twin for a recording; `time` is server ms where it says so. */
export type FedMessage = { channel: TwinChannel; text: string; time: number | null };

export type TwinFeedOptions = {
  /** Of `/ws/state`, as `ws://127.0.0.1:8080/ws/state`. */
  url: string;
  onMessage(message: FedMessage): void;
  /** Told once when the twin is found, and once when it is not or no more. */
  onState(isConnected: boolean, detail: string): void;
};

/** Listens to a running twin as a viewer does: its graph, state, events and commands. Tries again until it is closed. */
export class TwinFeed {
  private socket: WebSocket | null = null;
  private retry: NodeJS.Timeout | null = null;
  private isClosed = false;
  private isKnown: boolean | null = null;
  private readonly descriptions = new Map<string, string>();

  constructor(private readonly options: TwinFeedOptions) {
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    if (this.retry !== null) clearTimeout(this.retry);
    this.socket?.terminate();
  }

  private connect(): void {
    const socket = new WebSocket(this.options.url, "twin.v1", {
      maxPayload: mostMessageBytes,
      handshakeTimeout: 5000,
    });
    this.socket = socket;
    let reason = "the connection closed";
    socket.on("open", () => {
      this.tell(true, "");
      socket.send(JSON.stringify({ op: "subscribe", encoding: "json", rate: framesPerSecond }));
    });
    socket.on("message", (data) => this.take(String(data)));
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("close", () => {
      if (this.isClosed) return;
      this.tell(false, reason);
      this.retry = setTimeout(() => this.connect(), retryMs);
    });
  }

  private tell(isConnected: boolean, detail: string): void {
    if (this.isKnown === isConnected) return;
    this.isKnown = isConnected;
    this.options.onState(isConnected, detail);
  }

  private take(text: string): void {
    const fed = fedMessage(text);
    if (fed !== null) this.options.onMessage(fed);
    for (const robot of describedBy(text)) void this.describe(robot);
  }

  /** Fetches a robot's description, and hands on those of all robots. One that cannot be had is left out. */
  private async describe(robot: string): Promise<void> {
    const url = new URL(`../api/robots/${encodeURIComponent(robot)}/description`, this.options.url);
    url.protocol = url.protocol === "wss:" ? "https:" : "http:";
    const token = new URL(this.options.url).searchParams.get("token");
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    try {
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(fetchWithinMs) });
      if (!answer.ok || this.isClosed) return;
      this.descriptions.set(robot, await answer.text());
    } catch {
      return;
    }
    const robots = Object.fromEntries(this.descriptions);
    this.options.onMessage({ channel: "descriptions", text: JSON.stringify({ robots }), time: null });
  }
}

/** What of a message of `/ws/state` is recorded, and where; null for what is not. */
export function fedMessage(text: string): FedMessage | null {
  let message: Record<string, unknown>;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof message !== "object" || message === null) return null;
  switch (message.op) {
    case "snapshot":
      return { channel: "snapshot", text: JSON.stringify(message.twin), time: timeOf(message.twin) };
    case "state":
    case "properties":
      return { channel: message.op, text, time: timeOf(message) };
    case "event": {
      const { event } = message;
      const kind = (event as { kind?: unknown } | null)?.kind;
      if (typeof kind !== "string") return null;
      const channel = isCommandEvent(kind) ? "commands" : "events";
      return { channel, text: JSON.stringify(event), time: timeOf(event) };
    }
    default:
      return null;
  }
}

/** The robots whose descriptions a message announces: all of a snapshot, or the one that has changed. */
function describedBy(text: string): string[] {
  if (!text.startsWith('{"op":"snapshot"') && !text.startsWith('{"op":"description"')) return [];
  const message = JSON.parse(text) as {
    robot?: string;
    twin?: { things?: Record<string, { type?: string }> };
  };
  if (typeof message.robot === "string") return [message.robot];
  return Object.entries(message.twin?.things ?? {})
    .filter(([, { type }]) => type === "robot")
    .map(([id]) => id);
}

function timeOf(value: unknown): number | null {
  const time = (value as { time?: unknown } | null)?.time;
  return typeof time === "number" && time >= 0 ? time : null;
}
