import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type FlowNode, hasNodeRed, NodeRed } from "../support/node-red.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const example = new URL("../../clients/node-red/examples/watch-move-stop.json", import.meta.url).pathname;
const token = "token-of-this-test";

describe.skipIf(!hasNodeRed())("the nodes in a real Node-RED", () => {
  const twin = new TwinProcess();
  const red = new NodeRed();
  let flow: FlowNode[] = [];

  beforeAll(async () => {
    await Promise.all([twin.up("--port", "0"), red.start()]);
    // The example as it is, with this test's address, and one more button for each thing that is to be refused.
    flow = at(twin.at("/"));
    const button = (id: string, payload: string): FlowNode => ({
      ...(flow.find((node) => node.id === "up") as FlowNode),
      id,
      payload,
    });
    flow.push(
      button("too-far", '{"elbow":99}'),
      button("unknown", '{"knee":0}'),
      button("nonsense", '["elbow"]'),
    );
  }, 120_000);

  /** The example with another address, and a token for it. */
  function at(url: string, token?: string): FlowNode[] {
    const nodes = JSON.parse(readFileSync(example, "utf8")) as FlowNode[];
    const own = token === undefined ? { url } : { url, credentials: { token } };
    return nodes.map((node) => (node.type === "twin-server" ? { ...node, ...own } : node));
  }

  afterAll(async () => {
    await red.remove();
    await twin.remove();
  });

  async function elbow(): Promise<number> {
    const { reported } = await twin.property("robot", "joint/elbow/position");
    return reported?.value as number;
  }

  async function handBack(other: WsClient): Promise<void> {
    other.send({ op: "release", id: "back", robot: "robot", epoch: other.epoch });
    await other.next("released", { id: "back" });
    other.close();
  }

  it("are all loaded, without a fault", async () => {
    const nodes = await red.nodesOf("@twinbridge/node-red");
    expect(nodes.flatMap(({ types }) => types).sort()).toEqual([
      "twin-event",
      "twin-history",
      "twin-in",
      "twin-move",
      "twin-server",
      "twin-stop",
    ]);
    expect(nodes.filter(({ enabled, err }) => !enabled || err !== undefined)).toEqual([]);
  });

  it("show a joint, a device's signal and events as they come", async () => {
    await red.deploy(flow);
    const position = await red.next("elbow", 0, (value) => typeof value === "number");
    expect(position).toBeGreaterThan(-4);
    expect(await red.next("temperature", 0, (value) => typeof value === "number")).toBeGreaterThan(0);
    expect(await red.next("events", 0, (value) => typeof value === "string" && value !== "")).toBeTruthy();
  });

  it("move a joint under a lease, and give the lease back", async () => {
    const since = red.shown.length;
    await red.inject("up");
    expect(await red.next("result", since)).toBe("ok");
    const granted = await twin.events("lease.granted");
    expect(granted.some(({ message }) => message.includes("Node-RED"))).toBe(true);
    const done = (await twin.events("command.done")).find(({ message }) => message.includes("Node-RED"));
    expect(done?.robot).toBe("robot");
    const other = await WsClient.open(twin.url, "/ws/command");
    await other.acquire();
    await handBack(other);
  });

  it.each([
    ["too-far", /^outside_limits: elbow: 99 rad is outside/],
    ["unknown", /knee/],
    ["nonsense", /^bad_message: msg.payload must be an object of joint positions/],
  ])("hand a refusal to the catch node: %s", async (button, reason) => {
    const since = red.shown.length;
    await red.inject(button);
    expect(await red.next("why", since)).toMatch(reason);
    expect(red.shown.slice(since).filter(({ name }) => name === "result")).toEqual([]);
  });

  it("do not move a robot whose lease somebody else holds", async () => {
    const other = await WsClient.open(twin.url, "/ws/command");
    await other.acquire();
    try {
      const since = red.shown.length;
      const before = await elbow();
      await red.inject("up");
      expect(await red.next("why", since)).toMatch(/^lease_held: /);
      expect(await elbow()).toBeCloseTo(before, 3);
    } finally {
      await handBack(other);
    }
  });

  it("stop the robot: moves are refused until it is reset", async () => {
    let since = red.shown.length;
    const begun = (await twin.events("stop.latched")).length;
    await red.inject("press-stop");
    expect(await red.next("confirmed", since)).toBe("stop");
    expect((await twin.events("stop.latched")).length).toBeGreaterThan(begun);
    since = red.shown.length;
    await red.inject("up");
    expect(await red.next("why", since)).toMatch(/^stopped: /);
    await red.inject("press-reset");
    expect(await red.next("confirmed", since)).toBe("reset");
    await red.inject("down");
    expect(await red.next("result", since)).toBe("ok");
  });

  it("stop a move that is under way: the move ends with the reason", async () => {
    let since = red.shown.length;
    await red.inject("up");
    await eventually("the elbow moves", async () => {
      const [a, b] = [await elbow(), await elbow()];
      return a !== b;
    });
    await red.inject("press-stop");
    expect(await red.next("why", since)).toMatch(/^(stopped|lease_lost|aborted)/);
    since = red.shown.length;
    await red.inject("press-reset");
    await red.next("confirmed", since);
  });

  it("ask for the history and get what the twin has stored", async () => {
    type Row = { time: number; series: string; mean: number };
    const rows = await eventually("four seconds are there", async () => {
      const since = red.shown.length;
      await red.inject("ask");
      const found = (await red.next("points", since, Array.isArray)) as Row[];
      return found.length > 3 && found;
    });
    const [first] = rows;
    expect(first).toMatchObject({ series: "robot/joint/elbow/position", facet: "reported", unit: "rad" });
    const [before, { time, mean }] = rows.slice(-3) as [(typeof rows)[0], (typeof rows)[0]];
    const step = time - before.time;
    const { series } = await twin.json<{ series: { mean: number[] }[] }>(
      `/api/history?series=robot/joint/elbow/position&from=${time}&to=${time + step}&step=${step}`,
    );
    expect(series[0]?.mean[0]).toBeCloseTo(mean, 12);
  });

  it("leave nothing behind when the flow is deployed again and again", async () => {
    const before = await twin.metric("twin_clients");
    for (let i = 0; i < 10; i++) await red.deploy(flow);
    await eventually("the old connections are gone", async () => {
      return (await twin.metric("twin_clients")) === before;
    });
    const deployed = red.shown.length;
    await red.next("elbow", deployed, (value) => typeof value === "number");
    const since = red.shown.length;
    await red.inject("press-stop");
    await red.next("confirmed", since);
    await red.next("events", since, (value) => value === "robot is stopped by Node-RED");
    const latched = red.shown.slice(since).filter(({ value }) => value === "robot is stopped by Node-RED");
    expect(latched).toHaveLength(1);
    await red.inject("press-reset");
    await red.next("confirmed", since, (value) => value === "reset");
  });

  it("connect again after the twin was away, and stop by HTTP meanwhile where there is no connection", async () => {
    const { port } = twin;
    await twin.stop();
    const since = red.shown.length;
    await red.inject("press-stop");
    // Nothing is there that could stop: the node must not say that it did.
    expect(await red.next("why", since)).toMatch(/^(not_stopped|not_connected): /);
    expect(red.shown.slice(since).filter(({ name }) => name === "confirmed")).toEqual([]);
    await twin.up("--port", String(port));
    await eventually(
      "a stop is confirmed",
      async () => {
        const again = red.shown.length;
        await red.inject("press-stop");
        return (await red.next("confirmed", again, () => true, 3000)) === "stop";
      },
      30_000,
    );
  }, 90_000);

  it("need the token where the twin has one", async () => {
    const guarded = new TwinProcess();
    try {
      const config = guarded.file("twin.yaml", `server: { token: ${token} }\n`);
      await guarded.up("--config", config, "--port", "0");
      let since = red.shown.length;
      await red.deploy(at(guarded.at("/")));
      await red.inject("press-stop");
      expect(await red.next("why", since)).toMatch(/401/);
      await eventually("the log says why", () => /unauthorized/.test(red.log));
      since = red.shown.length;
      await red.deploy(at(guarded.at("/"), token));
      await eventually("a stop is confirmed", async () => {
        await red.inject("press-stop");
        return (await red.next("confirmed", since, () => true, 3000)) === "stop";
      });
      expect(red.log).not.toContain(token);
    } finally {
      await guarded.remove();
    }
  });
});
