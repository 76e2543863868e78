import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { toLayoutJson } from "../../../../src/viewer/layout/layout.ts";
import {
  layoutFile,
  layoutLink,
  readLayoutFile,
  readLayoutLink,
} from "../../../../src/viewer/layout/layout-text.ts";
import { panels, someLayout } from "./some-layout.ts";

const named = { name: "Prüfstand 1 – vorn", layout: someLayout };
const packed = (value: unknown) => `1.${deflateRawSync(JSON.stringify(value)).toString("base64url")}`;

describe("a layout in a link", () => {
  it("comes back as it was, in a few hundred letters that need no escape", async () => {
    const text = await layoutLink(named);
    expect(await readLayoutLink(text, panels)).toEqual({ ok: true, value: named });
    expect(text).toMatch(/^1\.[\w-]+$/);
    expect(text.length).toBeLessThan(500);
  });

  it("is what any deflate writes", async () => {
    const text = packed([named.name, toLayoutJson(someLayout)]);
    expect(await readLayoutLink(text, panels)).toEqual({ ok: true, value: named });
  });

  it("is refused where it is cut off, changed or none at all", async () => {
    const text = await layoutLink(named);
    for (let length = 0; length < text.length; length += 7) {
      expect((await readLayoutLink(text.slice(0, length), panels)).ok, `${length}`).toBe(false);
    }
    for (const bad of ["1.", "x", "1.%00", "1.AAAA", `1.${"A".repeat(9000)}`, "constructor", "1.é"]) {
      expect(await readLayoutLink(bad, panels)).toMatchObject({ ok: false });
    }
    for (const value of [
      null,
      [],
      ["a"],
      [1, toLayoutJson(someLayout)],
      ["a", {}],
      { name: "a" },
      ["a", null, 1],
    ]) {
      expect(await readLayoutLink(packed(value), panels), JSON.stringify(value)).toMatchObject({ ok: false });
    }
  });

  it("is refused where it is of another version, by its number", async () => {
    expect(await readLayoutLink("2.AAAA", panels)).toMatchObject({
      ok: false,
      reason: "it has version 2, and this page reads version 1",
    });
  });

  it("is not unpacked to any size", async () => {
    const bomb = `1.${deflateRawSync(" ".repeat(5_000_000)).toString("base64url")}`;
    expect(bomb.length).toBeLessThan(8000);
    expect(await readLayoutLink(bomb, panels)).toMatchObject({ ok: false });
  });
});

describe("a layout in a file", () => {
  it("comes back as it was", () => {
    expect(readLayoutFile(layoutFile(named), panels)).toEqual({ ok: true, value: named });
  });

  it("is refused where it is no layout, of another version or has more in it", () => {
    const reasonOf = (value: unknown) => {
      const read = readLayoutFile(typeof value === "string" ? value : JSON.stringify(value), panels);
      return read.ok ? null : read.reason;
    };
    const file = JSON.parse(layoutFile(named)) as Record<string, unknown>;
    for (const value of ["", "{", "[]", "null", { layout: {} }, { ...file, format: "another" }]) {
      expect(reasonOf(value)).toBe("the file is not a layout of twinbridge");
    }
    expect(reasonOf({ ...file, version: 9 })).toBe("it has version 9, and this page reads version 1");
    expect(reasonOf({ ...file, run: "x" })).toBe("“run” is not known here");
    expect(reasonOf({ ...file, name: "" })).toBe("its name is empty or too long");
    expect(reasonOf(" ".repeat(70_000))).toBe("the file is too long for a layout");
  });
});
