import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { type AccessRules, denyRequest, isLoopback } from "../../../src/io/server/access.ts";

const local: AccessRules = { loopbackOnly: true, token: null, origins: [] };
const open: AccessRules = { loopbackOnly: false, token: "correct-horse", origins: ["https://panel.example"] };

function status(
  rules: AccessRules,
  headers: Record<string, string>,
  { url = "/api/twin", needsToken = true }: { url?: string; needsToken?: boolean } = {},
): number {
  const request = { headers, url } as unknown as IncomingMessage;
  return denyRequest(request, rules, needsToken)?.status ?? 200;
}

describe("a server on the loopback", () => {
  it("answers those who call it by a name of this machine", () => {
    for (const host of [
      "127.0.0.1:8080",
      "localhost:8080",
      "LOCALHOST",
      "[::1]:8080",
      "127.0.0.2",
      "127.0.0.1",
    ]) {
      expect(status(local, { host }), host).toBe(200);
    }
  });

  it("refuses every other name, which a rebound DNS entry would carry", () => {
    for (const host of [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "evil:127.0.0.1",
      "",
      "192.168.1.5:8080",
      "::1",
      "[::2]",
      "0.0.0.0:8080",
    ]) {
      expect(status(local, { host }), host).toBe(403);
    }
    expect(status(local, {})).toBe(403);
  });

  it("lets its own page connect and no other", () => {
    const host = "127.0.0.1:8080";
    expect(status(local, { host, origin: "http://127.0.0.1:8080" })).toBe(200);
    for (const origin of [
      "http://127.0.0.1:8081",
      "http://evil.example",
      "null",
      "",
      "file://",
      "http://localhost:8080",
      "http://127.0.0.1:8080.evil.example",
      "not a url",
    ]) {
      expect(status(local, { host, origin }), origin).toBe(403);
    }
  });
});

describe("a server open to others", () => {
  const host = "robot.local:8080";

  it("wants its token, in a header or the address, to the letter", () => {
    expect(status(open, { host })).toBe(401);
    expect(status(open, { host, authorization: "Bearer correct-horse" })).toBe(200);
    expect(status(open, { host }, { url: "/api/twin?token=correct-horse" })).toBe(200);
    for (const authorization of [
      "Bearer correct-hors",
      "Bearer correct-horse ",
      "correct-horse",
      "Basic correct-horse",
      "Bearer CORRECT-HORSE",
      "Bearer ",
    ]) {
      expect(status(open, { host, authorization }), authorization).toBe(401);
    }
    expect(status(open, { host }, { url: "/api/twin?token=" })).toBe(401);
    expect(status(open, { host }, { url: "//" })).toBe(401);
  });

  it("gives the page itself without one", () => {
    expect(status(open, { host }, { url: "/", needsToken: false })).toBe(200);
  });

  it("lets pages of named origins connect, with the token", () => {
    const authorization = "Bearer correct-horse";
    expect(status(open, { host, origin: "https://panel.example", authorization })).toBe(200);
    expect(status(open, { host, origin: "https://panel.example" })).toBe(401);
    expect(status(open, { host, origin: "https://panel.example.evil", authorization })).toBe(403);
    expect(status(open, { host, origin: "http://panel.example", authorization })).toBe(403);
  });
});

describe("an address to listen on", () => {
  it("is of the loopback or not", () => {
    for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
      expect(isLoopback(host), host).toBe(true);
    for (const host of ["0.0.0.0", "::", "192.168.0.1", "", "127.0.0.1.evil", "robot.local"])
      expect(isLoopback(host), host).toBe(false);
  });
});
