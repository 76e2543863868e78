import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { replaceFile } from "../../../src/io/replace-file.ts";

describe("a file that is replaced", () => {
  const folder = mkdtempSync(join(tmpdir(), "twin-replace-"));
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made with its folder, then replaced as a whole, and leaves nothing beside it", () => {
    const path = join(folder, "state", "file.json");
    replaceFile(path, "a long first text");
    replaceFile(path, "short");
    expect(readFileSync(path, "utf8")).toBe("short");
    expect(readdirSync(join(folder, "state"))).toEqual(["file.json"]);
  });

  it("is its owner's alone where it is private, also where one was left behind that others could read", () => {
    const path = join(folder, "private", "tokens.json");
    replaceFile(path, "1", true);
    expect([modeOf(path), modeOf(join(folder, "private"))]).toEqual([0o600, 0o700]);
    writeFileSync(`${path}.new`, "left behind", { mode: 0o644 });
    replaceFile(path, "2", true);
    expect([readFileSync(path, "utf8"), modeOf(path)]).toEqual(["2", 0o600]);
  });

  it("stays as it was where the new one cannot be written", () => {
    const path = join(folder, "busy", "file");
    replaceFile(path, "old");
    expect(() => replaceFile(join(path, "below"), "new")).toThrow();
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});
