import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const twin = new TwinProcess();

beforeAll(() => twin.up("--port", "0", "--host", "0.0.0.0"));
afterAll(() => twin.remove());

function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: twin.port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("a server open to others", () => {
  it("makes a token of its own and shows it in the address it prints", () => {
    expect(twin.token?.length).toBeGreaterThanOrEqual(20);
  });

  it("keeps the interface behind it, however the address is spelt", async () => {
    const authorization = `Bearer ${twin.token}`;
    for (const path of [
      "/api/twin",
      "/metrics",
      "/api/events",
      "/api/openapi.json",
      "/api/robots/robot/description",
    ]) {
      expect(await statusOf(path), path).toBe(401);
      expect(await statusOf(path, { authorization }), path).toBe(200);
      expect(await statusOf(`${path}?token=${twin.token}`), path).toBe(200);
      expect(await statusOf(path, { authorization: "Bearer wrong" }), path).toBe(401);
    }
    for (const path of [
      "/%61pi/twin",
      "/a%70i/twin",
      "/api/%74win",
      "/%6detrics",
      "//api/twin",
      "/api//twin",
      "/api/twin/",
      "/API/twin",
      "http://x/api/twin",
      "/./api/twin",
      "/x/../api/twin",
      "/api/twin;x",
      "/api/twin%3f",
    ]) {
      expect([400, 401, 403, 404], path).toContain(await statusOf(path));
    }
  });

  it("answers health and gives the page without it, since they tell nothing of the robot", async () => {
    expect(await statusOf("/healthz")).toBe(200);
    expect([200, 503]).toContain(await statusOf("/"));
  });

  it("opens no WebSocket without it", async () => {
    await expect(WsClient.open(twin.url, "/ws/command")).rejects.toThrow("401");
    await expect(WsClient.open(twin.url, "/ws/state", { authorization: "Bearer wrong" })).rejects.toThrow(
      "401",
    );
    const client = await WsClient.open(twin.url, "/ws/command", { authorization: `Bearer ${twin.token}` });
    await client.acquire();
    client.close();
  });
});
