import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { UnreadMeter } from "../../../src/io/server/unread-meter.ts";

/** As much of a socket as the meter uses; the test answers its pings. */
class Pinged extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly pings: Buffer[] = [];

  ping(payload: Buffer): void {
    this.pings.push(payload);
  }
  /** The client read up to here: it answers every ping it met, or only the newest. */
  answer(onlyNewest = false): void {
    const met = this.pings.splice(0);
    for (const payload of onlyNewest ? met.slice(-1) : met) this.emit("pong", payload);
  }
}

function metered(): { socket: Pinged; meter: UnreadMeter } {
  const socket = new Pinged();
  return { socket, meter: new UnreadMeter(socket as unknown as WebSocket) };
}

describe("the unread bytes of a viewer", () => {
  it("grow with what is sent and fall with what is answered", () => {
    const { socket, meter } = metered();
    for (let i = 0; i < 10; i++) meter.add(10_000);
    expect(meter.unreadBytes()).toBe(100_000);
    socket.answer();
    expect(meter.unreadBytes()).toBeLessThanOrEqual(40_000);
    meter.unreadBytes();
    socket.answer();
    expect(meter.unreadBytes()).toBe(0);
  });

  it("count at least what waits in this program", () => {
    const { socket, meter } = metered();
    socket.bufferedAmount = 5000;
    expect(meter.unreadBytes()).toBe(5000);
  });

  it("never put more than eight pings under way, however often they are asked for", () => {
    const { socket, meter } = metered();
    for (let i = 0; i < 5000; i++) {
      meter.add(1000);
      meter.unreadBytes();
    }
    expect(socket.pings.length).toBeLessThanOrEqual(8);
    expect(meter.unreadBytes()).toBe(5_000_000);
    for (let i = 0; i < 3; i++) {
      socket.answer(true);
      meter.unreadBytes();
    }
    expect(meter.unreadBytes()).toBe(0);
  });

  it("believe no pong that answers nothing", () => {
    const { socket, meter } = metered();
    meter.add(200_000);
    const forged = Buffer.alloc(8);
    forged.writeDoubleLE(150_000);
    socket.emit("pong", forged);
    socket.emit("pong", Buffer.alloc(0));
    const nan = Buffer.alloc(8);
    nan.writeDoubleLE(Number.NaN);
    socket.emit("pong", nan);
    expect(meter.unreadBytes()).toBe(200_000);
    socket.answer();
    expect(meter.unreadBytes()).toBe(0);
  });

  it("ask nothing of a socket that is closing", () => {
    const { socket, meter } = metered();
    socket.readyState = 2;
    meter.add(200_000);
    meter.unreadBytes();
    expect(socket.pings).toEqual([]);
  });
});
