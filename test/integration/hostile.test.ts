import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const twin = new TwinProcess();
let bystander: WsClient;
const sockets: Socket[] = [];

/** The status of an HTTP request as written: fetch would tidy headers and address. */
function statusOf(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
  body = "",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: twin.port, path, method, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The status of a WebSocket handshake: 101 when it was taken. */
function handshake(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const url = `ws://127.0.0.1:${twin.port}/`;
    const socket = new WebSocket(url, "twin.v1", {
      headers,
      finishRequest: (sent) => {
        sent.path = path;
        sent.end();
      },
    });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("unexpected-response", (_, answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
      socket.terminate();
    });
    socket.on("error", () => resolve(0));
  });
}

async function raw(text: string): Promise<{ socket: Socket; answer: () => string }> {
  const socket = connect(twin.port, "127.0.0.1");
  sockets.push(socket);
  let answer = "";
  socket.on("data", (data) => {
    answer += data.toString("latin1");
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return { socket, answer: () => answer };
}

/** The program lives, its cycle runs, and one who did nothing still gets frames. */
async function goesOn(): Promise<void> {
  expect(twin.isAlive()).toBe(true);
  const frames = bystander.of("state").length;
  await eventually("frames go on", () => bystander.of("state").length > frames + 5, 5000);
  expect(bystander.closed).toBeNull();
}

beforeAll(async () => {
  await twin.up("--port", "0");
  bystander = await WsClient.open(twin.url, "/ws/state");
  bystander.send({ op: "subscribe", rate: 50 });
  await bystander.next("snapshot");
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await twin.remove();
});

describe("a page of another origin", () => {
  it("gets nothing, over HTTP or a WebSocket, and is counted", async () => {
    const origin = { origin: "http://evil.example" };
    expect(await statusOf("/api/twin", origin)).toBe(403);
    expect(await statusOf("/", origin)).toBe(403);
    expect(await statusOf("/api/stop", origin, "POST")).toBe(403);
    expect(await handshake("/ws/state", origin)).toBe(403);
    expect(await handshake("/ws/command", origin)).toBe(403);
    expect(await handshake("/ws/command", { origin: `http://127.0.0.1:${twin.port}` })).toBe(101);
    expect(await twin.metric('twin_refused_frames_total{socket="/ws/command",reason="403"}')).toBeGreaterThan(
      0,
    );
  });

  it("gets nothing by a name that was bound to this machine", async () => {
    const host = { host: `rebound.example:${twin.port}` };
    expect(await statusOf("/api/twin", host)).toBe(403);
    expect(await statusOf("/healthz", host)).toBe(403);
    expect(await handshake("/ws/state", host)).toBe(403);
    expect(await statusOf("/api/twin", { host: `localhost:${twin.port}` })).toBe(200);
  });
});

describe("an address that is none", () => {
  it("is answered with a refusal, and the program goes on", async () => {
    for (const path of [
      "/%",
      "/%zz",
      "/%00",
      "/..",
      "/../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2fpackage.json",
      "/api/%2e%2e/%2e%2e/package.json",
      "/assets/../../package.json",
      "/api/things/%",
      "/api/assets?uri=%",
      `/${"a".repeat(10_000)}`,
      "/api/robots/%2e%2e/meshes",
      "/index.html/../../main.js",
      "/api//twin",
    ]) {
      const status = await statusOf(path);
      expect([400, 403, 404, 414, 431, 503], path).toContain(status);
    }
    for (const path of [
      "//",
      "/%",
      "/ws/state%00",
      "/ws/state/",
      "/ws",
      "/WS/STATE",
      "/ws/../ws/state",
      "http://[::1/ws/state",
      "/ws/%73tate",
    ]) {
      expect([0, 400, 404, 101], path).toContain(await handshake(path));
    }
    await goesOn();
  });

  it("does not show files beside the page", async () => {
    for (const path of ["/package.json", "/main.js", "/../main.js", "/viewer/index.html", "/.env"]) {
      expect(await statusOf(path), path).not.toBe(200);
    }
  });

  it("with a method it does not take is refused", async () => {
    expect(await statusOf("/api/twin", {}, "DELETE")).toBe(404);
    await goesOn();
  });

  it("to stop, with a body that is too large or cannot be read, stops all", async () => {
    const client = await WsClient.open(twin.url, "/ws/command");
    const bodies = [
      ["application/json", "{"],
      ["text/plain", "x"],
      ["application/json", JSON.stringify("x".repeat(100_000))],
    ] as const;
    for (const [type, body] of bodies) {
      const before = client.of("stopped").length;
      expect(await statusOf("/api/stop", { "content-type": type }, "POST", body), body.slice(0, 9)).toBe(200);
      await eventually("the stop", () => client.of("stopped").length > before);
      expect(client.of("stopped").at(-1)).toMatchObject({ robot: "*" });
    }
    client.send({ op: "reset", robot: "robot" });
    await client.next("reset");
    await goesOn();
  });
});

describe("a client that sends rubbish", () => {
  it("is told so, message by message, and keeps its socket", async () => {
    for (const path of ["/ws/state", "/ws/command"] as const) {
      const client = await WsClient.open(twin.url, path);
      const rubbish = [
        "",
        "x",
        "{",
        "null",
        "[]",
        "1",
        '"x"',
        '{"op":"fly"}',
        '{"op":["subscribe"]}',
        "[".repeat(30_000),
        '{"a":'.repeat(10_000),
        '{"__proto__":{"op":"ping"}}',
        '{"op":"ping","t":NaN}',
        '{"op":"ping","t":1e999}',
      ];
      for (const text of rubbish) client.socket.send(text);
      client.socket.send(Buffer.from([0, 1, 2, 255]));
      client.socket.send(Buffer.from(JSON.stringify({ op: "ping", t: 1 })), { binary: true });
      await eventually("answers", () => client.of("error").length === rubbish.length + 2);
      expect(client.of("error").every((error) => error.code === "bad_message" && error.message !== "")).toBe(
        true,
      );
      expect(client.of("pong")).toEqual([]);
      client.send({ op: "ping", t: 7 });
      await client.next("pong", { t: 7 });
      client.close();
    }
    expect(
      await twin.metric('twin_refused_frames_total{socket="/ws/command",reason="shape"}'),
    ).toBeGreaterThanOrEqual(16);
    await goesOn();
  });

  it("finds the number of its request in the answer to a wrong one", async () => {
    const client = await WsClient.open(twin.url, "/ws/command");
    client.send({ op: "command", id: "mine", robot: "robot" });
    expect(await client.next("error", { id: "mine" })).toMatchObject({ code: "bad_message" });
    client.close();
  });

  it("of 50 MB in one message loses its own socket with 1009, and nobody else does", async () => {
    const client = await WsClient.open(twin.url, "/ws/command");
    client.socket.send(Buffer.alloc(50 * 1024 * 1024, 0x20));
    await eventually("closed", () => client.closed !== null);
    // 1009 from the server; 1006 where the answer was lost in the flood.
    expect([1006, 1009]).toContain(client.closed?.code);
    expect(await twin.metric('twin_refused_frames_total{socket="/ws/command",reason="too_large"}')).toBe(1);
    const just = await WsClient.open(twin.url, "/ws/command");
    just.socket.send(" ".repeat(70_000));
    await eventually("closed", () => just.closed !== null);
    expect(just.closed?.code).toBe(1009);
    await goesOn();
  });

  it("of 10,000 commands at once is slowed, and a stop of another goes through at once", async () => {
    const flooder = await WsClient.open(twin.url, "/ws/command");
    const other = await WsClient.open(twin.url, "/ws/command");
    await flooder.acquire();
    for (let i = 0; i < 10_000; i++) flooder.command(i, { kind: "twist", linear: { x: 0.01, y: 0, z: 0 } });
    const pressed = performance.now();
    other.send({ op: "stop", robot: "*" });
    await other.next("stopped");
    expect(performance.now() - pressed).toBeLessThan(3000);
    await eventually(
      "all answered",
      () => flooder.of("error").length + new Set(flooder.of("result").map((r) => r.id)).size >= 10_000,
      20_000,
    );
    expect(flooder.of("error").filter((e) => e.code === "too_many").length).toBeGreaterThan(8000);
    expect(
      await twin.metric('twin_refused_frames_total{socket="/ws/command",reason="flood"}'),
    ).toBeGreaterThan(8000);
    other.send({ op: "reset", robot: "robot" });
    await other.next("reset");
    flooder.close();
    other.close();
    await goesOn();
  }, 60_000);

  it("of 5,000 stops at once stops once, and costs the others no frames", async () => {
    const flooder = await WsClient.open(twin.url, "/ws/command");
    const before = (await twin.events("stop.latched")).length;
    for (let i = 0; i < 5000; i++) flooder.send({ op: "stop", robot: "*" });
    await eventually("told", () => flooder.of("stopped").length > 0);
    await goesOn();
    expect((await twin.events("stop.latched")).length).toBe(before + 1);
    flooder.socket.terminate();
    const other = await WsClient.open(twin.url, "/ws/command");
    const resets = (await twin.events("stop.reset")).length;
    await eventually("the reset", async () => {
      other.send({ op: "reset", robot: "robot" });
      return (await twin.events("stop.reset")).length > resets;
    });
    other.close();
  }, 60_000);

  it("of subscriptions and pings without reading costs a bounded amount of memory", async () => {
    const memory = () => twin.metric("process_resident_memory_bytes");
    const before = await memory();
    const { socket } = await raw(
      `GET /ws/state HTTP/1.1\r\nHost: 127.0.0.1:${twin.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: twin.v1\r\n\r\n`,
    );
    await once(socket, "data");
    socket.pause();
    const masked = (text: string): Buffer => {
      const bytes = Buffer.from(text);
      const head = Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]);
      return Buffer.concat([head, bytes]);
    };
    const subscribe = masked('{"op":"subscribe","rate":1000}');
    const ping = masked('{"op":"ping","t":1}');
    const block = Buffer.concat([...Array(500).fill(subscribe), ...Array(500).fill(ping)]);
    for (let i = 0; i < 40 && !socket.destroyed; i++) {
      if (!socket.write(block)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
    await goesOn();
    expect((await memory()) - before).toBeLessThan(60 * 1024 * 1024);
    expect(await twin.metric("twin_client_buffered_bytes")).toBeLessThan(3 * 1024 * 1024);
    socket.destroy();
  });
});

describe("a connection that is left half open", () => {
  it("costs nothing that matters", async () => {
    for (const text of [
      "GET /ws/state HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n",
      "GET /ws/state HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "GET /ws/command HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      "POST /api/stop HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{",
      "\x16\x03\x01\x02\x00\x01\x00",
      "GET / HTTP/9.9\r\n\r\n",
      "",
    ]) {
      const { socket } = await raw(text);
      if (text.length % 2 === 0) socket.destroy();
    }
    await goesOn();
  });

  it("that torn off in the middle of a frame frees its session", async () => {
    const client = await WsClient.open(twin.url, "/ws/command");
    await client.acquire();
    client.socket.terminate();
    const other = await WsClient.open(twin.url, "/ws/command");
    await other.acquire();
    other.close();
  });
});

// Last: nothing else of this machine gets an answer for a minute.
describe("a client that used up its requests", () => {
  it("is told so, and can still stop the robot", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const get = () =>
      new Promise<number>((resolve, reject) => {
        const sent = request({ host: "127.0.0.1", port: twin.port, path: "/healthz", agent }, (answer) => {
          answer.resume();
          answer.on("end", () => resolve(answer.statusCode ?? 0));
        });
        sent.on("error", reject);
        sent.end();
      });
    let last = 200;
    for (let i = 0; i < 210 && last === 200; i++)
      last = Math.max(...(await Promise.all(Array.from({ length: 100 }, get))));
    agent.destroy();
    expect(last).toBe(429);
    expect(await statusOf("/api/stop", {}, "POST")).toBe(200);
  }, 60_000);
});
