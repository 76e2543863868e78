import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { carryToRobot } from "../../../../src/app/outlets.ts";
import { SimulatedPeer } from "../../../../src/app/simulated-peer.ts";
import { Engine } from "../../../../src/engine/engine.ts";
import { HistoryFeed } from "../../../../src/engine/history/history-feed.ts";
import { loadDescription } from "../../../../src/engine/robot/robot-description.ts";
import type { HistoryBatch } from "../../../../src/history/history-batch.ts";
import type { HistoryStore } from "../../../../src/io/history/store.ts";
import { StoreQueries } from "../../../../src/io/history/store-queries.ts";
import type { ClientCommandMessage } from "../../../../src/protocol/command-messages.ts";
import type { TwinJson } from "../../../../src/protocol/state-messages.ts";
import { openStore, ownFolder, settleAll } from "./store-at-hand.ts";

const urdf = readFileSync(new URL("../../../../urdf/rover.urdf", import.meta.url), "utf8");
const start = 1_700_000_000_000.125;

/** A driven rover with a device, whose history goes into a store. */
class RecordedTwin {
  readonly engine: Engine;
  readonly peer: SimulatedPeer;
  readonly feed: HistoryFeed;
  store: HistoryStore;
  now = start;
  seq = 0;
  epoch = 0;

  constructor(
    readonly folder: string,
    readonly run: string,
  ) {
    const loaded = loadDescription(urdf);
    if ("fault" in loaded) throw new Error(loaded.fault);
    this.store = openStore(folder, run, start);
    this.engine = new Engine({
      robots: [{ id: "robot", limits: {}, stop: null }],
      emit: (output) => {
        carryToRobot(output, this.peer);
        if (output.kind === "event") this.feed.event(output.event);
        if (output.kind === "reply" && output.message.op === "lease") this.epoch = output.message.epoch;
      },
      runName: "run",
      version: "0",
    });
    this.peer = new SimulatedPeer(
      { robot: "robot", urdf, model: loaded.model, base: "diff_drive" },
      this.engine.inbox,
    );
    this.feed = new HistoryFeed({
      graph: this.engine.graph,
      samples: this.engine.samples,
      rules: [],
      post: (batch: HistoryBatch) => this.store.write(batch, this.now),
    });
    this.peer.start(start);
  }

  /** `stepped`: whether the robot goes on, too. */
  cycle(stepped = true): void {
    this.now += 10;
    if (stepped) this.peer.step(this.now);
    this.engine.cycle(this.now);
    this.feed.step(this.now);
  }

  say(message: Omit<ClientCommandMessage, "id">): void {
    this.engine.inbox.push("client:1", this.now, {
      kind: "client",
      session: "1",
      name: "somebody",
      message: { id: ++this.seq, ...message } as ClientCommandMessage,
    });
  }

  device(message: object, source = "mqtt:lamp"): void {
    // Between two cycles, as it happens.
    this.engine.inbox.push(source, this.now + 5, {
      kind: "device",
      profile: "native",
      message: { device: "lamp", ...message } as never,
      retained: false,
    });
  }
}

/** A graph without what a moment cannot have: empty properties, and the revision, of which a mark a second is kept. */
function comparable(twin: TwinJson): unknown {
  const things = Object.entries(twin.things).map(([id, thing]) => {
    const properties = Object.entries(thing.properties).filter(
      ([, property]) => Object.keys(property).length > 1,
    );
    return [id, { ...thing, properties: Object.fromEntries(properties) }];
  });
  return JSON.parse(JSON.stringify(Object.fromEntries(things)));
}

describe("the graph of a moment", () => {
  it("is the graph that there was, to the sample: values, stamps, qualities, progress, things", {
    timeout: 60_000,
  }, () => {
    const twin = new RecordedTwin(ownFolder(), "first");
    const moments: { at: number; graph: unknown }[] = [];
    for (let i = 0; i < 1500; i++) {
      if (i === 20) twin.say({ op: "acquire", robot: "robot", holder: "test" } as never);
      if (i === 40) {
        const command = { kind: "jointPosition", positions: { elbow: -0.5, wrist_1: 0.3 } };
        const { epoch, now } = twin;
        twin.say({ op: "command", robot: "robot", epoch, seq: 1, issued: now, ttlMs: 500, command } as never);
      }
      if (i === 100) {
        const signals = { level: { unit: "V", type: "number" }, lit: { unit: "", type: "boolean" } };
        twin.device({ kind: "birth", birth: { firmware: "1", boot: 1, signals } });
      }
      if (i > 100 && i % 7 === 0 && i < 900) {
        const telemetry = { boot: 1, n: i, stamp: null, signals: { level: i / 7, lit: i % 2 === 0 } };
        twin.device({ kind: "telemetry", telemetry });
      }
      if (i === 600) twin.say({ op: "stop", robot: "robot" } as never);
      // The robot falls silent for a second: its values grow stale.
      twin.cycle(i < 700 || i > 800);
      if (i === 1000) settleAll(twin.store);
      if (i % 25 === 3 && i > 10) moments.push({ at: twin.now, graph: comparable(twin.engine.twinJson()) });
    }
    twin.feed.step(twin.now + 1000);
    settleAll(twin.store);
    const stale = moments.some(({ graph }) => JSON.stringify(graph).includes('"stale"'));
    const reached = moments.some(({ graph }) =>
      /"state":"(?:reached|accepted|sent)"/.test(JSON.stringify(graph)),
    );
    expect({ stale, reached, devices: JSON.stringify(moments.at(-1)).includes("device/lamp") }).toEqual({
      stale: true,
      reached: true,
      devices: true,
    });
    const check = (store: HistoryStore): void => {
      const queries = new StoreQueries(store);
      // Backwards and crosswise: no moment may depend on the one before.
      const order = [...moments.keys()].sort((a, b) => ((a * 17) % 59) - ((b * 17) % 59));
      for (const i of order) {
        const { at, graph } = moments[i] as { at: number; graph: unknown };
        expect(comparable(JSON.parse(queries.twinAt(at, "arrival")))).toEqual(graph);
      }
    };
    check(twin.store);
    // Of a store that was killed, and of one that was closed.
    twin.store.abandon();
    const second = openStore(twin.folder, "second", twin.now + 60_000);
    check(second);
    second.close(twin.now + 61_000);
    const third = openStore(twin.folder, "third", twin.now + 70_000);
    check(third);
    third.close(twin.now + 71_000);
  });
});
