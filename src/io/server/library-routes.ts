import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { stringify } from "yaml";
import { z } from "zod";
import { ownValue } from "../../core/own-value.ts";
import type { Engine } from "../../engine/engine.ts";
import type { SavedLibrary } from "../../engine/ports/saved-library.ts";
import type { PosesJson, SequencesJson } from "../../protocol/library-json.ts";
import { libraryName, readSequence } from "../../protocol/sequence-schema.ts";
import { readYamlBeside } from "../files/yaml-thread.ts";
import { firstFault } from "./request-words.ts";
import { measuredPose, poseFault } from "./taught-pose.ts";

const mostPoses = 500;
const mostSequences = 200;
const mostYamlBytes = 256 * 1024;
/** Of everything that is saved, as JSON: it is written as a whole. */
const mostLibraryBytes = 1024 * 1024;
/** A whole set is larger than other bodies. */
const whole = { bodyLimit: 1024 * 1024 };

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
  /** Reads YAML; absent: in a thread of its own. */
  readYaml?: (text: string) => Promise<unknown>;
};

const joints = z.record(z.string().min(1).max(256), z.number());
const poseBody = z.union(
  [z.strictObject({ joints }), z.strictObject({ here: z.literal(true) })],
  'it must be {"joints": {joint: position}} or {"here": true}',
);

/** As `GET /api/poses` answers. */
const posesBody = z.record(
  z.string().min(1).max(256),
  z.record(libraryName, z.strictObject({ joints, source: z.enum(["srdf", "saved"]).optional() })),
);

type PoseParams = { robot: string; name: string };

/** `/api/poses` and `/api/sequences`: what people teach a robot. */
export function addLibraryRoutes(app: FastifyInstance, context: LibraryContext): void {
  const { engine, store, now, readYaml = readYamlBeside } = context;
  const yamlTypes = ["text/yaml", "text/x-yaml", "application/yaml", "application/x-yaml"];
  const yamlBytes = { parseAs: "string", bodyLimit: mostYamlBytes } as const;
  app.addContentTypeParser(yamlTypes, yamlBytes, async ({ routeOptions }: FastifyRequest, text: unknown) => {
    if (routeOptions.url?.startsWith("/api/sequences") !== true) {
      throw Object.assign(new Error("YAML is taken by /api/sequences alone"), { statusCode: 415 });
    }
    return readYaml(String(text)).catch((error: Error) => {
      throw Object.assign(error, { statusCode: "statusCode" in error ? error.statusCode : 400 });
    });
  });
  const keep = (saved: SavedLibrary, reply: FastifyReply, answer: object): object => {
    const sizeOf = (library: SavedLibrary): number => Buffer.byteLength(JSON.stringify(library));
    const bytes = sizeOf(saved);
    // One of before may be larger, and can only be made smaller.
    if (bytes > mostLibraryBytes && bytes >= sizeOf(store.current())) {
      const error = `poses and sequences would be ${bytes} bytes in all, more than ${mostLibraryBytes}: delete some`;
      return reply.code(413).send({ error });
    }
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

  app.get("/api/poses", async (): Promise<PosesJson> => {
    const robots = [...engine.control].map(([id, control]) => [id, Object.fromEntries(control.poses())]);
    return Object.fromEntries(robots);
  });
  app.get<{ Params: { robot: string } }>("/api/poses/:robot", async ({ params }, reply) => {
    const control = engine.control.get(params.robot);
    if (control === undefined) return bad(reply, 404, `there is no robot "${params.robot}"`);
    return Object.fromEntries(control.poses());
  });
  app.put("/api/poses", whole, async ({ body }, reply) => {
    const read = posesBody.safeParse(body);
    if (!read.success) return bad(reply, 400, firstFault(read.error, "the body"));
    const saved = store.current();
    const poses = { ...saved.poses };
    const answer: PosesJson = {};
    for (const [robot, set] of Object.entries(read.data)) {
      if (!engine.robots.has(robot)) return bad(reply, 404, `there is no robot "${robot}"`);
      // What GET lists of the SRDF is the robot's own: it is not saved.
      const own = Object.entries(set).filter(([, { source }]) => source !== "srdf");
      if (own.length > mostPoses) return bad(reply, 413, `more than ${mostPoses} poses of "${robot}"`);
      for (const [name, pose] of own) {
        const fault = poseFault(engine, robot, pose.joints);
        if (fault !== null) return bad(reply, 400, `"${name}": ${fault}`);
      }
      poses[robot] = Object.fromEntries(own.map(([name, pose]) => [name, pose.joints]));
      answer[robot] = Object.fromEntries(
        own.map(([name, pose]) => [name, { joints: pose.joints, source: "saved" }]),
      );
    }
    return keep({ ...saved, poses }, reply, answer);
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
    const { [name]: gone, ...rest } = ownValue(saved.poses, robot) ?? {};
    if (gone === undefined || !Object.hasOwn(saved.poses[robot] ?? {}, name)) {
      return bad(reply, 404, `"${robot}" has no saved pose "${name}"`);
    }
    return keep({ ...saved, poses: { ...saved.poses, [robot]: rest } }, reply, { deleted: name });
  });

  app.get("/api/sequences", async (): Promise<SequencesJson> => {
    const { sequences } = store.current();
    return Object.fromEntries(Object.entries(sequences).map(([name, steps]) => [name, { steps }]));
  });
  app.get<{ Params: { name: string } }>("/api/sequences/:name", async ({ params }, reply) => {
    const isYaml = params.name.endsWith(".yaml");
    const name = isYaml ? params.name.slice(0, -".yaml".length) : params.name;
    const steps = ownValue(store.current().sequences, name);
    if (steps === undefined) return bad(reply, 404, `there is no sequence "${name}"`);
    if (!isYaml) return { steps };
    return reply.type("application/yaml; charset=utf-8").send(stringify({ steps }));
  });
  app.put("/api/sequences", whole, async ({ body }, reply) => {
    const outer = z.record(libraryName, z.unknown()).safeParse(body);
    if (!outer.success) return bad(reply, 400, firstFault(outer.error, "the body"));
    const sequences: Record<string, SavedLibrary["sequences"][string]> = {};
    for (const [name, one] of Object.entries(outer.data)) {
      const read = readSequence(one);
      if (!read.ok) return bad(reply, 400, `"${name}": ${read.reason}`);
      sequences[name] = read.steps;
    }
    const count = Object.keys(sequences).length;
    if (count > mostSequences) return bad(reply, 413, `more than ${mostSequences} sequences`);
    const answer = Object.entries(sequences).map(([name, steps]) => [name, { steps }]);
    return keep({ ...store.current(), sequences }, reply, Object.fromEntries(answer));
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
    if (gone === undefined || !Object.hasOwn(saved.sequences, params.name)) {
      return bad(reply, 404, `there is no sequence "${params.name}"`);
    }
    return keep({ ...saved, sequences }, reply, { deleted: params.name });
  });
}

function nameFault(name: string): string | null {
  const parsed = libraryName.safeParse(name);
  return parsed.success ? null : `the name "${name.slice(0, 64)}": ${parsed.error.issues[0]?.message}`;
}
