import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccess } from "../../src/app/access-rules.ts";
import { ServedEngine } from "../../src/app/served-engine.ts";
import { configSchema } from "../../src/io/config/config-schema.ts";
import { tokenHash } from "../../src/io/server/token-book.ts";
import { tokenFilePath, writeTokenFile } from "../../src/io/token-file.ts";
import { makeCertificates } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { WsClient } from "../support/ws-client.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-access-"));
const of = { viewer: "viewers-token", operator: "operators-token", admin: "admins-token" };
const added = "a-token-that-came-later";
const hers = { name: "late", role: "operator" as const, sha256: tokenHash(added) };
let served: ServedEngine;
let url = "";
const ends: (() => unknown)[] = [];

function serve(server: object): ServedEngine {
  const config = configSchema.parse({ server });
  const access = openAccess({
    server: config.server,
    configPath: join(folder, "twin.yaml"),
    directory: folder,
    now: Date.now,
    warn: () => undefined,
  });
  ends.push(() => access.close());
  const engine = new ServedEngine({
    engine: { robots: [{ id: "robot", limits: {}, stop: null }], runName: "test" },
    outside: {
      robots: new Map(),
      devices: { send: () => null },
      stopMemory: { remember: () => undefined },
      onEvent: () => undefined,
    },
    cycleHz: 100,
    host: "127.0.0.1",
    port: 0,
    rules: { loopbackOnly: true, tokens: access.tokens, origins: [], publicUrl: null },
    ...(access.tls === undefined ? {} : { tls: access.tls }),
    meshRoots: () => ({ packages: {}, prefixes: [], models: [], besides: null }),
  });
  ends.push(async () => {
    engine.endCycles();
    await engine.close();
  });
  engine.start();
  return engine;
}

beforeAll(async () => {
  writeFileSync(join(folder, "admin-token"), `${of.admin}\n`);
  served = serve({
    tokens: [
      { name: "screen", role: "viewer", token: of.viewer },
      { name: "eva", role: "operator", token: of.operator },
      { name: "boss", role: "admin", tokenFile: "admin-token" },
    ],
  });
  url = `http://127.0.0.1:${await served.listen()}`;
});

afterAll(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

const open = (token: string) => WsClient.open(url, "/ws/command", { authorization: `Bearer ${token}` });

async function status(method: string, path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = method === "POST" ? { body: JSON.stringify({ robot: "robot" }) } : {};
  return (await fetch(`${url}${path}`, { method, headers, ...body })).status;
}

describe("a server with tokens of three roles", () => {
  it("lets a viewer read and stop, and nothing else", async () => {
    expect(await status("GET", "/api/twin", of.viewer)).toBe(200);
    const viewer = await open(of.viewer);
    viewer.send({ op: "acquire", id: 1, robot: "robot" });
    expect(await viewer.next("error", { id: 1 })).toMatchObject({
      code: "forbidden",
      message: 'the token "screen" has the role viewer: this needs operator',
    });
    const command = { kind: "jointPosition", positions: { a: 1 } };
    viewer.send({
      op: "command",
      id: 2,
      robot: "robot",
      epoch: 1,
      seq: 1,
      issued: Date.now(),
      ttlMs: 500,
      command,
    });
    expect(await viewer.next("result", { id: 2 })).toMatchObject({ stage: "refused", code: "forbidden" });
    viewer.send({ op: "reset", id: 3, robot: "robot" });
    expect(await viewer.next("error", { id: 3 })).toMatchObject({ code: "forbidden" });
    viewer.send({ op: "stop", robot: "robot", holder: "somebody else" });
    // Nobody stops in another's name.
    expect(await viewer.next("stopped")).toMatchObject({ by: "screen" });
    expect(await status("POST", "/api/stop", of.viewer)).toBe(200);
    const eva = await open(of.operator);
    eva.send({ op: "reset", id: 1, robot: "robot" });
    await eva.next("reset", { id: 1 });
    viewer.socket.close();
    eva.socket.close();
  });

  it("keeps taking over for an admin, and names people by their tokens", async () => {
    const eva = await open(of.operator);
    const boss = await open(of.admin);
    boss.send({ op: "acquire", id: 1, robot: "robot", holder: "eva" });
    expect(await boss.next("lease", { id: 1 })).toBeDefined();
    eva.send({ op: "acquire", id: 1, robot: "robot" });
    expect(await eva.next("error", { id: 1 })).toMatchObject({ code: "lease_held", holder: "boss" });
    eva.send({ op: "acquire", id: 2, robot: "robot", force: true });
    expect(await eva.next("error", { id: 2 })).toMatchObject({ code: "forbidden" });
    eva.socket.close();
    boss.socket.close();
  });

  it("refuses wrong tokens by 401, and after many of them by 429", async () => {
    expect(await status("GET", "/api/twin", "")).toBe(401);
    for (let i = 0; i < 30; i++) expect(await status("GET", "/api/twin", `guess-${i}`)).toBe(401);
    expect(await status("GET", "/api/twin", "guess-31")).toBe(429);
  });

  it("takes a token that is added while it runs, and ends its connections when it is removed", async () => {
    const path = tokenFilePath(folder);
    writeTokenFile(path, [hers]);
    await eventually("the new token opens", async () => (await status("GET", "/api/twin", added)) === 200);
    const late = await open(added);
    writeTokenFile(path, []);
    await eventually("the connection ends", () => late.closed !== null);
    expect(await status("GET", "/api/twin", added)).not.toBe(200);
  });
});

describe("a server with a certificate", () => {
  it("speaks HTTPS, and takes a renewed certificate without a restart", async () => {
    const made = makeCertificates(folder);
    const cert = join(folder, "server.crt");
    const key = join(folder, "server.key");
    cpSync(made.brokerCert, cert);
    cpSync(made.brokerKey, key);
    const secure = serve({ tls: { cert: "server.crt", key: "server.key" }, tokens: [] });
    const port = await secure.listen();
    const get = (): Promise<{ code: number; serial: string }> =>
      new Promise((resolve, reject) => {
        const options = {
          host: "127.0.0.1",
          port,
          path: "/healthz",
          rejectUnauthorized: false,
          agent: false,
        };
        const asked = request(options, (answer) => {
          const { serialNumber } = (answer.socket as import("node:tls").TLSSocket).getPeerCertificate();
          answer.resume();
          resolve({ code: answer.statusCode ?? 0, serial: serialNumber });
        });
        asked.on("error", reject).end();
      });
    const first = await get();
    expect(first.code).toBe(200);
    const renewed = makeCertificates(mkdtempSync(join(folder, "renewed-")));
    cpSync(renewed.brokerKey, key);
    cpSync(renewed.brokerCert, cert);
    await eventually(
      "the new certificate is used",
      async () => (await get()).serial !== first.serial,
      20_000,
    );
  });

  it("does not start with a key of another certificate, or without its file, and says which", () => {
    const made = makeCertificates(folder);
    cpSync(made.clientKey, join(folder, "other.key"));
    cpSync(made.brokerCert, join(folder, "own.crt"));
    expect(() => serve({ tls: { cert: "own.crt", key: "other.key" } })).toThrow(
      /other\.key is not the key of/,
    );
    expect(() => serve({ tls: { cert: "own.crt", key: "gone.key" } })).toThrow(
      /server\.tls\.key: .*gone\.key: there is no such file/,
    );
  });
});
