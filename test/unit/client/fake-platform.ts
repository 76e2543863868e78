import type { HttpAnswer, HttpRequest, Platform, SocketLike } from "../../../src/client/platform.ts";

type Timer = { dueMs: number; everyMs: number | null; call: () => void };

/** The server's end of one WebSocket. */
export class FakeSocket implements SocketLike {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: ((event: { message?: unknown }) => void) | null = null;
  terminate?: () => void;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {}

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** What the client sent, by kind. */
  of(op: string): Record<string, unknown>[] {
    return this.sent.filter((message) => message.op === op);
  }

  /** The id of the newest message of that kind. */
  lastId(op: string): string | number {
    return this.of(op).at(-1)?.id as string | number;
  }

  says(message: object | string | ArrayBuffer): void {
    const isRaw = typeof message === "string" || message instanceof ArrayBuffer;
    this.onmessage?.({ data: isRaw ? message : JSON.stringify(message) });
  }

  fails(message = ""): void {
    this.onerror?.({ message });
    this.drop();
  }

  /** The line is cut. */
  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  send(text: string): void {
    if (this.readyState !== 1) throw new Error("not open");
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 2;
  }
}

/** A clock that moves only when it is told to, with its timers, sockets and HTTP. */
export class FakePlatform implements Platform {
  nowMs = 1000;
  readonly sockets: FakeSocket[] = [];
  readonly requests: { url: string; request: HttpRequest }[] = [];
  /** The server over HTTP; null: nothing answers. */
  http: ((url: string, request: HttpRequest) => { status: number; body: string }) | null = null;
  private readonly wakers = new Set<() => void>();
  private readonly timers = new Set<Timer>();

  now = (): number => this.nowMs;
  random = (): number => 0;

  after(ms: number, call: () => void): () => void {
    return this.add({ dueMs: this.nowMs + ms, everyMs: null, call });
  }

  every(ms: number, call: () => void): () => void {
    return this.add({ dueMs: this.nowMs + ms, everyMs: ms, call });
  }

  openSocket(url: string): SocketLike {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  }

  async fetch(url: string, request: HttpRequest): Promise<HttpAnswer> {
    this.requests.push({ url, request });
    if (this.http === null) throw new Error("fetch failed");
    const { status, body } = this.http(url, request);
    return { ok: status < 400, status, text: async () => body };
  }

  onWake(call: () => void): () => void {
    this.wakers.add(call);
    return () => this.wakers.delete(call);
  }

  /** The network is back. */
  wake(): void {
    for (const call of this.wakers) call();
  }

  get timerCount(): number {
    return this.timers.size;
  }

  /** The newest socket to `path`, as `ws/state`. */
  socket(path: string): FakeSocket {
    const found = this.sockets.findLast((socket) => new URL(socket.url).pathname.endsWith(path));
    if (found === undefined) throw new Error(`nobody opened ${path}`);
    return found;
  }

  /** Time passes, and each timer runs when it is due. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      this.run(next);
    }
    this.nowMs = untilMs;
  }

  /** The program was busy for `ms`: each timer that became due meanwhile runs once, as in Node and browsers. */
  block(ms: number): void {
    this.nowMs += ms;
    for (const timer of [...this.timers].sort((a, b) => a.dueMs - b.dueMs)) {
      if (this.timers.has(timer) && timer.dueMs <= this.nowMs) this.run(timer);
    }
  }

  private run(timer: Timer): void {
    if (timer.everyMs === null) this.timers.delete(timer);
    else timer.dueMs = this.nowMs + timer.everyMs;
    timer.call();
  }

  private add(timer: Timer): () => void {
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
}
