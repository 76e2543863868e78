import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SetupFault, SetupTools } from "../../../../src/io/ros/setup-tools.ts";

const remedy = "install it";

let root: string;
let tools: SetupTools;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "setup-tools-"));
  tools = new SetupTools(join(root, "setup.log"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a line of shell. */
const sh = (line: string, more: { env?: Record<string, string>; cwd?: string } = {}) =>
  tools.run({ command: "/bin/sh", args: ["-c", line], remedy, ...more });

/** What a promise is rejected with. */
async function faultOf(promise: Promise<unknown>): Promise<SetupFault> {
  const error: unknown = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SetupFault);
  return error as SetupFault;
}

describe("a tool of the set-up", () => {
  it("resolves to what it printed on its output, without its warnings", async () => {
    expect(await sh("echo one; echo two; echo careful >&2")).toBe("one\ntwo\n");
  });

  it("gets its folder and its variables beside those of this process", async () => {
    const printed = await sh('echo "$EXTRA $HOME_OF_TOOL"; pwd -P', {
      env: { EXTRA: "more", HOME_OF_TOOL: "here" },
      cwd: root,
    });
    expect(printed).toMatch(/^more here\n.*setup-tools-/);
    expect(await sh('echo "$PATH"')).toBe(`${process.env.PATH}\n`);
  });

  it("cannot wait for somebody to type", async () => {
    expect(await sh('read line; echo "read: $line"')).toBe("read: \n");
  });

  it("that fails is a fault with its first error, its exit code, the remedy and the log", async () => {
    const fault = await faultOf(sh("echo building; echo 'x.cc:3:1: error: no such file.' >&2; exit 2"));
    expect(fault.message).toBe(
      "/bin/sh failed (exit code 2): x.cc:3:1: error: no such file. Remedy: install it",
    );
    expect(fault.log).toBe(join(root, "setup.log"));
  });

  it("that fails without a reason gives the remedy alone", async () => {
    expect((await faultOf(sh("exit 1"))).message).toBe("/bin/sh failed (exit code 1): install it");
  });

  it("that is ended by a signal names it", async () => {
    expect((await faultOf(sh("kill -TERM $$"))).message).toBe("/bin/sh was ended by SIGTERM: install it");
  });

  it("that is not there cannot be started", async () => {
    const missing = tools.run({ command: join(root, "no-such-tool"), args: [], remedy });
    expect((await faultOf(missing)).message).toBe(
      `"${join(root, "no-such-tool")}" cannot be started: install it`,
    );
  });
});

describe("the log of the set-up", () => {
  it("has every command with all that it said, one after the other", async () => {
    await sh("echo first");
    await sh("echo second >&2");
    await faultOf(sh("exit 3"));
    expect(readFileSync(tools.logFile, "utf8")).toBe(
      "\n$ /bin/sh -c echo first\nfirst\n\n$ /bin/sh -c echo second >&2\nsecond\n\n$ /bin/sh -c exit 3\n",
    );
  });
});

describe("what a tool does now", () => {
  it("is its newest line while it runs, cut where it is long, and nothing afterwards", async () => {
    expect(tools.doing()).toBe("");
    // The tool goes on only when the test has seen its line.
    const gate = join(root, "gate");
    await sh(`mkfifo ${gate}`);
    let isOver = false;
    const running = sh(`echo old; echo ${"n".repeat(200)}; read go < ${gate}`).finally(() => {
      isOver = true;
    });
    while (!isOver && !tools.doing().startsWith("n")) await new Promise(setImmediate);
    expect(tools.doing()).toBe(`${"n".repeat(90)}…`);
    await new SetupTools(join(root, "other.log")).run({
      command: "/bin/sh",
      args: ["-c", `echo go > ${gate}`],
      remedy,
    });
    await running;
    expect(tools.doing()).toBe("");
  });
});
