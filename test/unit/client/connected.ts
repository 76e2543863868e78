import type { ConnectOptions, Lease, Robot, Twin } from "../../../src/client/api.ts";
import { openTwin } from "../../../src/client/open-twin.ts";
import { openStateFrame, stateFrameBytes } from "../../../src/protocol/state-frame.ts";
import type { LayoutColumn } from "../../../src/protocol/state-messages.ts";
import { FakePlatform, type FakeSocket } from "./fake-platform.ts";

/** Server time at platform time 1000, and the fixed distance between the two clocks. */
export const serverStartMs = 1_700_000_000_000;
export const offsetMs = serverStartMs - 1000;

const register = (value: unknown, received = serverStartMs) => ({
  value,
  received,
  quality: "good",
  source: "sim",
});

export const things = {
  arm: {
    type: "robot",
    definition: { name: "arm" },
    relationships: [],
    properties: {
      "joint/elbow/position": { unit: "rad", reported: register(0.1) },
      "battery/percentage": { unit: "", reported: register(0.8) },
    },
  },
  "arm/joint/elbow": { type: "joint", definition: { type: "revolute" }, relationships: [], properties: {} },
  "arm/joint/mount": { type: "joint", definition: { type: "fixed" }, relationships: [], properties: {} },
  "device/gripper": {
    type: "device",
    definition: {},
    relationships: [],
    properties: { "device/gripper/force": { unit: "N", reported: register(2.5) } },
  },
};

export function statusOf(more: Record<string, unknown> = {}, time = serverStartMs) {
  const can = { jointPosition: true, jointVelocity: true, twist: true };
  const control = [{ robot: "arm", lease: null, stopped: null, can, ...more }];
  return { op: "status", time, revision: 1, clients: 1, sources: [], control };
}

const column = (path: string, component = 0): LayoutColumn => ({
  robot: "arm",
  facet: "reported",
  path,
  component,
});

export const columns: LayoutColumn[] = [
  column("joint/elbow/position"),
  column("joint/elbow/velocity"),
  ...[0, 1, 2, 3, 4, 5, 6].map((component) => column("base/pose", component)),
];

export type FrameColumns = { values: number[]; ages?: number[]; qualities?: number[] };

/** A frame of `columns` as bytes; what is not given is 0, fresh and good. */
export function frameBytes(time: number, { values, ages = [], qualities = [] }: FrameColumns): ArrayBuffer {
  const buffer = new ArrayBuffer(stateFrameBytes(columns.length));
  const frame = openStateFrame(buffer, 1, columns.length, 1, time);
  frame.values.set(values);
  frame.agesMs.set(ages);
  frame.qualityCodes.set(qualities);
  return buffer;
}

export type Connected = {
  platform: FakePlatform;
  twin: Twin;
  robot: Robot;
  state: FakeSocket;
  command: FakeSocket;
};

/** Answers the pings that a socket sent, without a delay: the clocks are then known exactly. */
export function answerPings(socket: FakeSocket): void {
  for (const { t } of socket.of("ping")) socket.says({ op: "pong", t, serverTime: Number(t) + offsetMs });
}

/** What the server says at the begin of a connection. */
export function welcome(platform: FakePlatform): void {
  const serverTime = platform.nowMs + offsetMs;
  for (const socket of [platform.socket("ws/state"), platform.socket("ws/command")]) {
    socket.open();
    socket.says({ op: "hello", session: "client-1", serverTime, version: "0" });
    answerPings(socket);
  }
  const state = platform.socket("ws/state");
  state.says(statusOf({}, serverTime));
  state.says({ op: "snapshot", revision: 1, twin: { revision: 1, time: serverTime, things } });
  state.says({ op: "layout", layout: 1, columns });
}

/** A twin that is connected to a server of one robot, `arm`. */
export async function connected(options: ConnectOptions = { holder: "Ada" }): Promise<Connected> {
  const platform = new FakePlatform();
  const opening = openTwin({ base: "http://twin.test/", token: null }, options, platform);
  welcome(platform);
  platform.advance(10);
  const twin = await opening;
  const [state, command] = [platform.socket("ws/state"), platform.socket("ws/command")];
  return { platform, twin, robot: twin.robot("arm"), state, command };
}

/** The server's grant of the request that was sent last. */
export function grant({ platform, command }: Connected, epoch = 3, more: object = {}): void {
  const serverTime = platform.nowMs + offsetMs;
  const id = command.lastId("acquire");
  command.says({ op: "lease", id, robot: "arm", epoch, ttlMs: 3000, serverTime, ...more });
}

/** A twin that holds the lease of `arm`. */
export async function leased(): Promise<Connected & { lease: Lease }> {
  const all = await connected();
  const acquiring = all.robot.acquire();
  grant(all);
  return { ...all, lease: await acquiring };
}

/** A result of the server for command `id`. */
export function result(
  command: FakeSocket,
  id: string | number,
  stage: string,
  code = "ok",
  more = {},
): void {
  command.says({ op: "result", id, stage, code, message: `${stage} ${code}`, ...more });
}

/** How a promise ends that must have ended by now: its value, or the code of its error. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  const open = Symbol("open");
  const settled = promise.then(
    (value) => value,
    (error: { code?: unknown }) => error.code ?? error,
  );
  const first = await Promise.race([settled, new Promise((resolve) => setImmediate(() => resolve(open)))]);
  return first === open ? "open" : first;
}
