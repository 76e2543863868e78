import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Engine } from "../engine/engine.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import type { HistoryBodies } from "../history/history-body.ts";
import type { History, PastMoments } from "../history/history-query.ts";
import { ClockJumps, serverNow } from "../io/clock.ts";
import { CycleLoop } from "../io/cycle-loop.ts";
import type { MeshRoots } from "../io/files/mesh-files.ts";
import { findNamedMesh } from "../io/files/named-meshes.ts";
import { FoxgloveServer } from "../io/foxglove/foxglove-server.ts";
import { LibraryFile } from "../io/library-file.ts";
import { packageRoot, packageVersion } from "../io/package-root.ts";
import { installedMessageText } from "../io/ros/installed-message-text.ts";
import type { AccessRules } from "../io/server/access.ts";
import type { SceneAtHand } from "../io/server/api-routes.ts";
import { CommandRequests } from "../io/server/command-requests.ts";
import { CommandSockets } from "../io/server/command-sockets.ts";
import { HttpServer } from "../io/server/http-server.ts";
import { Metrics } from "../io/server/metrics.ts";
import type { RecordsAtHand } from "../io/server/record-routes.ts";
import { StateSockets } from "../io/server/state-sockets.ts";
import type { TlsFiles } from "../io/server/tls-files.ts";
import type { ViewerTopics } from "../io/server/viewer-topics.ts";
import type { ControllersAnswer } from "../protocol/topics/controllers-answer.ts";
import type { RosAnswer, RosQuestion } from "../protocol/topics/ros-questions.ts";
import { carryOut, type Outside } from "./outlets.ts";
import { type MapSource, PlanThread } from "./plan-thread.ts";

export type ServedOptions = {
  engine: Omit<EngineOptions, "emit" | "version">;
  /** Where what is not for a socket goes. */
  outside: Pick<Outside, "robots" | "devices" | "stopMemory" | "onEvent">;
  cycleHz: number;
  host: string;
  /** 0: a free one. */
  port: number;
  rules: AccessRules;
  /** Where the meshes of a robot are looked for. */
  meshRoots(robot: string): MeshRoots;
  /** Takes what the state stream sends to a viewer that is the program itself; false for what is for somebody else. */
  takeText?(viewer: string, text: string): boolean;
  takeFrame?(viewer: string, bytes: Uint8Array): boolean;
  /** The namespace of a robot's topics; absent: all are at the root. */
  namespaceOf?(robot: string): string;
  /** Folder of the recordings; absent: none are served. */
  recordings?: string;
  /** Keeps poses and sequences; absent: as long as the program runs. */
  library?: LibraryFile;
  /** Serves HTTPS with these files; absent: HTTP. */
  tls?: TlsFiles;
  /** What people should know about the server. */
  warn?(text: string): void;
  /** Called at the begin of each cycle, with server ms, and at its end. */
  beforeCycle?(at: number): void;
  afterCycle?(at: number): void;
  /** The objects around the robots; absent: none. */
  scene?: SceneAtHand;
  /** The topics that viewers may watch; absent: none. */
  topics?: ViewerTopics;
  /** The numbers of topics that are recorded; absent: none can be. */
  records?: RecordsAtHand;
  /** Answers questions about the ROS graph; absent: nothing does. */
  askRos?(question: RosQuestion): Promise<RosAnswer>;
  /** The controllers of robots on ROS; null: there is no ROS. */
  controllers?(): ControllersAnswer | null;
  /** How the maps of robots come; absent: none do. */
  maps?: MapSource;
  /** The twin's memory; null where it keeps none. */
  history?(): (History & HistoryBodies & PastMoments) | null;
};

/** An engine with its cycle, its sockets and the page: what every command that serves a page is made of. */
export class ServedEngine {
  readonly engine: Engine;
  readonly now = serverNow;
  readonly metrics: Metrics;
  private readonly loop: CycleLoop;
  private readonly server: HttpServer;
  private readonly plans: PlanThread;

  constructor(options: ServedOptions) {
    const { now } = this;
    const { askRos } = options;
    const refused = (socket: string, reason: string): void => metrics.refusedFrames.inc({ socket, reason });
    const sockets = new CommandSockets(packageVersion, now, (reason) => refused("/ws/command", reason));
    const viewers = new StateSockets(
      now,
      (reason) => refused("/ws/state", reason),
      () => options.history?.() ?? null,
      options.topics ?? null,
    );
    const outside: Outside = {
      ...options.outside,
      viewers: {
        sendText: (viewer, text) => {
          if (options.takeText?.(viewer, text) !== true) viewers.sendText(viewer, text);
        },
        sendFrame: (viewer, bytes) => {
          if (options.takeFrame?.(viewer, bytes) !== true) viewers.sendFrame(viewer, bytes);
        },
        close: (viewer, code, reason) => viewers.close(viewer, code, reason),
      },
      onEvent: (event) => {
        options.outside.onEvent(event);
        foxglove.event(event);
      },
      replies: {
        reply: (session, message) => {
          if (requests.owns(session)) requests.reply(session, message);
          else (foxglove.owns(session) ? foxglove : sockets).reply(session, message);
        },
        broadcast: (message) => sockets.broadcast(message),
      },
      compute: (request) => plans.compute(request),
      dropPlan: (id) => plans.drop(id),
      listen: (robot, topic) => plans.listen(robot, topic),
      onUnsent: (device, id, objection) =>
        engine.inbox.push("mqtt:out", now(), { kind: "deviceUnsent", device, id, objection }),
    };
    const plans = new PlanThread(
      () => engine,
      now,
      (text) => {
        const note = { kind: "note", severity: "error", code: "plan.failed", text } as const;
        engine.inbox.push("plan", now(), note);
      },
      options.maps ?? null,
    );
    this.plans = plans;
    const engine = new Engine({
      ...options.engine,
      emit: (output) => carryOut(output, outside),
      unreadBytes: (viewer) => viewers.unreadBytes(viewer),
      version: packageVersion,
    });
    this.engine = engine;
    const foxglove = new FoxgloveServer({
      engine,
      version: packageVersion,
      run: randomBytes(6).toString("hex"),
      findMesh: (uri) => findNamedMesh(uri, engine.robots, options.meshRoots),
      findMessage: installedMessageText,
      namespaceOf: options.namespaceOf ?? (() => ""),
      history: () => options.history?.() ?? null,
      stopNow: () => this.loop.runNow(),
      now,
      onRefused: refused,
    });
    const requests = new CommandRequests(engine, now);
    const library = options.library ?? new LibraryFile(null);
    engine.inbox.push("library", now(), { kind: "library", saved: library.current() });
    engine.inbox.taps.add((message) => foxglove.take(message));
    const others = {
      clients: () => sockets.size() + foxglove.size(),
      bufferedBytes: () => foxglove.heldBytes(),
    };
    const metrics = new Metrics(engine, others, () => options.history?.() ?? null);
    this.metrics = metrics;
    const jumps = new ClockJumps();
    const cycle = (at: number): void => {
      const step = jumps.take();
      if (step !== null) engine.inbox.push("twin", at, { kind: "clockJump", ms: step });
      const started = performance.now();
      options.beforeCycle?.(at);
      engine.cycle(at);
      options.afterCycle?.(at);
      metrics.cycleSeconds.observe((performance.now() - started) / 1000);
    };
    this.loop = new CycleLoop(cycle, now, 1000 / options.cycleHz, {
      read: (at) => engine.read(at),
      stalled: (ms) => engine.inbox.push("twin", now(), { kind: "stalled", ms }),
      late: (ms) => metrics.cycleLateSeconds.observe(ms / 1000),
    });
    engine.inbox.onWaiting = this.loop.readSoon;
    this.server = new HttpServer({
      host: options.host,
      port: options.port,
      rules: options.rules,
      viewerDir: join(packageRoot, "dist", "viewer"),
      api: {
        engine,
        metrics,
        version: packageVersion,
        meshRoots: options.meshRoots,
        ...(options.scene === undefined ? {} : { scene: options.scene }),
        ...(options.topics === undefined ? {} : { topicMeshes: options.topics.meshes }),
        history: () => options.history?.() ?? null,
        now,
        stop: (robot, by, immediate) => this.pressStop(robot, by, immediate),
      },
      commands: requests,
      library,
      onState: (socket) => viewers.accept(socket, engine.inbox),
      onCommand: (socket, caller) => sockets.accept(socket, caller, engine, () => this.loop.runNow()),
      onRefused: (socket, reason) => refused(socket, reason),
      others: foxglove,
      ...(askRos === undefined
        ? {}
        : {
            ros: {
              ask: askRos,
              controllers: () => options.controllers?.() ?? null,
              changed: (text: string) =>
                engine.inbox.push("ros", now(), {
                  kind: "note",
                  severity: "info",
                  code: "ros.parameter",
                  text,
                }),
            },
          }),
      ...(options.records === undefined ? {} : { records: options.records }),
      ...(options.recordings === undefined ? {} : { recordings: options.recordings }),
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      warn: (text) => options.warn?.(text),
    });
  }

  /** Resolves to the port. Rejects as Node's `listen` does. */
  listen(): Promise<number> {
    return this.server.start();
  }

  /** Begins the cycles. */
  start(): void {
    this.loop.start();
  }

  /** The stop as any client presses it, carried out at once. `robot` may be "*"; `name` is shown to people. */
  pressStop(robot: string, name: string, immediate = false): void {
    const message = { op: "stop" as const, robot, ...(immediate ? { immediate } : {}) };
    this.engine.inbox.push("client:stop", this.now(), { kind: "client", session: "stop", name, message });
    this.loop.runNow();
  }

  /** No cycle from here on: a command that came after the last zero would start a base again. */
  endCycles(): void {
    this.loop.stop();
  }

  async close(): Promise<void> {
    await this.plans.stop();
    await this.server.stop();
  }
}
