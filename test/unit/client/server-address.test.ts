import { describe, expect, it } from "vitest";
import { readAddress, socketUrl } from "../../../src/client/server-address.ts";

describe("an address of a twin", () => {
  it.each([
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"],
    ["127.0.0.1:8080", "http://127.0.0.1:8080/"],
    ["localhost:8080", "http://localhost:8080/"],
    ["robot.local", "http://robot.local/"],
    ["[::1]:8080", "http://[::1]:8080/"],
    ["ws://robot:8080/", "http://robot:8080/"],
    ["wss://example.org/robot", "https://example.org/robot/"],
    ["https://example.org/robot/", "https://example.org/robot/"],
    ["https://example.org/a/b/?x=1#y", "https://example.org/a/b/"],
    ["ws://robot:8080/ws/state", "http://robot:8080/"],
    ["wss://example.org/robot/ws/command", "https://example.org/robot/"],
  ])("may be %s", (text, base) => {
    expect(readAddress(text, null)).toEqual({ base, token: null });
  });

  it.each(["", "http://", "ftp://robot/", "http://ada:secret@robot/", "a b"])("is not %j", (text) => {
    expect(readAddress(text, null)).toBeNull();
  });

  it("may carry the token, as the server prints it; the option goes before it", () => {
    expect(readAddress("http://robot:8080/#token=abc", null)?.token).toBe("abc");
    expect(readAddress("http://robot:8080/?token=a%20b", null)?.token).toBe("a b");
    expect(readAddress("http://robot:8080/#token=abc", "other")?.token).toBe("other");
  });

  it("leads to the sockets below its path, by TLS where the page has it", () => {
    const address = { base: "https://example.org/robot/", token: "a&b" };
    expect(socketUrl(address, "ws/state")).toBe("wss://example.org/robot/ws/state?token=a%26b");
    expect(socketUrl({ base: "http://robot/", token: null }, "ws/command")).toBe("ws://robot/ws/command");
  });
});
