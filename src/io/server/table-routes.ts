import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { type History, HistoryFault } from "../../history/history-query.ts";
import { QueryFault } from "../../history/promql/query-fault.ts";
import { parseHistoryQuery, parseSpan, queryNumber, queryText } from "./history-parameters.ts";
import { annotationsText, tableShapes, tableText, tableValues } from "./history-table.ts";
import { Slices } from "./slices.ts";

type Query = Record<string, unknown>;
export type TableContext = { history(): History | null; now(): number };

const defaultPoints = 1000;
const maxRows = 200_000;
const defaultEvents = 1000;
const maxEvents = 10_000;
const timeLimitMs = 60_000;

/** The history as flat JSON lists, for Grafana's Infinity data source and other readers of tables. */
export function addTableRoutes(app: FastifyInstance, context: TableContext): void {
  const answered = async (reply: FastifyReply, pieces: (history: History) => Promise<Generator<string>>) => {
    try {
      const history = context.history();
      if (history === null) {
        throw new HistoryFault(503, "this twin keeps no history: set history.enabled to true");
      }
      return reply.type("application/json; charset=utf-8").send(paced(reply, await pieces(history)));
    } catch (error) {
      if (error instanceof HistoryFault) return reply.code(error.status).send({ error: error.message });
      throw error;
    }
  };
  app.get<{ Querystring: Query }>("/api/history/table", ({ query }, reply) =>
    answered(reply, async (history) => {
      const { shape: shapeText, value: valueText, ...rest } = query;
      const shape = choice("shape", shapeText, tableShapes, "rows");
      const value = choice("value", valueText, tableValues, "mean");
      const { points, ...selection } = parseHistoryQuery(rest, context.now());
      const all = await history.points({ ...selection, ...(points ?? { points: defaultPoints }) });
      const rows = all.reduce((sum, { time }) => sum + time.length, 0);
      if (rows > maxRows) {
        throw new HistoryFault(
          413,
          `${rows} rows, and a table has ${maxRows} at most: ask for fewer points or series`,
        );
      }
      return tableText(all, shape, value);
    }),
  );
  app.get<{ Querystring: Query }>("/api/history/annotations", ({ query }, reply) =>
    answered(reply, async (history) => {
      const { from, to } = parseSpan(query, context.now());
      const limit = Math.min(maxEvents, queryNumber(query, "limit") ?? defaultEvents);
      const kind = queryText(query, "kind") ?? "*";
      return annotationsText(await history.events({ from, to, kind, limit }));
    }),
  );
}

function choice<T extends string>(name: string, given: unknown, known: readonly T[], otherwise: T): T {
  if (given === undefined || given === "") return otherwise;
  const found = known.find((one) => one === given);
  if (found === undefined) {
    throw new HistoryFault(400, `${name}: "${String(given).slice(0, 40)}" is none of ${known.join(", ")}`);
  }
  return found;
}

/** Pieces as they are read, so that a large table holds nothing up. */
function paced(reply: FastifyReply, pieces: Generator<string>): Readable {
  const slices = new Slices(() => reply.raw.destroyed, performance.now() + timeLimitMs);
  async function* read(): AsyncGenerator<string> {
    try {
      for (const piece of pieces) {
        yield piece;
        await slices.pause();
      }
    } catch (error) {
      // The answer has begun: all that is left is to break it off.
      if (error instanceof QueryFault) reply.raw.destroy();
      else throw error;
    }
  }
  return Readable.from(read(), { objectMode: false });
}
