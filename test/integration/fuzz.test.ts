import { Agent, request } from "node:http";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientCommandMessage } from "../../src/protocol/command-messages.ts";
import { eventually } from "../support/eventually.ts";
import { commandTemplates, httpTemplates, mqttTemplates, stateTemplates } from "../support/fuzz-templates.ts";
import { MessageMutator } from "../support/message-mutator.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

/** Of all ways in together: half by `/ws/command`, a tenth by `/ws/state`, a fifth each by HTTP and MQTT. */
const messages = Number(process.env.FUZZ_MESSAGES ?? 600);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const patience = 60_000 + messages * 20;

const twin = new TwinProcess();
/** Holds the lease all the time, so that no message that happens to be a command may move the robot. */
let holder: WsClient;
let viewer: WsClient;
let joints: string[] = [];
let accepted = 0;

const arm = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3"];

async function positions(): Promise<number[]> {
  const { properties } = await twin.thing("robot");
  const pose = properties["base/pose"]?.reported?.value as { position: number[] };
  return [
    ...joints.map((joint) => Number(properties[`joint/${joint}/position`]?.reported?.value)),
    ...pose.position,
  ];
}

/** In one go, so that nobody gets the lease between. */
function takeBack(): void {
  holder.send({ op: "reset", id: "reset", robot: "robot" });
  holder.send({ op: "acquire", id: "mine", robot: "robot", holder: "the holder", force: true });
}

const acceptedNow = () => twin.metric('twin_commands_total{result="accepted"}');
let resting: number[] = [];

beforeAll(async () => {
  await twin.up("--port", "0");
  holder = await WsClient.open(twin.url, "/ws/command");
  await eventually("joints are measured", async () => {
    const { reported } = await twin.property("robot", "joint/elbow/position");
    return reported !== undefined;
  });
  takeBack();
  await holder.next("lease", { id: "mine" });
  holder.socket.on("message", (data) => {
    const message = JSON.parse(data.toString());
    if (message.op === "stopped") takeBack();
    if (message.op === "lease" && message.id === "mine") holder.epoch = message.epoch;
  });
  holder.keepLease();
  const { properties } = await twin.thing("robot");
  joints = arm.filter((joint) => `joint/${joint}/position` in properties);
  expect(joints.length).toBeGreaterThan(4);
  holder.epoch = Number(holder.of("lease").at(-1)?.epoch);
  // Where it rests at 0, the positions that are made up are those that it has, or outside of limits.
  holder.command("rest", { kind: "jointPosition", positions: Object.fromEntries(joints.map((j) => [j, 0])) });
  await eventually(
    "it is at 0",
    async () => (await positions()).slice(0, joints.length).every((at) => Math.abs(at) < 0.03),
    20_000,
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  viewer = await WsClient.open(twin.url, "/ws/state");
  viewer.send({ op: "subscribe", rate: 5 });
  resting = await positions();
  accepted = await acceptedNow();
});
afterAll(async () => {
  await twin.remove();
});

/** The program lives and streams, nothing was accepted, and the robot is where it was. */
async function unmoved(): Promise<void> {
  expect(twin.isAlive(), twin.err).toBe(true);
  const frames = viewer.of("state").length;
  await eventually("frames go on", () => viewer.of("state").length > frames + 2, 10_000);
  expect(await acceptedNow()).toBe(accepted);
  const now = await positions();
  for (const [i, at] of now.entries()) expect(Math.abs(at - (resting[i] ?? 0)), joints[i]).toBeLessThan(0.02);
}

/** Whether a message of somebody with every right would let the robot go, or take it from its holder. */
function isLegitimate(text: string): boolean {
  const parsed = clientCommandMessage.safeParse(jsonOf(text));
  if (!parsed.success) return false;
  const { data } = parsed;
  return data.op === "reset" || (data.op === "acquire" && data.force === true);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const paced = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`${messages} made-up messages`, () => {
  it("by /ws/command are each answered, and move nothing", { timeout: patience }, async () => {
    const mutator = new MessageMutator(seed);
    const count = Math.round(messages / 2);
    const clients = await Promise.all(
      Array.from({ length: 8 }, () => WsClient.open(twin.url, "/ws/command")),
    );
    const wrong = new Array<number>(clients.length).fill(0);
    const asked = clients.map(() => new Map<string, string>());
    for (let i = 0; i < count; i++) {
      const who = i % clients.length;
      let text = mutator.text(commandTemplates);
      if (isLegitimate(text)) continue;
      const parsed = clientCommandMessage.safeParse(jsonOf(text));
      if (!parsed.success) wrong[who] = (wrong[who] ?? 0) + 1;
      else if ("id" in parsed.data && parsed.data.id !== undefined) {
        const id = `fuzz ${i}`;
        asked[who]?.set(id, parsed.data.op);
        text = JSON.stringify({ ...(jsonOf(text) as object), id });
      }
      clients[who]?.socket.send(text);
      // 160 a second each: no flood.
      if (who === 0 && i > 0) await paced(6);
    }
    const stillOpen = () =>
      clients.flatMap((client, who) => {
        const answered = new Set(client.messages.map(({ id }) => id));
        return [...(asked[who] ?? [])].filter(([id, op]) => !answered.has(id) && !isSilent(op));
      });
    const bad = (client: WsClient) => client.of("error").filter(({ code }) => code === "bad_message").length;
    await eventually(
      "an answer to each",
      () => stillOpen().length === 0 && clients.every((client, who) => bad(client) >= (wrong[who] ?? 0)),
      30_000,
    ).catch((error) => {
      throw new Error(
        `${String(error)}: ${JSON.stringify([stillOpen().slice(0, 5), clients.map(bad), wrong])}`,
      );
    });
    expect(clients.map(({ closed }) => closed)).toEqual(clients.map(() => null));
    expect(clients.some((client) => client.of("error").some(({ code }) => code === "too_many"))).toBe(false);
    for (const client of clients) client.close();
    await unmoved();
  });

  it("by /ws/state are each answered where they are wrong", { timeout: patience }, async () => {
    const mutator = new MessageMutator(seed + 1);
    const client = await WsClient.open(twin.url, "/ws/state");
    let sent = 0;
    for (let i = 0; i < messages / 10; i++) {
      client.socket.send(mutator.text(stateTemplates));
      client.send({ op: "ping", t: ++sent });
      if (i % 4 === 0) await paced(20);
    }
    await eventually("all pongs", () => client.of("pong").some(({ t }) => t === sent), 30_000);
    expect(client.of("pong").length).toBeGreaterThanOrEqual(sent);
    expect(client.of("error").length).toBeGreaterThan(sent / 3);
    expect(client.closed).toBeNull();
    client.close();
    await unmoved();
  });

  it("by HTTP are each answered, by no 5xx, and move nothing", { timeout: patience }, async () => {
    const mutator = new MessageMutator(seed + 2);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const statuses = new Map<number, number>();
    const faults: string[] = [];
    const count = Math.round(messages / 5);
    let begun = 0;
    const worker = async () => {
      while (begun < count) {
        begun++;
        const { method, path, templates } = mutator.pick(httpTemplates);
        const type = mutator.pick(["application/json", "application/json", "text/yaml", "text/plain", ""]);
        const body = method === "GET" || method === "DELETE" ? "" : mutator.text(templates);
        const at = mutator.below(5) === 0 ? `/${encodeURI(mutator.spoilt(path.slice(1)))}` : path;
        const token = mutator.pick([
          "",
          "",
          "",
          "Bearer",
          "Bearer x",
          "Basic eDp5",
          `Bearer ${"t".repeat(4000)}`,
          "Bearer é",
        ]);
        const headers = {
          ...(type === "" ? {} : { "content-type": type }),
          ...(token === "" ? {} : { authorization: token }),
        };
        const status = await statusOf(agent, method, at, headers, body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        // 503: the twin is not ready, and says so at /readyz.
        if (status === 0 || (status >= 500 && status !== 503))
          faults.push(`${method} ${at} ${type} ${body} → ${status}`);
        // Below 20,000 a minute.
        await paced(30);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    agent.destroy();
    console.log(`HTTP: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
    expect(faults).toEqual([]);
    await unmoved();
  });

  it("by MQTT are each counted, and move nothing", { timeout: patience }, async () => {
    const mutator = new MessageMutator(seed + 3);
    const url = /broker ok: (mqtt:\/\/\S+),/.exec(
      await eventually(
        "the broker's address",
        () => (twin.out + twin.err).match(/broker ok: mqtt:\S+,/)?.[0],
      ),
    )?.[1];
    const mqtt: MqttClient = await connectAsync(String(url));
    const before = await counted();
    const count = Math.round(messages / 5);
    const topics = ["birth", "status", "telemetry", "ack"];
    for (let i = 0; i < count; i++) {
      const device = mutator.pick(["fuzz-a", "fuzz-b", "fuzz-c"]);
      const payload =
        mutator.below(10) === 0
          ? Buffer.from(mutator.text(mqttTemplates), "utf16le")
          : mutator.text(mqttTemplates);
      await mqtt.publishAsync(`twin/v1/${device}/${mutator.pick(topics)}`, payload, { qos: 1 });
      if (i % 20 === 0) await paced(10);
    }
    await mqtt.endAsync();
    const total = await eventually(
      "all are counted",
      async () => {
        const now = (await counted()) - before;
        return now >= count ? now : undefined;
      },
      20_000,
    ).catch(async () => (await counted()) - before);
    console.log(`MQTT: ${count} sent, ${total} counted`);
    expect(total).toBeGreaterThanOrEqual(count);
    await unmoved();
  });
});

/** Kinds whose answer comes later or to all: a request waits for the holder; a stop is told to everybody. */
function isSilent(op: string): boolean {
  return op === "request" || op === "stop";
}

/** Messages of the devices of this test, with whatever result. */
async function counted(): Promise<number> {
  const text = await (await fetch(twin.at("/metrics"))).text();
  const lines = text
    .split("\n")
    .filter((line) => /^twin_source_messages_total\{source="mqtt:(devices|fuzz-)/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

function statusOf(
  agent: Agent,
  method: string,
  path: string,
  given: Record<string, string>,
  body: string,
): Promise<number> {
  return new Promise((resolve) => {
    const headers = { ...given, "content-length": Buffer.byteLength(body) };
    const sent = request({ host: "127.0.0.1", port: twin.port, path, method, headers, agent }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", () => resolve(0));
    sent.end(body);
  });
}
