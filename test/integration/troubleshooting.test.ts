import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { absentFrom, keyOf, provoked, type TroubleCases, troubleRows } from "../support/troubleshooting.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

let twin = new TwinProcess();
afterEach(async () => {
  await twin.remove();
  twin = new TwinProcess();
});

const { AMENT_PREFIX_PATH: _, ...withoutRos } = process.env;
/** The robot's arm, with nothing that measures or drives it. */
const armAlone = ["--port", "0", "--description", "urdf/arm.urdf"];
const demo = ["--port", "0"];

/** Runs `twin` in an environment of its own to its end; what it wrote. */
async function fails(env: Record<string, string>, ...args: string[]): Promise<string> {
  twin.env = { ...withoutRos, ...env };
  twin.start(...args);
  const { code, err } = await twin.ended();
  expect(code).toBe(1);
  return err;
}

/** A TCP server on a free port of the loopback while `act` runs. */
async function withPort<T>(act: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await act(typeof address === "object" && address !== null ? address.port : 0);
  } finally {
    server.close();
  }
}

/** A client of the running twin that holds the lease. */
async function driver(): Promise<WsClient> {
  const client = await WsClient.open(twin.url, "/ws/command");
  await client.acquire();
  client.keepLease();
  return client;
}

/** How the running twin refuses `command`: code and message. */
async function refusal(command: object): Promise<string> {
  const client = await driver();
  client.command("asked", command);
  const { code, message } = await client.next("result", { id: "asked", stage: "refused" });
  client.close();
  return `${code}: ${message}`;
}

const cases: TroubleCases<"integration"> = {
  "port … on 127.0.0.1 is in use": () =>
    withPort((port) => fails({}, "up", "--ros", "off", "--port", String(port))),

  "there is no ROS 2 in this environment": () =>
    fails({ TWIN_ROS_DIR: join(twin.folder, "none") }, "up", "--ros", "on", "--port", "0"),

  // A PATH with Node alone: the set-up misses its tools before any download.
  "(log: …/setup.log)": () =>
    fails({ PATH: join(twin.folder, "none") }, "ros", "setup", "--dir", join(twin.folder, "ros")),

  "nothing listens there: start the broker": async () => {
    const port = await withPort(async (free) => free);
    const config = twin.file("twin.yaml", `mqtt: {url: "mqtt://127.0.0.1:${port}"}\n`);
    await twin.up("--port", "0", "--config", config);
    return eventually("a warning", () => (twin.err.includes("warn") ? twin.err : undefined));
  },

  no_controller: async () => {
    await twin.up(...armAlone);
    return refusal({ kind: "twist", linear: { x: 0.1 } });
  },

  stale_state: async () => {
    await twin.up(...armAlone);
    return refusal({ kind: "jointPosition", positions: { elbow: 0.3 } });
  },

  lease_held: async () => {
    await twin.up(...demo);
    const first = await driver();
    const second = await WsClient.open(twin.url, "/ws/command");
    second.send({ op: "acquire", id: "second", robot: "robot", holder: "Grace" });
    const { code, message, holder } = await second.next("error", { id: "second" });
    expect(message).toContain(String(holder));
    first.close();
    second.close();
    return String(code);
  },

  self_collision: async () => {
    await twin.up(...demo);
    const client = await driver();
    let asked = 0;
    // While the demo's own motion brakes, the way is not checked to its end: it is asked again.
    const refused = await eventually("a refusal for a collision", async () => {
      const id = `ask-${++asked}`;
      client.command(id, { kind: "jointPosition", positions: intoDeck });
      const answer = await client.next("result", { id, stage: "refused" });
      return answer.code === "not_checked" ? undefined : answer;
    });
    client.close();
    expect(refused.message).toMatch(/\S+ would collide with \S+/);
    return `${refused.code}: ${refused.message}`;
  },

  collision: async () => {
    await twin.up(...demo);
    const put = await fetch(twin.at("/api/scene/wall"), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "wall", shape: "box", size: [3, 3, 0.1], pose: { position: [0, 0, 1.05] } }),
    });
    expect(put.status).toBe(200);
    const client = await driver();
    let asked = 0;
    const refused = await eventually("a refusal for an object", async () => {
      const id = `ask-${++asked}`;
      client.command(id, { kind: "jointPosition", positions: { shoulder_lift: -1.2, elbow: 0 } });
      const answer = await client.next("result", { id, stage: "refused" });
      return answer.code === "not_checked" ? undefined : answer;
    });
    client.close();
    expect(refused.message).toContain("wall");
    return `${refused.code}: ${refused.message}`;
  },

  stopped: async () => {
    await twin.up(...demo);
    const client = await WsClient.open(twin.url, "/ws/command");
    client.send({ op: "stop", robot: "*" });
    await client.next("stopped");
    client.close();
    await twin.stop();
    await twin.up(...demo);
    return refusal({ kind: "jointPosition", positions: { elbow: 0.3 } });
  },

  "a phone cannot reach the page": async () => {
    // 127.0.0.2 is this machine too, but not the address that the page listens on by default.
    const elsewhere = () => fetch(twin.at("/healthz").replace("127.0.0.1", "127.0.0.2"));
    await twin.up(...demo);
    await expect(elsewhere()).rejects.toThrow();
    await twin.stop();
    await twin.up(...demo, "--host", "0.0.0.0");
    expect((await elsewhere()).status).toBe(200);
    expect(twin.token).not.toBeNull();
    return twin.out;
  },
};

/** A pose in which the demo's gripper is in the deck of its rover. */
const intoDeck = { shoulder_lift: 1.6, elbow: 1.2 };

describe("README's troubleshooting table", () => {
  const rows = troubleRows();

  it("has a case for each of its rows, and a row for each case", () => {
    expect(rows.map(keyOf).sort()).toEqual(Object.values(provoked).flat().sort());
  });

  for (const row of rows) {
    const key = keyOf(row);
    if (!(key in cases)) continue;
    it(`shows what the program says: ${row.see}`, async () => {
      const seen = await cases[key as keyof typeof cases]();
      expect(absentFrom(seen, row), seen).toEqual([]);
    });
  }
});
