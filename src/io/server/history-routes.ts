import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { type Facet, facets } from "../../core/quality.ts";
import type { Engine } from "../../engine/engine.ts";
import type { BodyRequest, HistoryBodies } from "../../history/history-body.ts";
import { type History, HistoryFault } from "../../history/history-query.ts";
import { parseHistoryQuery, parseMoment, parseSpan, queryNumber, queryText } from "./history-parameters.ts";

type Query = Record<string, unknown>;
export type HistoryRoutesContext = {
  engine: Engine;
  history(): (History & HistoryBodies) | null;
  now(): number;
};

const defaultEvents = 2000;
/** Raw samples of one answer as JSON: its columns stand in memory, those of CSV and Parquet do not. */
const maxJsonSamples = 1_000_000;

/** `GET /api/twin`, `/api/events` and what else looks into the past. */
export function addHistoryRoutes(app: FastifyInstance, context: HistoryRoutesContext): void {
  const { engine, now } = context;
  const memory = (): History & HistoryBodies => {
    const history = context.history();
    if (history === null)
      throw new HistoryFault(503, "this twin keeps no history: set history.enabled to true");
    return history;
  };
  app.get<{ Querystring: Query }>("/api/twin", async ({ query }, reply) => {
    if (query.at === undefined) return engine.twinJson();
    return answered(reply, async () => {
      const { at, clock } = parseMoment(query, now());
      return reply.type("application/json; charset=utf-8").send(await memory().twinAt(at, clock));
    });
  });
  app.get<{ Querystring: Query }>("/api/events", async ({ query }, reply) => {
    if (query.from === undefined && query.to === undefined && query.kind === undefined) {
      return { events: engine.events.all() };
    }
    return answered(reply, async () => {
      const { from, to } = parseSpan(query, now());
      const kind = queryText(query, "kind") ?? "*";
      const limit = queryNumber(query, "limit") ?? defaultEvents;
      return { events: await memory().events({ from, to, kind, limit }) };
    });
  });
  app.get("/api/history/status", async () => {
    const history = context.history();
    if (history === null) return { state: "off", reason: "history.enabled is false", remedy: "" };
    const { from, to, ...rest } = history.status();
    return { ...rest, ...(Number.isNaN(from) ? {} : { from, to }) };
  });
  app.get<{ Querystring: Query }>("/api/history/series", async ({ query }, reply) =>
    answered(reply, async () => {
      const patterns = (queryText(query, "match") ?? "*").split(",");
      const series = await memory().series(patterns, facetOf(query));
      return {
        series: series.map(({ id: _, first, last, ...rest }) => ({
          ...rest,
          ...(Number.isNaN(first) ? {} : { first, last }),
        })),
      };
    }),
  );
  app.get<{ Querystring: Query }>("/api/history/gaps", async ({ query }, reply) =>
    answered(reply, async () => {
      const { from, to } = parseSpan(query, now());
      return { gaps: await memory().gaps(from, to) };
    }),
  );
  app.get<{ Params: { hash: string } }>("/api/history/descriptions/:hash", async ({ params }, reply) =>
    answered(reply, async () => {
      const text = await memory().description(params.hash);
      if (text === null)
        throw new HistoryFault(404, `no description with the hash "${params.hash}" is stored`);
      return reply.type("application/xml; charset=utf-8").send(text);
    }),
  );
  app.get<{ Querystring: Query }>("/api/history", async ({ query }, reply) =>
    answered(reply, async () => {
      const { format, aggregate, points, ...selection } = parseHistoryQuery(query, now());
      const history = memory();
      if ((await history.series(selection.patterns, selection.facet)).length === 0) {
        throw new HistoryFault(404, `no series matches "${selection.patterns.join(",")}"`);
      }
      const count = points === null && format === "json" ? await history.count(selection) : 0;
      if (count > maxJsonSamples) {
        throw new HistoryFault(
          413,
          `about ${count} samples, and JSON takes ${maxJsonSamples} at most: ask for points, a shorter time, or format=csv`,
        );
      }
      const request: BodyRequest = { format, aggregate, points, selection };
      if (format !== "json") reply.header("content-disposition", `attachment; filename="history.${format}"`);
      const body = await begun(history.body(request));
      return reply.type(types[format]).send(Readable.from(body, { objectMode: false }));
    }),
  );
}

const types: Record<BodyRequest["format"], string> = {
  json: "application/json; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
  parquet: "application/vnd.apache.parquet",
};

/** A body whose first piece is there: what is wrong with a query is known before an answer begins. */
async function begun(body: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const stream = body[Symbol.asyncIterator]();
  const first = await stream.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await stream.next()) yield next.value;
    } finally {
      await stream.return?.();
    }
  })();
}

function facetOf(query: Query): Facet | "*" {
  const facet = queryText(query, "facet");
  if (facet === undefined || facet === "*") return "*";
  if (!facets.includes(facet as Facet))
    throw new HistoryFault(400, `facet: it must be ${facets.join(", ")} or *`);
  return facet as Facet;
}

/** The answer of `work`, or the reason why there is none. */
async function answered(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HistoryFault)) throw error;
    return reply.code(error.status).send({ error: error.message });
  }
}
