import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type History, HistoryFault } from "../../history/history-query.ts";
import { instantAnswer, rangeAnswer, samplesAnswer } from "../../history/promql/answer.ts";
import { demandsOf } from "../../history/promql/demand.ts";
import { evaluate } from "../../history/promql/evaluate.ts";
import { type Grid, gridOf } from "../../history/promql/grid.ts";
import { type Labels, metricLabel } from "../../history/promql/labels.ts";
import { matcherOf } from "../../history/promql/matcher.ts";
import { parseQuery } from "../../history/promql/parse-query.ts";
import { type FaultKind, QueryFault } from "../../history/promql/query-fault.ts";
import { twinMetric } from "../../history/promql/twin-series.ts";
import { PrometheusParameters } from "./prometheus-parameters.ts";
import { PrometheusSource } from "./prometheus-source.ts";
import { Slices } from "./slices.ts";
import { Turnstile } from "./turnstile.ts";

export type PrometheusContext = { version: string; history(): History | null; now(): number };

/** The version of Prometheus whose HTTP API and language this follows: Grafana chooses its requests by it. */
const followed = "2.42.0";
const queriesAtOnce = 2;
const queriesWaiting = 64;
/** Answers that are being read, each up to some ten MB in memory. */
const answersAtOnce = 8;
/** How long a client may take to read an answer. ms */
const readingMs = 30_000;

/** One request while it is answered. */
type Asked = { parameters: PrometheusParameters; source: PrometheusSource; slices: Slices };

/** Prometheus' query API over the history, at `/prometheus/api/v1/…`. It only reads. */
export async function addPrometheusRoutes(app: FastifyInstance, context: PrometheusContext): Promise<void> {
  const computing = new Turnstile(queriesAtOnce, queriesWaiting);
  const sending = new Turnstile(answersAtOnce, queriesWaiting);

  /** Runs `work`; what goes wrong is answered in Prometheus' form. */
  const handled =
    (work: (asked: Asked, request: FastifyRequest) => Promise<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const computed = await computing.enter();
      let sent: (() => void) | null = null;
      let slow: NodeJS.Timeout | undefined;
      try {
        if (computed === null) throw new QueryFault("unavailable", "too many queries at once");
        const history = context.history();
        if (history === null) {
          throw new QueryFault("unavailable", "this twin keeps no history: set history.enabled to true");
        }
        const parameters = new PrometheusParameters(fieldsOf(request), context.now());
        const isGone = (): boolean => reply.raw.destroyed || reply.raw.writableEnded;
        const slices = new Slices(isGone, performance.now() + parameters.timeoutMs);
        const source = new PrometheusSource(history, slices);
        const data = await work({ parameters, slices, source }, request);
        if (!(data instanceof Readable)) return await reply.send({ status: "success", data });
        // Who reads slowly must keep nobody from computing, nor for long from reading.
        computed();
        sent = await sending.enter();
        if (sent === null) throw new QueryFault("unavailable", "too many answers are being read slowly");
        slow = setTimeout(() => reply.raw.destroy(), readingMs);
        return await reply.type("application/json; charset=utf-8").send(data);
      } catch (error) {
        return await refuse(reply, error);
      } finally {
        clearTimeout(slow);
        computed?.();
        sent?.();
      }
    };

  const addRoutes = (scope: FastifyInstance, _: object, done: () => void): void => {
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      (_request, body, parsed) => parsed(null, new URLSearchParams(String(body))),
    );
    scope.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => refuse(reply, error));
    const both = (path: string, handler: ReturnType<typeof handled>): void => {
      scope.route({ method: ["GET", "POST"], url: `/api/v1/${path}`, handler });
    };
    both("query", handled(instant));
    both("query_range", handled(range));
    both("series", handled(series));
    both("labels", handled(labelNames));
    scope.get("/api/v1/label/:name/values", handled(labelValues));
    scope.get(
      "/api/v1/metadata",
      handled(async () => metadata),
    );
    both(
      "query_exemplars",
      handled(async () => []),
    );
    scope.get("/api/v1/status/buildinfo", async () => ({
      status: "success",
      data: {
        version: followed,
        revision: `twinbridge ${context.version}`,
        branch: "",
        buildUser: "",
        buildDate: "",
        goVersion: "",
      },
    }));
    // What `promtool check healthy` and `ready` ask.
    scope.get("/-/healthy", async () => "twinbridge is healthy.\n");
    scope.get("/-/ready", async (_, reply) =>
      context.history() === null ? reply.code(503).send("no history\n") : "twinbridge is ready.\n",
    );
    done();
  };
  await app.register(addRoutes, { prefix: "/prometheus" });
}

const metadata = {
  [twinMetric]: [
    { type: "gauge", help: "A number of the twin: thing, path and facet as in GET /api/history.", unit: "" },
  ],
};

function fieldsOf({ body, raw }: FastifyRequest): URLSearchParams {
  const address = raw.url ?? "";
  const mark = address.indexOf("?");
  const fields = new URLSearchParams(mark < 0 ? "" : address.slice(mark + 1));
  if (body instanceof URLSearchParams) for (const [name, value] of body) fields.append(name, value);
  return fields;
}

async function instant({ parameters, source, slices }: Asked): Promise<Readable> {
  const { time, query } = parameters;
  const expression = parseQuery(query);
  const grid: Grid = { times: Float64Array.of(time), start: time, end: time };
  if (expression.kind === "range") {
    const loaded = await source.load(demandsOf(expression, grid));
    const end = (demandsOf(expression, grid)[0]?.times[0] ?? time) as number;
    const samples = loaded.get(expression.selector) ?? [];
    return streamed(samplesAnswer(samples, end - expression.rangeMs, end), slices);
  }
  if (expression.kind === "subquery") {
    throw new QueryFault(
      "execution",
      "a subquery stands alone: put a function around it, as max_over_time(…)",
    );
  }
  const loaded = await source.load(demandsOf(expression, grid));
  return streamed(instantAnswer(await slices.run(evaluate(expression, grid, loaded)), time), slices);
}

async function range({ parameters, source, slices }: Asked): Promise<Readable> {
  const { query } = parameters;
  const { start, end, step } = parameters.range;
  const expression = parseQuery(query);
  if (expression.kind === "range" || expression.kind === "subquery" || expression.kind === "string") {
    const type = expression.kind === "string" ? "string" : "range vector";
    throw new QueryFault(
      "bad_data",
      `invalid parameter "query": invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
    );
  }
  const grid = gridOf(start, end, step);
  const loaded = await source.load(demandsOf(expression, grid));
  return streamed(rangeAnswer(await slices.run(evaluate(expression, grid, loaded)), grid.times), slices);
}

async function series({ parameters, source }: Asked): Promise<unknown> {
  const { selectors } = parameters;
  if (selectors.length === 0) throw new QueryFault("bad_data", "no match[] parameter provided");
  const all = await labelSets(parameters, source);
  return all.slice(0, parameters.limit).map((labels) => Object.fromEntries(labels));
}

async function labelNames({ parameters, source }: Asked): Promise<string[]> {
  const names = new Set((await labelSets(parameters, source)).flatMap((labels) => [...labels.keys()]));
  return [...names].sort().slice(0, parameters.limit);
}

async function labelValues({ parameters, source }: Asked, request: FastifyRequest): Promise<string[]> {
  const { name } = request.params as { name: string };
  const values = new Set((await labelSets(parameters, source)).map((labels) => labels.get(name) ?? ""));
  values.delete("");
  return [...values].sort().slice(0, parameters.limit);
}

/** The labels of all series that one of the selectors means; of all there are without a selector. */
async function labelSets(parameters: PrometheusParameters, source: PrometheusSource): Promise<Labels[]> {
  const { selectors, span } = parameters;
  const every = {
    kind: "selector",
    matchers: [matcherOf(metricLabel, "=", twinMetric)],
    offsetMs: 0,
    at: null,
  } as const;
  const found = new Map<number, Labels>();
  for (const selector of selectors.length === 0 ? [every] : selectors) {
    for (const { info, labels } of await source.series(selector, span)) found.set(info.id, labels);
  }
  return [...found.values()];
}

/** Sends as fast as it is read, in pieces. */
function streamed(pieces: Iterable<string>, slices: Slices): Readable {
  async function* paced(): AsyncGenerator<string> {
    for (const piece of pieces) {
      if (piece !== "") yield piece;
      await slices.giveWay();
    }
  }
  return Readable.from(paced(), { objectMode: false });
}

const statuses: Readonly<Record<FaultKind, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  unavailable: 503,
};

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  const [status, errorType, message] = faultOf(error);
  return reply.code(status).send({ status: "error", errorType, error: message });
}

function faultOf(error: unknown): [number, string, string] {
  if (error instanceof QueryFault) return [statuses[error.kind], error.kind, error.message];
  if (error instanceof HistoryFault) {
    return [
      error.status === 503 ? 503 : 422,
      error.status === 503 ? "unavailable" : "execution",
      error.message,
    ];
  }
  const { statusCode = 500, message } = error as Error & { statusCode?: number };
  return statusCode < 500
    ? [statusCode, "bad_data", message]
    : [500, "internal", "the server failed on this request"];
}
