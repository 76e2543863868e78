import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WebSocket } from "ws";
import { endWhenSilent } from "../../../../src/io/server/silent-sockets.ts";

class Client extends EventEmitter {
  pings = 0;
  ended = false;
  ping = () => {
    this.pings += 1;
  };
  terminate = () => {
    this.ended = true;
    this.emit("close");
  };
}

let client: Client;
beforeEach(() => {
  vi.useFakeTimers();
  client = new Client();
  endWhenSilent(client as unknown as WebSocket, 1000);
});
afterEach(() => vi.useRealTimers());

describe("a client whose socket was never closed", () => {
  it("stays while it answers or says something", () => {
    for (let i = 0; i < 20; i += 1) {
      vi.advanceTimersByTime(1000);
      client.emit(i % 2 === 0 ? "pong" : "message");
    }
    expect(client.ended).toBe(false);
    expect(client.pings).toBe(20);
  });

  it("is ended after it answered nothing, and asked nothing more", () => {
    vi.advanceTimersByTime(2100);
    expect(client.ended).toBe(false);
    vi.advanceTimersByTime(200);
    expect(client.ended).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(client.pings).toBe(1);
  });

  it("stays where its answer was only read late: the program itself had stood", () => {
    vi.advanceTimersByTime(2000);
    client.emit("pong");
    vi.advanceTimersByTime(900);
    expect(client.ended).toBe(false);
  });
});
