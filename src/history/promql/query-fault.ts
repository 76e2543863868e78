/** `bad_data`: the query is wrong. `execution`: it cannot be computed. `timeout`: it took too long. Prometheus' words. */
export type FaultKind = "bad_data" | "execution" | "timeout" | "unavailable";

/** Why a query has no answer, in the form of Prometheus' HTTP API. */
export class QueryFault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
  ) {
    super(message);
  }
}

/** A fault in the text of a query. `at` is the place in it, from 0. */
export function parseFault(text: string, at: number, message: string): QueryFault {
  const before = text.slice(0, at).split("\n");
  const column = (before[before.length - 1] ?? "").length + 1;
  return new QueryFault("bad_data", `${before.length}:${column}: parse error: ${message}`);
}
