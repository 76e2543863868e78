import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import {
  type AccessRules,
  type Asked,
  clientAddress,
  denyRequest,
  isLoopback,
  publicPath,
  withoutPrefix,
} from "../../../src/io/server/access.ts";
import { TokenBook } from "../../../src/io/server/token-book.ts";

const local: AccessRules = {
  loopbackOnly: true,
  tokens: new TokenBook(null, [], Date.now),
  origins: [],
  publicUrl: null,
};
const open: AccessRules = {
  loopbackOnly: false,
  tokens: new TokenBook("correct-horse", [], Date.now),
  origins: ["https://panel.example"],
  publicUrl: null,
};

function status(
  rules: AccessRules,
  headers: Record<string, string>,
  { url = "/api/twin", asked = "interface" }: { url?: string; asked?: Asked } = {},
): number {
  const request = { headers, url, socket: {} } as unknown as IncomingMessage;
  return denyRequest(request, rules, asked)?.status ?? 200;
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
    expect(status(open, { host }, { url: "/", asked: "page" })).toBe(200);
  });

  it("lets pages of named origins connect, with the token", () => {
    const authorization = "Bearer correct-horse";
    expect(status(open, { host, origin: "https://panel.example", authorization })).toBe(200);
    expect(status(open, { host, origin: "https://panel.example" })).toBe(401);
    expect(status(open, { host, origin: "https://panel.example.evil", authorization })).toBe(403);
    expect(status(open, { host, origin: "http://panel.example", authorization })).toBe(403);
  });
});

describe("a server behind a reverse proxy", () => {
  const proxied: AccessRules = { ...local, publicUrl: "https://example.org/robot/" };
  const origin = "https://example.org";

  it("takes the public origin with a rewritten and with a kept Host", () => {
    for (const host of ["127.0.0.1:8080", "example.org", "EXAMPLE.org:443"]) {
      expect(status(proxied, { host, origin }), host).toBe(200);
      expect(status(proxied, { host }), host).toBe(200);
    }
  });

  it("takes an origin of server.origins with a kept Host, too", () => {
    const named: AccessRules = { ...local, origins: ["https://example.org"] };
    expect(status(named, { host: "example.org", origin })).toBe(200);
    expect(status(named, { host: "127.0.0.1:8080", origin })).toBe(200);
  });

  it("takes no other origin and no other Host", () => {
    expect(status(proxied, { host: "127.0.0.1:8080", origin: "http://example.org" })).toBe(403);
    expect(status(proxied, { host: "127.0.0.1:8080", origin: "https://example.org.evil" })).toBe(403);
    expect(status(proxied, { host: "evil.example", origin })).toBe(403);
  });

  it("gives the page's files to a page of any origin, so that it can say what is wrong", () => {
    const headers = { host: "127.0.0.1:8080", origin: "https://nowhere.example" };
    expect(status(local, headers, { url: "/assets/a.js", asked: "file" })).toBe(200);
    expect(status(local, headers, { url: "/", asked: "page" })).toBe(403);
    const denial = denyRequest(
      { headers, url: "/api/twin", socket: {} } as unknown as IncomingMessage,
      local,
      "interface",
    );
    expect(denial?.reason).toContain(
      "set server.publicUrl to the address of the page, as https://nowhere.example/",
    );
  });

  it("takes its own path off the addresses that a proxy passes on whole", () => {
    const prefix = publicPath("https://example.org/robot/");
    expect(prefix).toBe("/robot");
    const made = ["/robot/api/twin", "/robot", "/robot?x=1", "/robots/api", "/api/twin"].map((address) =>
      withoutPrefix(address, prefix),
    );
    expect(made).toEqual(["/api/twin", "/", "/?x=1", "/robots/api", "/api/twin"]);
    expect(withoutPrefix("/api/twin", publicPath("https://example.org"))).toBe("/api/twin");
  });

  it("names a client as the proxy does, and believes nobody else", () => {
    const request = (remoteAddress: string) =>
      ({
        headers: { "x-forwarded-for": "6.6.6.6, 192.168.1.20" },
        socket: { remoteAddress },
      }) as unknown as IncomingMessage;
    expect(clientAddress(request("127.0.0.1"), proxied)).toBe("192.168.1.20");
    expect(clientAddress(request("::ffff:127.0.0.1"), proxied)).toBe("192.168.1.20");
    expect(clientAddress(request("10.0.0.9"), proxied)).toBe("10.0.0.9");
    expect(clientAddress(request("127.0.0.1"), local)).toBe("127.0.0.1");
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
