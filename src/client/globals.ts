/*
 * The globals that Node 20 and browsers have in common, typed here: the library and its declarations need neither the
 * DOM's types nor Node's. Always read through `globals`, so that a test can replace them.
 */

export interface UrlLike {
  protocol: string;
  readonly origin: string;
  readonly username: string;
  readonly password: string;
  readonly pathname: string;
  readonly hash: string;
  readonly href: string;
  readonly searchParams: SearchParams;
}

export interface SearchParams {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

type Timer = { readonly timer: unique symbol };
type Call = (event: { persisted?: unknown }) => void;

export const globals = globalThis as unknown as {
  URL: new (url: string, base?: string) => UrlLike;
  URLSearchParams: new (text: string) => SearchParams;
  performance: { now(): number };
  setTimeout(call: () => void, ms?: number): Timer;
  clearTimeout(timer: Timer): void;
  setInterval(call: () => void, ms: number): Timer;
  clearInterval(timer: Timer): void;
  fetch(
    url: string,
    request: { method: string; headers: Record<string, string>; body?: string; keepalive?: boolean },
  ): Promise<{ ok: boolean; status: number; text(): Promise<string> }>;
  /** Node has it from version 22 on. */
  WebSocket?: new (
    url: string,
    subprotocol: string,
  ) => unknown;
  /** Only browsers have these two. */
  addEventListener?(name: string, call: Call): void;
  removeEventListener?(name: string, call: Call): void;
};
