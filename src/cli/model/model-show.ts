import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { openPage, pageAddresses } from "../../app/page-address.ts";
import { viewerIsBuilt } from "../../app/run-twin.ts";
import { ServedEngine } from "../../app/served-engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { loadDescription } from "../../engine/robot/robot-description.ts";
import { serverNow } from "../../io/clock.ts";
import { rootsOf } from "../../io/files/mesh-roots.ts";
import { isLoopback } from "../../io/server/access.ts";
import { TokenBook } from "../../io/server/token-book.ts";
import { Ending } from "../ending.ts";
import { fail } from "../fail.ts";
import { parsePort } from "../up.ts";
import type { ModelFiles } from "./model-check.ts";
import { findingLine } from "./model-report.ts";
import { ShownFiles, type ShownModel } from "./model-show-files.ts";

type ShowOptions = {
  arg?: Map<string, string>;
  srdf?: string;
  host: string;
  port: number;
  open?: boolean;
};

const robot = "robot";
const cycleHz = 50;

/** Where the page is, and how the design twin ends. */
export type RunningShow = { url: string; urlsElsewhere: string[]; stop(): Promise<void> };

/** `argument` makes the option of xacro's arguments, as the other `model` commands have it. */
export function addShowCommand(model: Command, argument: () => Option): void {
  model
    .command("show")
    .description("the design twin: show a URDF or xacro file in the browser, with sliders for its joints")
    .argument("<file>", "URDF or xacro; read again when it changes")
    .addOption(argument())
    .option("--srdf <file>", "SRDF to check against it")
    .option(
      "--host <address>",
      "address to listen on (others than this machine's own need a token)",
      "127.0.0.1",
    )
    .addOption(
      new Option("--port <number>", "port to listen on; 0: a free one").argParser(parsePort).default(0),
    )
    .option("--open", "open the page in the browser")
    .action(show);
}

async function show(file: string, { arg, srdf, host, port, open }: ShowOptions): Promise<void> {
  if (!viewerIsBuilt()) fail("the page is not built: run `npm run build`");
  const files = { file, args: arg ?? new Map<string, string>(), srdf: srdf ?? null, limits: null };
  const ending = new Ending();
  const running = await startShow(files, host, port);
  process.stdout.write(`${file} is shown at ${running.url}\n`);
  for (const url of running.urlsElsewhere) process.stdout.write(`  from other devices: ${url}\n`);
  if (open === true) openPage(running.url);
  ending.by(() => running.stop());
}

/** Serves the page for one description that nothing moves. Ends the program when it cannot. */
async function startShow(files: ModelFiles, host: string, port: number): Promise<RunningShow> {
  const token = isLoopback(host) ? null : randomBytes(18).toString("base64url");
  // A robot that can do nothing: the gate refuses every command, and says so.
  const served = new ServedEngine({
    engine: {
      robots: [{ id: robot, limits: {}, stop: null }],
      runName: `show-${randomBytes(3).toString("hex")}`,
    },
    outside: {
      robots: new Map(),
      devices: { send: () => ({ code: "no_broker", message: "there is no broker here" }) },
      stopMemory: { remember: () => undefined },
      onEvent: () => undefined,
    },
    cycleHz,
    host,
    port,
    rules: {
      loopbackOnly: isLoopback(host),
      tokens: new TokenBook(token, [], Date.now),
      origins: [],
      publicUrl: null,
    },
    meshRoots: () => rootsOf(files.file),
  });
  const shown = new ShownFiles(files, (model) => publish(served.engine, files.file, model));
  const fault = await shown.start();
  if (fault !== null) fail(fault);
  const bound = await served.listen().catch((error: Error) => {
    return fail(
      `cannot listen on ${host}, port ${port}: ${error.message}; choose another with --port or --host`,
    );
  });
  served.start();
  return {
    ...pageAddresses(host, bound, token),
    stop: async () => {
      shown.stop();
      served.endCycles();
      await served.close();
    },
  };
}

/**
 * Hands what was read to the twin, and its findings to the terminal. A broken description leaves the robot
 * as it is; the page is told why by the report. The report is also what makes the page a design twin.
 */
function publish(engine: Engine, file: string, { urdf, findings, meshes, revision }: ShownModel): void {
  const loaded = urdf === null ? null : loadDescription(urdf);
  const all = [...findings];
  if (loaded !== null && "fault" in loaded) {
    all.push({ severity: "error", element: "robot", line: 1, message: loaded.fault, file });
  }
  for (const finding of all) process.stderr.write(`${findingLine(finding)}\n`);
  const isBroken = loaded === null || "fault" in loaded;
  if (revision > 1) {
    process.stderr.write(
      isBroken
        ? `${file} has an error: the page keeps the last version without errors\n`
        : `${file} was reloaded: ${loaded.model.name}\n`,
    );
  }
  const now = serverNow();
  if (!isBroken) engine.inbox.push("file", now, { kind: "description", robot, text: loaded.text });
  const report = { file, revision, broken: isBroken, findings: all, meshes };
  engine.inbox.push("file", now, { kind: "design", robot, report });
}
