import type { FastifyInstance, FastifyReply } from "fastify";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { Engine } from "../../engine/engine.ts";
import type { SavedLibrary } from "../../engine/ports/saved-library.ts";
import { libraryName, readSequence } from "../../protocol/sequence-schema.ts";
import { measuredPose, poseFault } from "./taught-pose.ts";

const mostPoses = 500;
const mostSequences = 200;

/** Keeps what people save. `save` throws where it cannot be kept. */
export interface LibraryStore {
  current(): SavedLibrary;
  save(saved: SavedLibrary): void;
}

export type LibraryContext = {
  engine: Engine;
  store: LibraryStore;
  /** Server ms. */
  now(): number;
};

const joints = z.record(z.string().min(1).max(256), z.number());
const poseBody = z.union(
  [z.strictObject({ joints }), z.strictObject({ here: z.literal(true) })],
  'it must be {"joints": {joint: position}} or {"here": true}',
);

type PoseParams = { robot: string; name: string };

/** `/api/poses` and `/api/sequences`: what people teach a robot. */
export function addLibraryRoutes(app: FastifyInstance, context: LibraryContext): void {
  const { engine, store, now } = context;
  const yamlTypes = ["text/yaml", "text/x-yaml", "application/yaml", "application/x-yaml"];
  app.addContentTypeParser(yamlTypes, { parseAs: "string" }, (_, text, done) => {
    try {
      done(null, parse(String(text), { maxAliasCount: 100 }));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }));
    }
  });
  const keep = (saved: SavedLibrary, reply: FastifyReply, answer: object): object => {
    try {
      store.save(saved);
    } catch (error) {
      return reply.code(500).send({ error: `it cannot be kept: ${(error as Error).message}` });
    }
    engine.inbox.push("library", now(), { kind: "library", saved });
    return answer;
  };
  const bad = (reply: FastifyReply, status: number, error: string): object =>
    reply.code(status).send({ error });

  app.get("/api/poses", async () => {
    const robots = [...engine.control].map(([id, control]) => [id, Object.fromEntries(control.poses())]);
    return Object.fromEntries(robots);
  });
  app.get<{ Params: { robot: string } }>("/api/poses/:robot", async ({ params }, reply) => {
    const control = engine.control.get(params.robot);
    if (control === undefined) return bad(reply, 404, `there is no robot "${params.robot}"`);
    return Object.fromEntries(control.poses());
  });
  app.put<{ Params: PoseParams }>("/api/poses/:robot/:name", async ({ params, body }, reply) => {
    const { robot, name } = params;
    const fault = nameFault(name);
    if (fault !== null) return bad(reply, 400, fault);
    if (!engine.robots.has(robot)) return bad(reply, 404, `there is no robot "${robot}"`);
    const parsed = poseBody.safeParse(body);
    if (!parsed.success) return bad(reply, 400, parsed.error.issues[0]?.message ?? "it is no pose");
    const pose = "here" in parsed.data ? measuredPose(engine, robot) : parsed.data.joints;
    if (typeof pose === "string") return bad(reply, 409, pose);
    const joint = poseFault(engine, robot, pose);
    if (joint !== null) return bad(reply, 400, joint);
    const saved = store.current();
    const poses = { ...saved.poses[robot], [name]: pose };
    if (Object.keys(poses).length > mostPoses) return bad(reply, 413, `more than ${mostPoses} poses`);
    const all = { ...saved, poses: { ...saved.poses, [robot]: poses } };
    return keep(all, reply, { joints: pose, source: "saved" });
  });
  app.delete<{ Params: PoseParams }>("/api/poses/:robot/:name", async ({ params }, reply) => {
    const { robot, name } = params;
    const saved = store.current();
    const { [name]: gone, ...rest } = saved.poses[robot] ?? {};
    if (gone === undefined) return bad(reply, 404, `"${robot}" has no saved pose "${name}"`);
    return keep({ ...saved, poses: { ...saved.poses, [robot]: rest } }, reply, { deleted: name });
  });

  app.get("/api/sequences", async () => {
    const { sequences } = store.current();
    return Object.fromEntries(Object.entries(sequences).map(([name, steps]) => [name, { steps }]));
  });
  app.get<{ Params: { name: string } }>("/api/sequences/:name", async ({ params }, reply) => {
    const isYaml = params.name.endsWith(".yaml");
    const name = isYaml ? params.name.slice(0, -".yaml".length) : params.name;
    const steps = store.current().sequences[name];
    if (steps === undefined) return bad(reply, 404, `there is no sequence "${name}"`);
    if (!isYaml) return { steps };
    return reply.type("application/yaml; charset=utf-8").send(stringify({ steps }));
  });
  app.put<{ Params: { name: string } }>("/api/sequences/:name", async ({ params, body }, reply) => {
    const name = params.name.replace(/\.yaml$/, "");
    const fault = nameFault(name);
    if (fault !== null) return bad(reply, 400, fault);
    const read = readSequence(body);
    if (!read.ok) return bad(reply, 400, read.reason);
    const saved = store.current();
    const sequences = { ...saved.sequences, [name]: read.steps };
    if (Object.keys(sequences).length > mostSequences) {
      return bad(reply, 413, `more than ${mostSequences} sequences`);
    }
    return keep({ ...saved, sequences }, reply, { steps: read.steps });
  });
  app.delete<{ Params: { name: string } }>("/api/sequences/:name", async ({ params }, reply) => {
    const saved = store.current();
    const { [params.name]: gone, ...sequences } = saved.sequences;
    if (gone === undefined) return bad(reply, 404, `there is no sequence "${params.name}"`);
    return keep({ ...saved, sequences }, reply, { deleted: params.name });
  });
}

function nameFault(name: string): string | null {
  const parsed = libraryName.safeParse(name);
  return parsed.success ? null : `the name "${name.slice(0, 64)}": ${parsed.error.issues[0]?.message}`;
}
