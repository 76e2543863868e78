import { secondsOf } from "../../history/promql/duration.ts";
import type { Selector } from "../../history/promql/expression.ts";
import { maxSteps } from "../../history/promql/grid.ts";
import { parseQuery } from "../../history/promql/parse-query.ts";
import { QueryFault } from "../../history/promql/query-fault.ts";

const longestTimeoutMs = 60_000;
const defaultTimeoutMs = 30_000;
const maxSelectors = 32;

/** The parameters of a request to the Prometheus API, from the address and the form. Each read throws a `QueryFault`. */
export class PrometheusParameters {
  constructor(
    private readonly fields: URLSearchParams,
    private readonly now: number,
  ) {}

  get query(): string {
    return this.fields.get("query") ?? "";
  }

  get timeoutMs(): number {
    const text = this.fields.get("timeout");
    if (text === null || text === "") return defaultTimeoutMs;
    const seconds = secondsOf(text);
    if (seconds === null || !(seconds > 0))
      throw invalid("timeout", `cannot parse "${text}" to a valid duration`);
    return Math.min(longestTimeoutMs, 1000 * seconds);
  }

  /** How many items a list may have; Infinity without a limit. */
  get limit(): number {
    const text = this.fields.get("limit");
    if (text === null || text === "" || text === "0") return Number.POSITIVE_INFINITY;
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 0) throw invalid("limit", "limit must be non-negative");
    return limit;
  }

  /** Server ms. */
  get time(): number {
    return this.timeOf("time", this.now);
  }

  /** The steps of a range query, in ms. */
  get range(): { start: number; end: number; step: number } {
    const start = this.timeOf("start", null);
    const end = this.timeOf("end", null);
    if (end < start) throw invalid("end", "end timestamp must not be before start time");
    const text = this.fields.get("step") ?? "";
    const seconds = secondsOf(text);
    if (seconds === null || !Number.isFinite(seconds))
      throw invalid("step", `cannot parse "${text}" to a valid duration`);
    const step = Math.round(1000 * seconds);
    if (step <= 0) {
      throw invalid(
        "step",
        "zero or negative query resolution step widths are not accepted. Try a positive integer",
      );
    }
    if ((end - start) / step > maxSteps) {
      throw new QueryFault(
        "bad_data",
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
      );
    }
    return { start, end, step };
  }

  /** The time that a list of series is about, in ms. */
  get span(): { from: number; to: number } {
    const from = this.timeOf("start", Number.NEGATIVE_INFINITY);
    const to = this.timeOf("end", Number.POSITIVE_INFINITY);
    if (to < from) throw invalid("end", "end timestamp must not be before start timestamp");
    return { from, to };
  }

  /** The selectors of `match[]`. */
  get selectors(): Selector[] {
    const texts = this.fields.getAll("match[]");
    if (texts.length > maxSelectors) throw invalid("match[]", `more than ${maxSelectors} of them`);
    return texts.map((text) => {
      const selector = parseQuery(text);
      if (selector.kind !== "selector") throw invalid("match[]", `"${text}" is no selector of series`);
      return selector;
    });
  }

  private timeOf(name: string, otherwise: number | null): number {
    const text = this.fields.get(name) ?? "";
    if (text === "" && otherwise !== null) return otherwise;
    const number = text.trim() === "" ? Number.NaN : Number(text);
    const ms = Number.isFinite(number) ? Math.round(1000 * number) : dateOf(text);
    if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) {
      throw invalid(name, `cannot parse "${text}" to a valid timestamp`);
    }
    return ms;
  }
}

/** RFC 3339, which has a zone. */
function dateOf(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function invalid(name: string, why: string): QueryFault {
  return new QueryFault("bad_data", `invalid parameter "${name}": ${why}`);
}
