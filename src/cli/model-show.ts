import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { carryOut, type Outside } from "../app/outlets.ts";
import { openPage, pageAddresses } from "../app/page-address.ts";
import { viewerIsBuilt } from "../app/run-twin.ts";
import { Engine } from "../engine/engine.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { serverNow } from "../io/clock.ts";
import { CycleLoop } from "../io/cycle-loop.ts";
import { rootsOf } from "../io/files/mesh-roots.ts";
import { packageRoot, packageVersion } from "../io/package-root.ts";
import { isLoopback } from "../io/server/access.ts";
import { CommandSockets } from "../io/server/command-sockets.ts";
import { HttpServer } from "../io/server/http-server.ts";
import { Metrics } from "../io/server/metrics.ts";
import { StateSockets } from "../io/server/state-sockets.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";
import type { ModelFiles } from "./model-check.ts";
import { findingLine } from "./model-report.ts";
import { ShownFiles, type ShownModel } from "./model-show-files.ts";
import { parsePort } from "./up.ts";

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
  const now = serverNow;
  const token = isLoopback(host) ? null : randomBytes(18).toString("base64url");
  let refused: (socket: string, reason: string) => void = () => undefined;
  const sockets = new CommandSockets(packageVersion, now, (reason) => refused("/ws/command", reason));
  const viewers = new StateSockets(now, (reason) => refused("/ws/state", reason));
  // A robot that can do nothing: the gate refuses every command, and says so.
  const outside: Outside = {
    robots: new Map(),
    devices: { send: () => ({ code: "no_broker", message: "there is no broker here" }) },
    replies: sockets,
    viewers,
    stopMemory: { remember: () => undefined },
    onEvent: () => undefined,
    onUnsent: () => undefined,
  };
  const engine = new Engine({
    robots: [{ id: robot, limits: {}, stop: null }],
    emit: (output) => carryOut(output, outside),
    runName: `show-${randomBytes(3).toString("hex")}`,
    version: packageVersion,
  });
  const metrics = new Metrics(engine, () => sockets.size());
  refused = (socket, reason) => metrics.refusedFrames.inc({ socket, reason });
  const loop = new CycleLoop((at) => engine.cycle(at), now, 1000 / cycleHz);
  const server = new HttpServer({
    host,
    port,
    rules: { loopbackOnly: isLoopback(host), token, origins: [], publicUrl: null },
    viewerDir: join(packageRoot, "dist", "viewer"),
    api: {
      engine,
      metrics,
      version: packageVersion,
      meshRoots: () => rootsOf(files.file),
      stop: () => undefined,
    },
    onState: (socket) => viewers.accept(socket, engine),
    onCommand: (socket, address) => sockets.accept(socket, address, engine, () => loop.runNow()),
    onRefused: (socket, reason) => refused(socket, reason),
  });
  const shown = new ShownFiles(files, (model) => publish(engine, files.file, model));
  const fault = await shown.start();
  if (fault !== null) fail(fault);
  const bound = await server.start().catch((error: Error) => {
    return fail(
      `cannot listen on ${host}, port ${port}: ${error.message}; choose another with --port or --host`,
    );
  });
  loop.start();
  return {
    ...pageAddresses(host, bound, token),
    stop: async () => {
      shown.stop();
      loop.stop();
      await server.stop();
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
