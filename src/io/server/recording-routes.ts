import { constants } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type AccessRules, isAllowedOrigin } from "./access.ts";
import { byteRange } from "./byte-range.ts";

/** A plain name: no folder, nothing hidden. */
const recordingName = /^(?!\.)[^/\\\0]{1,200}\.mcap$/;
/** Programs in a page see only the headers that are named here; those that read MCAP by ranges need them. */
const exposed = "accept-ranges, content-length, content-range, etag";

/** `GET /api/recordings` and the recordings in `folder`, whole or by byte ranges. */
export function addRecordingRoutes(app: FastifyInstance, folder: string, rules: AccessRules): void {
  app.get("/api/recordings", async (request, reply) => {
    allowOrigin(request, reply, rules);
    return { recordings: await listOf(folder) };
  });
  app.options("/api/recordings", (request, reply) => preflight(request, reply, rules));
  app.options("/api/recordings/:name", (request, reply) => preflight(request, reply, rules));
  app.get<{ Params: { name: string } }>("/api/recordings/:name", async (request, reply) => {
    allowOrigin(request, reply, rules);
    const { name } = request.params;
    const file = recordingName.test(name) ? await openRecording(join(folder, name)) : null;
    if (file === null)
      return reply.code(404).send({ error: `there is no recording "${name.slice(0, 200)}"` });
    const { size, mtimeMs } = await file.stat();
    const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    reply.header("accept-ranges", "bytes").header("etag", tag).header("cache-control", "private, no-cache");
    const { range: asked, "if-range": ifRange } = request.headers;
    const range = ifRange === undefined || ifRange === tag ? byteRange(asked, size) : null;
    if (range === "unsatisfiable") {
      await file.close();
      const error = `the range is outside of the ${size} bytes`;
      return reply.code(416).header("content-range", `bytes */${size}`).send({ error });
    }
    const [first, last] = range ?? [0, size - 1];
    if (range !== null) reply.code(206).header("content-range", `bytes ${first}-${last}/${size}`);
    reply.type("application/octet-stream").header("content-length", last - first + 1);
    if (request.method === "HEAD") {
      await file.close();
      // fastify would say that there are 0 bytes.
      reply.hijack();
      reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders).end();
      return reply;
    }
    if (last < first) {
      await file.close();
      return reply.send("");
    }
    // As long as it was when it was opened: a recording may be growing.
    return reply.send(file.createReadStream({ start: first, end: last }));
  });
}

/** Null where there is none. A link is not followed: it may lead out of the folder. */
async function openRecording(path: string): Promise<FileHandle | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
  } catch {
    // none
  }
  await file?.close();
  return null;
}

/** Newest first. */
async function listOf(folder: string): Promise<{ name: string; bytes: number; modified: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && recordingName.test(entry.name));
  const found = await Promise.all(
    names.map(async ({ name }) => {
      const info = await stat(join(folder, name)).catch(() => null);
      return info === null ? [] : [{ name, bytes: info.size, modified: Math.round(info.mtimeMs) }];
    }),
  );
  return found.flat().sort((a, b) => b.modified - a.modified || (a.name < b.name ? -1 : 1));
}

function allowOrigin(request: FastifyRequest, reply: FastifyReply, rules: AccessRules): void {
  const { origin } = request.headers;
  reply.header("vary", "origin");
  if (origin === undefined || !isAllowedOrigin(origin, rules)) return;
  reply.header("access-control-allow-origin", origin).header("access-control-expose-headers", exposed);
}

/** What a browser asks before it sends a range or a token from another page. It carries no token itself. */
function preflight(request: FastifyRequest, reply: FastifyReply, rules: AccessRules): FastifyReply {
  allowOrigin(request, reply, rules);
  return reply
    .code(204)
    .header("access-control-allow-methods", "GET, HEAD")
    .header("access-control-allow-headers", "range, if-range, authorization")
    .header("access-control-max-age", "600")
    .send();
}
