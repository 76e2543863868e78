import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { type SceneItem, sceneItem, sceneItems } from "../../protocol/scene.ts";

/** Enough for as many objects as a scene may have. */
const maxBodyBytes = 256 * 1024;

/** An object with who set it: `config` is twin.yaml, which alone changes it. */
export type SceneListing = SceneItem & { origin: "config" | "api" };

/** Why a change is not made: the status of the answer, and a sentence. */
export type SceneRefusal = { status: 400 | 404 | 409 | 500; error: string };

/** Where an object goes without moving: to a link that carries it, or into a frame; the root link's where none is given. */
export type SceneTarget = {
  attach?: string | undefined;
  frame?: string | undefined;
  robot?: string | undefined;
  /** kg */
  mass?: number | undefined;
};

const name = z.string().min(1).max(256);
/** The bodies of `/attach` and `/detach`. */
const targets = {
  attach: z
    .strictObject({ link: name, robot: name.optional(), mass: z.number().min(0).max(1e6).optional() })
    .transform(({ link, ...more }): SceneTarget => ({ ...more, attach: link })),
  detach: z.strictObject({ frame: name.optional(), robot: name.optional() }),
};

/** The objects around the robots, as the API changes them. */
export interface SceneApi {
  list(): readonly SceneListing[];
  /** These objects take the place of all that the API set. */
  replace(items: readonly SceneItem[]): Promise<SceneRefusal | null>;
  put(item: SceneItem): Promise<SceneRefusal | null>;
  remove(id: string): Promise<SceneRefusal | null>;
  /** It is attached or set free where it is measured to be now. */
  handOver(id: string, target: SceneTarget): Promise<SceneRefusal | null>;
}

/** `GET` and `PUT /api/scene`, `GET`, `PUT` and `DELETE /api/scene/{id}`, `POST /api/scene/{id}/attach` and `/detach`. */
export function addSceneRoutes(app: FastifyInstance, scene: SceneApi): void {
  const change = async (reply: FastifyReply, make: () => Promise<SceneRefusal | null>): Promise<unknown> => {
    const refusal = await make();
    if (refusal !== null) return reply.code(refusal.status).send({ error: refusal.error });
    return { objects: scene.list() };
  };
  const bad = (error: string) => async (): Promise<SceneRefusal> => ({ status: 400, error });
  const options = { bodyLimit: maxBodyBytes };
  app.get("/api/scene", async () => ({ objects: scene.list() }));
  app.put<{ Body: unknown }>("/api/scene", options, async ({ body }, reply) => {
    const given = ownObjects(body);
    if (given === null) {
      return change(reply, bad('the body must be {"objects": [ … ]}, with a list of objects'));
    }
    const parsed = sceneItems.safeParse(given);
    return change(reply, parsed.success ? () => scene.replace(parsed.data) : bad(faults(parsed.error)));
  });
  app.get<{ Params: { id: string } }>("/api/scene/:id", async ({ params }, reply) => {
    const found = scene.list().find(({ id }) => id === params.id);
    return found ?? reply.code(404).send({ error: `there is no object "${params.id}" in the scene` });
  });
  app.put<{ Params: { id: string }; Body: unknown }>(
    "/api/scene/:id",
    options,
    async ({ body, params }, reply) => {
      const isMap = typeof body === "object" && body !== null && !Array.isArray(body);
      if (!isMap) return change(reply, bad("the body must be an object of the scene"));
      const parsed = sceneItem.safeParse({ ...withoutOrigin(body), id: params.id });
      return change(reply, parsed.success ? () => scene.put(parsed.data) : bad(faults(parsed.error)));
    },
  );
  for (const [verb, target] of Object.entries(targets)) {
    app.post<{ Params: { id: string }; Body: unknown }>(
      `/api/scene/:id/${verb}`,
      async ({ body, params }, reply) => {
        const parsed = target.safeParse(body ?? {});
        return change(
          reply,
          parsed.success ? () => scene.handOver(params.id, parsed.data) : bad(faults(parsed.error)),
        );
      },
    );
  }
  app.delete<{ Params: { id: string } }>("/api/scene/:id", async ({ params }, reply) =>
    change(reply, () => scene.remove(params.id)),
  );
}

/** The objects of a body, without those of twin.yaml, so that an answer of `GET` can be edited and put back; null: none. */
function ownObjects(body: unknown): unknown[] | null {
  if (typeof body !== "object" || body === null || !("objects" in body)) return null;
  const { objects } = body;
  if (!Array.isArray(objects)) return null;
  const own = objects.filter((item: unknown) => {
    return !(typeof item === "object" && item !== null && "origin" in item && item.origin === "config");
  });
  return own.map((item: unknown) => (typeof item === "object" && item !== null ? withoutOrigin(item) : item));
}

function withoutOrigin(item: object): Record<string, unknown> {
  const { origin: _, ...rest } = item as Record<string, unknown>;
  return rest;
}

function faults({ issues }: z.ZodError): string {
  const said = issues.slice(0, 5).map(({ path, message }) => {
    const field = path.map(String).join(".");
    return field === "" ? message : `${field}: ${message}`;
  });
  return said.join("; ") + (issues.length > 5 ? `; ${issues.length - 5} more faults` : "");
}
