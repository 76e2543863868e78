import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeviceClient } from "../../../../src/io/mqtt/device-client.ts";
import { FakeClients } from "./fake-client.ts";

/** A device that refuses a command which says so, at a broker that the test plays. */
class Device {
  readonly clients = new FakeClients();
  readonly said: string[] = [];
  readonly commands: { payload: unknown; retained: boolean }[] = [];
  readonly client: DeviceClient;
  private sent = 0;

  constructor() {
    this.client = new DeviceClient(
      {
        id: "sensor",
        url: "mqtt://arm:secret@broker:1883",
        telemetryPeriodMs: 100,
        protocolVersion: 4,
        onStatus: (line) => this.said.push(line),
      },
      {
        birth: () => ({ boot: 7 }),
        telemetry: () => ({ n: this.sent++ }),
        command: (payload, retained) => {
          this.commands.push({ payload, retained });
          const { id, no } = payload as { id: string; no?: string };
          return no === undefined ? { id, verdict: null } : { id, verdict: no, seq: 9 };
        },
      },
      this.clients.connect,
    );
    this.client.start();
  }

  /** What was published on a topic of the device, in order. */
  sentOn(leaf: string): unknown[] {
    const sent = this.clients.all.flatMap(({ published }) => published);
    return sent.filter(({ topic }) => topic === `twin/v1/sensor/${leaf}`).map(({ payload }) => payload);
  }
}

describe("a device on a broker", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("leaves its last will with the broker, retained", () => {
    const { will, clientId } = new Device().clients.last.options;
    expect(clientId).toBe("sensor");
    expect(will).toMatchObject({ topic: "twin/v1/sensor/status", qos: 1, retain: true });
    expect(will?.payload.toString()).toBe("offline");
  });

  it("introduces itself once it is connected, retained, and listens to commands", () => {
    const device = new Device();
    expect(device.clients.last.published).toEqual([]);
    device.clients.last.accept();
    expect(device.clients.last.published).toEqual([
      { topic: "twin/v1/sensor/birth", payload: '{"boot":7}', qos: 1, retain: true },
      { topic: "twin/v1/sensor/status", payload: "online", qos: 1, retain: true },
    ]);
    expect(Object.keys(device.clients.last.wanted)).toEqual(["twin/v1/sensor/command"]);
    expect(device.said).toEqual(["sensor is online at mqtt://broker:1883"]);
  });

  it("sends telemetry in its period, and none while it is not connected", () => {
    const device = new Device();
    vi.advanceTimersByTime(500);
    expect(device.sentOn("telemetry")).toEqual([]);
    device.clients.last.accept();
    vi.advanceTimersByTime(300);
    expect(device.sentOn("telemetry")).toEqual(['{"n":0}', '{"n":1}', '{"n":2}']);
  });

  it("answers each command, and says why it refuses one", () => {
    const device = new Device();
    const client = device.clients.last;
    client.accept();
    client.says("twin/v1/sensor/command", '{"id":"a"}');
    client.says("twin/v1/sensor/command", '{"id":"b","no":"too old"}', true);
    expect(device.commands.map(({ retained }) => retained)).toEqual([false, true]);
    expect(device.sentOn("ack")).toEqual([
      '{"id":"a","ok":true}',
      '{"id":"b","ok":false,"reason":"too old","seq":9}',
    ]);
  });

  it("passes over a command that is no JSON", () => {
    const device = new Device();
    device.clients.last.accept();
    device.clients.last.says("twin/v1/sensor/command", "{");
    expect(device.commands).toEqual([]);
    expect(device.sentOn("ack")).toEqual([]);
  });

  it("tries again after 1 s, 2 s … and at most 30 s, and introduces itself again", () => {
    const device = new Device();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      device.clients.last.breaks("connect ECONNREFUSED 127.0.0.1:1883");
      let pause = 0;
      while (device.clients.all.length === attempt) {
        vi.advanceTimersByTime(500);
        pause += 500;
      }
      pauses.push(pause / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30]);
    device.clients.last.accept();
    expect(device.sentOn("status")).toEqual(["online"]);
  });

  it("says one line for one fault, by the options of its command, and another once it is back", () => {
    const device = new Device();
    for (let attempt = 0; attempt < 3; attempt++) {
      device.clients.last.breaks("connect ECONNREFUSED 127.0.0.1:1883");
      vi.advanceTimersByTime(30_000);
    }
    device.clients.last.accept();
    expect(device.said).toEqual([
      "mqtt://broker:1883: connect ECONNREFUSED 127.0.0.1:1883; nothing listens there: start the broker, or correct --url (it tries again by itself)",
      "sensor is online at mqtt://broker:1883",
    ]);
  });

  it("waits for a file that is missing", () => {
    const clients = new FakeClients();
    const said: string[] = [];
    clients.fault = new Error("mqtt.tls.ca: /x: there is no such file");
    const options = { id: "d", url: "mqtts://b", telemetryPeriodMs: 100, protocolVersion: 5 as const };
    const behaviour = {
      birth: () => ({}),
      telemetry: () => ({}),
      command: () => ({ id: "", verdict: null }),
    };
    const client = new DeviceClient(
      { ...options, onStatus: (line) => said.push(line) },
      behaviour,
      clients.connect,
    );
    client.start();
    expect(said).toEqual([expect.stringContaining("/x: there is no such file")]);
    clients.fault = null;
    vi.advanceTimersByTime(1000);
    expect(clients.all).toHaveLength(1);
  });

  it("says goodbye itself when it is stopped, and then nothing more", async () => {
    const device = new Device();
    device.clients.last.accept();
    await device.client.stop();
    expect(device.sentOn("status")).toEqual(["online", "offline"]);
    expect(device.clients.last.ended).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(device.sentOn("telemetry")).toEqual([]);
    expect(device.clients.all).toHaveLength(1);
  });

  it("does not wait longer than 0.5 s for a broker that takes its goodbye no more", async () => {
    const device = new Device();
    device.clients.last.accept();
    device.clients.last.acknowledges = false;
    let isStopped = false;
    void device.client.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(499);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isStopped).toBe(true);
    expect(device.clients.last.ended).toBe(true);
  });

  it("does not come back when it is stopped between two attempts", async () => {
    const device = new Device();
    device.clients.last.breaks("connect ECONNREFUSED");
    await device.client.stop();
    vi.advanceTimersByTime(60_000);
    expect(device.clients.all).toHaveLength(1);
    expect(device.sentOn("status")).toEqual([]);
  });
});
