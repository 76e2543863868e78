import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handedOver } from "../../src/app/scene-hand-over.ts";
import { SceneKeeper } from "../../src/app/scene-keeper.ts";
import { sceneMisfit } from "../../src/app/scene-misfit.ts";
import { ServedEngine } from "../../src/app/served-engine.ts";
import { SceneFile } from "../../src/io/scene-file.ts";
import { TokenBook } from "../../src/io/server/token-book.ts";
import { sceneItem } from "../../src/protocol/scene.ts";
import { eventually } from "../support/eventually.ts";

const folder = mkdtempSync(join(tmpdir(), "scene-"));
const roots = { packages: {}, prefixes: [], models: [], besides: null };
const table = sceneItem.parse({ id: "table", shape: "box", size: [1, 1, 0.1] });
const keeper = new SceneKeeper({
  configured: [table],
  file: new SceneFile(join(folder, "scene.json")),
  push: (input) => served.engine.inbox.push("scene", served.now(), input),
  hullOf: async (uri) => ({ fault: `mesh "${uri}": not here` }),
  meshRoots: () => roots,
  handedOver: (item, target) => handedOver(served.engine.robots, item, target, served.now()),
  misfit: (item) => sceneMisfit(served.engine.robots, item),
  warn: () => undefined,
});
const served: ServedEngine = new ServedEngine({
  engine: { robots: [{ id: "arm", limits: {}, stop: null }], runName: "run" },
  outside: {
    robots: new Map(),
    devices: { send: () => ({ code: "no_broker", message: "there is no broker" }) },
    stopMemory: { remember: () => undefined },
    onEvent: () => undefined,
  },
  cycleHz: 100,
  host: "127.0.0.1",
  port: 0,
  rules: { loopbackOnly: true, tokens: new TokenBook(null, [], Date.now), origins: [], publicUrl: null },
  meshRoots: () => roots,
  scene: keeper,
});
let base = "";

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const thing = async (id: string) => (await call("GET", `/api/things/scene/${id}`)).status;

beforeAll(async () => {
  base = `http://127.0.0.1:${await served.listen()}`;
  served.start();
  keeper.start();
});
afterAll(async () => {
  served.endCycles();
  await served.close();
  rmSync(folder, { recursive: true });
});

describe("/api/scene", () => {
  it("has the objects of twin.yaml, which are things of the twin", async () => {
    const { body } = await call("GET", "/api/scene");
    expect(body).toEqual({
      objects: [{ ...table, origin: "config" }],
    });
    await eventually("the table in the twin", async () => (await thing("table")) === 200);
  });

  it("takes, changes and removes one object", async () => {
    const ball = { shape: "sphere", radius: 0.1, pose: { position: [1, 0, 0], rpy: [0, 0, 1] } };
    const { status, body } = await call("PUT", "/api/scene/ball", ball);
    expect(status).toBe(200);
    expect(body.objects).toMatchObject([{ id: "table" }, { id: "ball", radius: 0.1, origin: "api" }]);
    await eventually("the ball in the twin", async () => (await thing("ball")) === 200);
    expect((await call("GET", "/api/scene/ball")).body).toMatchObject({
      pose: { quaternion: [0, 0, Math.sin(0.5), Math.cos(0.5)] },
    });
    expect((await call("DELETE", "/api/scene/ball")).status).toBe(200);
    await eventually("it to be gone", async () => (await thing("ball")) === 404);
    expect((await call("GET", "/api/scene/ball")).status).toBe(404);
  });

  it("takes back an answer of GET that was edited", async () => {
    const { body } = await call("GET", "/api/scene");
    const objects = [...(body.objects as object[]), { id: "zone", shape: "keepout", of: "plane" }];
    expect((await call("PUT", "/api/scene", { objects })).status).toBe(200);
    const after = await call("GET", "/api/scene");
    expect((await call("PUT", "/api/scene", after.body)).body).toEqual(after.body);
    expect(after.body.objects).toMatchObject([{ id: "table" }, { id: "zone", of: "plane" }]);
    expect((await call("PUT", "/api/scene", { objects: [] })).body.objects).toHaveLength(1);
  });

  it("takes a DELETE that names JSON as its type, and has no body", async () => {
    await call("PUT", "/api/scene/ball", { shape: "sphere", radius: 0.1 });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${base}/api/scene/ball`, { method: "DELETE", headers });
    expect(answer.status).toBe(200);
    // What needs a body says so itself.
    const put = await fetch(`${base}/api/scene/ball`, { method: "PUT", headers });
    expect(put.status).toBe(400);
    const broken = await fetch(`${base}/api/scene/ball`, { method: "PUT", headers, body: "{" });
    expect(broken.status).toBe(400);
  });

  const wrong: [string, string, unknown, number, string][] = [
    ["PUT", "/api/scene", [], 400, "the body must be"],
    ["PUT", "/api/scene", { objects: [{ id: "a" }] }, 400, "0.shape"],
    ["PUT", "/api/scene", { objects: [7] }, 400, "0: "],
    ["PUT", "/api/scene/a", { shape: "box" }, 400, "size: a box needs this key"],
    ["PUT", "/api/scene/a", { shape: "sphere", radius: -1 }, 400, "radius: more than 0 m"],
    [
      "PUT",
      "/api/scene/a",
      { shape: "sphere", radius: 1, size: [1, 1, 1] },
      400,
      "size: a sphere does not have",
    ],
    ["PUT", "/api/scene/a", { shape: "plane", attach: "tool" }, 400, "attach: a plane cannot be attached"],
    ["PUT", "/api/scene/a", { shape: "sphere", radius: 1, mass: 1 }, 400, "mass: only an attached object"],
    ["PUT", "/api/scene/a", { shape: "keepout", radius: 1 }, 400, "of: a keep-out area needs the shape"],
    ["PUT", "/api/scene/a", { shape: "box", size: [1, 1, 1], colour: "red" }, 400, "colour"],
    ["PUT", "/api/scene/a", { shape: "mesh", mesh: "package://p/x.stl" }, 400, "x.stl"],
    ["PUT", "/api/scene/a b", { shape: "sphere", radius: 1 }, 400, "id: "],
    ["PUT", "/api/scene/table", { shape: "sphere", radius: 1 }, 409, "twin.yaml"],
    ["DELETE", "/api/scene/table", undefined, 409, "twin.yaml"],
    ["DELETE", "/api/scene/none", undefined, 404, "none"],
  ];
  it.each(wrong)("%s %s of %j is refused with %i: %s", async (method, path, given, status, text) => {
    const answer = await call(method, path, given);
    expect(answer.status).toBe(status);
    expect(String(answer.body.error)).toContain(text);
    expect((await call("GET", "/api/scene")).body.objects).toHaveLength(1);
  });
});
