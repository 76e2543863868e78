import { describe, expect, it } from "vitest";
import { openGrant, TokenBook, tokenHash } from "../../../../src/io/server/token-book.ts";

const entry = (name: string, role: "viewer" | "operator" | "admin", token: string) => ({
  name,
  role,
  sha256: tokenHash(token),
});
const long = "a-token-that-nobody-can-guess";

describe("the tokens of a server", () => {
  it("are not asked for where there are none", () => {
    const book = new TokenBook(null, [], () => 0);
    expect(book.isOpen).toBe(true);
    expect(book.find("", "here")).toBe(openGrant);
    expect(book.find("anything", "here")).toBe(openGrant);
  });

  it("name who comes, with the role", () => {
    const book = new TokenBook("start-token", [entry("eva", "operator", "evas-token")], () => 0);
    book.setFile([entry("screen", "viewer", "screens-token")]);
    expect(book.find("evas-token", "a")).toEqual({ name: "eva", role: "operator" });
    expect(book.find("screens-token", "a")).toEqual({ name: "screen", role: "viewer" });
    expect(book.find("start-token", "a")).toEqual({ name: null, role: "admin" });
    for (const wrong of ["", "evas-toke", "evas-tokens", "EVAS-TOKEN", tokenHash("evas-token")]) {
      expect(book.find(wrong, "a")).toBe("wrong");
    }
  });

  it("are asked for as long as there is a file, an empty one too: removing the last opens nothing", () => {
    const book = new TokenBook(null, [], () => 0);
    book.setFile([]);
    expect(book.isOpen).toBe(false);
    expect(book.find("", "here")).toBe("wrong");
    expect(book.holds(openGrant)).toBe(false);
    book.setFile(null);
    expect(book.find("", "here")).toBe(openGrant);
  });

  it("end the connections of a token that went or changed its role, and leave the others", () => {
    const book = new TokenBook("start-token", [], () => 0);
    book.setFile([entry("eva", "operator", "evas-token"), entry("tom", "operator", "toms-token")]);
    const eva = book.find("evas-token", "a");
    const tom = book.find("toms-token", "a");
    const start = book.find("start-token", "a");
    if (typeof eva === "string" || typeof tom === "string" || typeof start === "string") {
      throw new Error("a token was refused");
    }
    let changes = 0;
    book.onChange(() => changes++);
    book.setFile([entry("eva", "viewer", "evas-token"), entry("tom", "operator", "toms-token")]);
    expect(changes).toBe(1);
    expect([eva, tom, start].map((grant) => book.holds(grant))).toEqual([false, true, true]);
    book.setFile([]);
    expect([eva, tom, start].map((grant) => book.holds(grant))).toEqual([false, false, true]);
  });

  it("cannot be guessed from one address: short ones are refused after 30 wrong ones, for a minute", () => {
    let now = 0;
    const book = new TokenBook("short-one", [entry("eva", "admin", long)], () => now);
    for (let i = 0; i < 30; i++) expect(book.find(`guess-${i}`, "thief")).toBe("wrong");
    expect(book.find("short-one", "thief")).toBe("throttled");
    // A stop by somebody behind the same address passes.
    expect(book.find(long, "thief")).toEqual({ name: "eva", role: "admin" });
    expect(book.find("short-one", "other")).toEqual({ name: null, role: "admin" });
    now = 61_000;
    expect(book.find("short-one", "thief")).toEqual({ name: null, role: "admin" });
    // A missing token is no guess.
    for (let i = 0; i < 100; i++) book.find("", "page");
    expect(book.find("short-one", "page")).toEqual({ name: null, role: "admin" });
  });
});
