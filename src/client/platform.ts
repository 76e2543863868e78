import { globals } from "./globals.ts";

/** The part of a WebSocket that the library uses; browsers, Node 22 and the package `ws` all have it. */
export interface SocketLike {
  readonly readyState: number;
  /** Bytes given to `send` that did not leave yet. */
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: ((event: { message?: unknown }) => void) | null;
  send(text: string): void;
  close(): void;
  /** Ends at once, without the other end's consent. Only the package `ws` has it. */
  terminate?(): void;
}

export type SocketClass = new (url: string, subprotocol: string) => unknown;

export type HttpRequest = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  headers: Record<string, string>;
  body?: string;
  /** The browser finishes the request even when the page is closed meanwhile. */
  keepalive?: boolean;
};

export type HttpAnswer = { ok: boolean; status: number; text(): Promise<string> };

/** The clock, timers and network of the program around the library. Tests pass their own. */
export interface Platform {
  /** Monotonic time in ms. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Calls once, `ms` from now. The returned function cancels. */
  after(ms: number, call: () => void): () => void;
  /** Calls every `ms`. After a pause of the program it calls once, not once for each call that was missed. */
  every(ms: number, call: () => void): () => void;
  openSocket(url: string): SocketLike;
  fetch(url: string, request: HttpRequest): Promise<HttpAnswer>;
  /** Calls when a reconnect may work at once: the network or the page is back. The returned function ends that. */
  onWake(call: () => void): () => void;
}

/** Node and browsers, with the WebSocket class that is at hand there. */
export function platformOf(WebSocketClass: SocketClass): Platform {
  return {
    now: () => globals.performance.now(),
    random: () => Math.random(),
    after(ms, call) {
      const timer = globals.setTimeout(call, ms);
      return () => globals.clearTimeout(timer);
    },
    every(ms, call) {
      const timer = globals.setInterval(call, ms);
      return () => globals.clearInterval(timer);
    },
    openSocket: (url) => new WebSocketClass(url, "twin.v1") as SocketLike,
    fetch: (url, request) => globals.fetch(url, request),
    onWake(call) {
      const restored = (event: { persisted?: unknown }) => event.persisted === true && call();
      const online = () => call();
      globals.addEventListener?.("online", online);
      globals.addEventListener?.("pageshow", restored);
      return () => {
        globals.removeEventListener?.("online", online);
        globals.removeEventListener?.("pageshow", restored);
      };
    },
  };
}
