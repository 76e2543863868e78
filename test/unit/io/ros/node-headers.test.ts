import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { canDownloadHeaders, findNodeHeaders } from "../../../../src/io/ros/node-headers.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "headers-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A Node in a prefix; with the headers of a major version, or none. */
function node(prefix: string, headers: number | null): { execPath: string; version: string } {
  mkdirSync(join(root, prefix, "bin"), { recursive: true });
  const execPath = join(root, prefix, "bin/node");
  writeFileSync(execPath, "");
  if (headers !== null) headersOf(join(root, prefix), headers);
  return { execPath, version: "v20.20.2" };
}

function headersOf(folder: string, major: number): void {
  mkdirSync(join(folder, "include/node"), { recursive: true });
  writeFileSync(join(folder, "include/node/node_version.h"), `#define NODE_MAJOR_VERSION ${major}\n`);
}

describe("Node's headers", () => {
  it("are found in the prefix of the Node that runs, through a symbolic link too", () => {
    const there = node("opt/node", 20);
    expect(findNodeHeaders({ ...there, env: { HOME: root } })).toEqual({ folder: join(root, "opt/node") });
    const link = join(root, "node");
    symlinkSync(there.execPath, link);
    expect(findNodeHeaders({ ...there, execPath: link, env: { HOME: root } })).toEqual({
      folder: join(root, "opt/node"),
    });
  });

  it("are found where npm_config_nodedir says, and nowhere else then", () => {
    const there = node("opt/node", 20);
    const set = join(root, "elsewhere");
    expect(findNodeHeaders({ ...there, env: { npm_config_nodedir: set } })).toEqual({
      missing: `npm_config_nodedir is ${set}, which has no include/node of Node v20.20.2`,
      isSet: true,
    });
    headersOf(set, 20);
    expect(findNodeHeaders({ ...there, env: { npm_config_nodedir: set } })).toEqual({ folder: set });
  });

  it("of an earlier download are used", () => {
    const there = node("opt/node", null);
    headersOf(join(root, ".cache/node-gyp/20.20.2"), 20);
    expect(findNodeHeaders({ ...there, env: { HOME: root } })).toEqual({
      folder: join(root, ".cache/node-gyp/20.20.2"),
    });
  });

  it("of another major version do not count", () => {
    const there = node("opt/node", 18);
    expect(findNodeHeaders({ ...there, env: { HOME: root } })).toEqual({
      missing: `there is no ${join(root, "opt/node/include/node")} of Node v20.20.2`,
      isSet: false,
    });
  });
});

describe("a download of Node's headers", () => {
  const before = Object.getOwnPropertyDescriptor(process.release, "headersUrl");
  const address = (value: string | undefined) =>
    Object.defineProperty(process.release, "headersUrl", { value, configurable: true });
  let asked: string[];

  beforeEach(() => {
    asked = [];
    address("https://nodejs.example/headers.tar.gz");
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    if (before === undefined) Reflect.deleteProperty(process.release, "headersUrl");
    else Object.defineProperty(process.release, "headersUrl", before);
  });

  function answer(given: { ok: boolean } | Error): void {
    vi.stubGlobal("fetch", async (url: string, { method }: RequestInit) => {
      asked.push(`${method} ${url}`);
      if (given instanceof Error) throw given;
      return given;
    });
  }

  it.each([
    ["is possible where the address of this Node answers", { ok: true }, true],
    ["is not possible where it is not there", { ok: false }, false],
    ["is not possible without a network", new Error("ENOTFOUND"), false],
  ])("%s", async (_, given, expected) => {
    answer(given);
    expect(await canDownloadHeaders()).toBe(expected);
    expect(asked).toEqual(["HEAD https://nodejs.example/headers.tar.gz"]);
  });

  it("is not possible for a Node that names no address, as a distribution's", async () => {
    answer({ ok: true });
    address(undefined);
    expect(await canDownloadHeaders()).toBe(false);
    expect(asked).toEqual([]);
  });
});
