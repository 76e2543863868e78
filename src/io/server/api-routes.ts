import { createReadStream } from "node:fs";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { jointThing } from "../../core/joint-thing.ts";
import type { Engine } from "../../engine/engine.ts";
import type { HistoryBodies } from "../../history/history-body.ts";
import type { History } from "../../history/history-query.ts";
import { type DelaysAnswer, delaySpanMs } from "../../protocol/delays.ts";
import { contentHash } from "../files/content-hash.ts";
import { type FoundFile, findMesh, type MeshRoots } from "../files/mesh-files.ts";
import { findMeshAmong, findNamedMesh, namedMeshes } from "../files/named-meshes.ts";
import { addHistoryRoutes } from "./history-routes.ts";
import type { Metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { callerName } from "./request-words.ts";
import { addSceneRoutes, type SceneApi } from "./scene-routes.ts";
import { addTableRoutes } from "./table-routes.ts";

/** The scene, and where the meshes of its objects are looked for. */
export type SceneAtHand = SceneApi & { hasMesh(uri: string): boolean; meshRoots(): MeshRoots };

export type ApiContext = {
  engine: Engine;
  metrics: Metrics;
  version: string;
  /** Where to look for the meshes of a robot. */
  meshRoots(robot: string): MeshRoots;
  /** The twin's memory; null where it keeps none. */
  history(): (History & HistoryBodies) | null;
  /** Server ms. */
  now(): number;
  /** The objects around the robots; absent: there are none, and none can be set. */
  scene?: SceneAtHand;
  /** Addresses of meshes that markers of watched topics name. */
  topicMeshes?: ReadonlySet<string>;
  /** Presses the stop for a page whose command socket is gone. */
  stop(robot: string, by: string, immediate?: boolean): void;
};

/** A mesh that an object of the scene or a marker names; null: neither does. */
async function meshBesideRobots(
  uri: string,
  { scene, topicMeshes }: Pick<ApiContext, "scene" | "topicMeshes">,
): Promise<FoundFile | null> {
  if (scene === undefined) return null;
  const roots = scene.meshRoots();
  if (scene.hasMesh(uri)) return findMesh(uri, roots);
  return topicMeshes === undefined ? null : findMeshAmong(uri, topicMeshes, roots);
}

/** In the graph a joint's values are its robot's; who asks for the joint alone gets them named without the joint. */
function jointValues(engine: Engine, { robot, prefix }: { robot: string; prefix: string }) {
  const all = Object.entries(engine.thingJson(robot)?.properties ?? {});
  return Object.fromEntries(
    all
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, property]) => [path.slice(prefix.length), property]),
  );
}

/** The addresses of the contract's HTTP part, but for the page itself. */
export function addApiRoutes(app: FastifyInstance, context: ApiContext): void {
  const { engine, metrics } = context;
  app.get("/healthz", async () => ({ status: "ok", version: context.version }));
  app.get("/readyz", async (_, reply) => {
    const waiting = [...engine.status.values()].filter(
      (s) => s.state !== "ok" && s.state !== "off" && s.optional !== true,
    );
    const reasons = waiting.map(({ name, state, detail, reason, remedy }) =>
      reason === undefined
        ? `${name} ${state}${detail === "" ? "" : `: ${detail}`}`
        : `${name} ${state}: ${reason}${remedy === undefined ? "" : `; ${remedy}`}`,
    );
    // Before the first cycle nobody has said yet what is configured.
    if (engine.counters.cycles === 0) reasons.push("starting");
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });
  app.get("/metrics", async (_, reply) => {
    const text = await metrics.registry.metrics();
    return reply.type(metrics.registry.contentType).send(text);
  });
  // By POST, since browsers name the page's origin only there: a page learns why its sockets are refused.
  app.post("/api/access", async () => ({ allowed: true }));
  addHistoryRoutes(app, context);
  addTableRoutes(app, context);
  if (context.scene !== undefined) addSceneRoutes(app, context.scene);
  app.get("/api/delays", async (): Promise<DelaysAnswer> => {
    const time = context.now();
    return { time, spanMs: delaySpanMs, sources: engine.intake.delays.read(time) };
  });
  app.get("/api/openapi.json", async () => openApi(context.version));
  app.get<{ Params: { "*": string } }>("/api/things/*", async ({ params }, reply) => {
    const rest = params["*"];
    const split = rest.indexOf("/properties/");
    const id = split < 0 ? rest : rest.slice(0, split);
    const thing = engine.thingJson(id);
    if (thing === null) return reply.code(404).send({ error: `there is no thing "${id}"` });
    const joint = jointThing(id, thing.type);
    if (split < 0) return joint === null ? thing : { ...thing, properties: jointValues(engine, joint) };
    const path = rest.slice(split + "/properties/".length);
    const property =
      engine.propertyJson(id, path) ??
      (joint === null ? null : engine.propertyJson(joint.robot, `${joint.prefix}${path}`));
    if (property === null) return reply.code(404).send({ error: `${id} has no property "${path}"` });
    return property;
  });
  app.get<{ Params: { id: string } }>("/api/robots/:id/description", async ({ params }, reply) => {
    const robot = engine.robots.get(params.id);
    if (robot === undefined) return reply.code(404).send({ error: `there is no robot "${params.id}"` });
    if (robot.description === null) return reply.code(404).send({ error: "no description has arrived yet" });
    return reply.type("application/xml; charset=utf-8").send(robot.description.text);
  });
  app.get<{ Params: { id: string } }>("/api/robots/:id/meshes", async ({ params }, reply) => {
    const robot = engine.robots.get(params.id);
    if (robot === undefined) return reply.code(404).send({ error: `there is no robot "${params.id}"` });
    const addresses = namedMeshes(robot.description);
    const found = await Promise.all([...addresses].map((uri) => findMesh(uri, context.meshRoots(params.id))));
    return found.map(({ uri, status, reason, bytes }) => ({ uri, status, reason, bytes }));
  });
  app.get<{ Querystring: { uri?: string } }>("/api/assets", async ({ query, headers }, reply) => {
    const uri = typeof query.uri === "string" ? query.uri : "";
    // A robot's own is looked for where the robot has it, whoever else names it.
    const own = await findNamedMesh(uri, engine.robots, (robot) => context.meshRoots(robot));
    const mesh = own.status === "refused" ? ((await meshBesideRobots(uri, context)) ?? own) : own;
    if (mesh.status === "refused") return reply.code(403).send({ error: mesh.reason });
    if (mesh.path === null) return reply.code(404).send({ error: mesh.reason });
    // A browser keeps what it has by content: a page that is opened again transfers nothing.
    const tag = `"${await contentHash(mesh.path)}"`;
    reply.header("etag", tag).header("cache-control", "private, max-age=60");
    if (headers["if-none-match"]?.split(/\s*,\s*/).includes(tag)) return reply.code(304).send();
    return reply.type(mesh.type).header("content-length", mesh.bytes).send(createReadStream(mesh.path));
  });
  // A stop always counts: whoever used up this address's requests must not take it away, and a body that cannot be
  // read stops every robot.
  const config = { rateLimit: false as const };
  const errorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    context.stop("*", callerName(request));
    return reply.code(200).send({ stopped: "*", note: `the body could not be read: ${error.message}` });
  };
  const always = { config, errorHandler };
  app.post<{ Body: { robot?: unknown; immediate?: unknown } | null }>(
    "/api/stop",
    always,
    async (request, reply) => {
      const { body } = request;
      const robot = typeof body?.robot === "string" ? body.robot : "*";
      if (robot !== "*" && !engine.robots.has(robot) && !engine.isAway(robot)) {
        return reply.code(404).send({ error: `there is no robot "${robot}"` });
      }
      context.stop(robot, callerName(request), body?.immediate === true);
      return { stopped: robot };
    },
  );
}
