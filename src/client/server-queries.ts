import type { TwinEvent, TwinJson } from "../protocol/state-messages.ts";
import { askServer, parsed } from "./ask-server.ts";
import type { EventsQuery, HistoryQuery, HistorySeries, PastEvent, Time } from "./history-api.ts";
import { isEvent, isObject, isPastEvent, isText, isTwin } from "./message-checks.ts";
import type { Platform } from "./platform.ts";
import type { ServerAddress } from "./server-address.ts";
import { TwinError } from "./twin-error.ts";

const arrays = [
  "time",
  "min",
  "max",
  "mean",
  "last",
  "count",
  "value",
  "stamp",
  "quality",
  "source",
] as const;

/** `GET /api/history`. Rejects with `no_history` where the server keeps none. */
export async function queryHistory(
  address: ServerAddress,
  platform: Platform,
  query: HistoryQuery,
): Promise<HistorySeries[]> {
  const { series, from, to, ...rest } = query;
  const fields: Record<string, string | undefined> = {
    series: typeof series === "string" ? series : series.join(","),
    from: timeText(from),
    to: timeText(to),
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)])),
  };
  const path = `api/history?${queryText(fields)}`;
  const reply = await askServer(address, platform, path, { method: "GET" });
  if (!reply.ok) throw historyFault(reply.code, reply.message);
  const body = parsed(reply.body);
  if (!isObject(body) || !Array.isArray(body.series) || !body.series.every(isSeries)) throw badAnswer(path);
  return body.series;
}

/** `GET /api/events`. */
export async function queryEvents(address: ServerAddress, platform: Platform): Promise<TwinEvent[]> {
  const events = await fetchEvents(address, platform, "api/events");
  return events.filter(isEvent);
}

/** `GET /api/events` of the store. */
export async function queryPastEvents(
  address: ServerAddress,
  platform: Platform,
  { from, to, kind }: EventsQuery,
): Promise<PastEvent[]> {
  // Without any of these the server answers with the events of this run.
  const query = queryText({ from: timeText(from), to: timeText(to), kind: kind ?? "*" });
  const events = await fetchEvents(address, platform, `api/events?${query}`);
  return events.filter(isPastEvent);
}

async function fetchEvents(address: ServerAddress, platform: Platform, path: string): Promise<unknown[]> {
  const reply = await askServer(address, platform, path, { method: "GET" });
  if (!reply.ok) throw queryFault(reply.code, reply.message);
  const body = parsed(reply.body);
  if (!isObject(body) || !Array.isArray(body.events)) throw badAnswer(path);
  return body.events;
}

/** `GET /api/twin?at=`. */
export async function queryTwinAt(address: ServerAddress, platform: Platform, at: Time): Promise<TwinJson> {
  const path = `api/twin?${queryText({ at: timeText(at) })}`;
  const reply = await askServer(address, platform, path, { method: "GET" });
  if (!reply.ok) throw historyFault(reply.code, reply.message);
  const body = parsed(reply.body);
  if (!isTwin(body)) throw badAnswer(path);
  return body;
}

function isSeries(value: unknown): value is HistorySeries {
  if (!isObject(value) || !isText(value.name) || !Array.isArray(value.time)) return false;
  return arrays.every((key) => value[key] === undefined || Array.isArray(value[key]));
}

function timeText(time: Time | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time?.toString();
}

function queryText(fields: Record<string, string | undefined>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== "undefined")
    .map(([key, value]) => `${key}=${encodeURIComponent(value as string)}`)
    .join("&");
}

/** The answer to an address that the server does not have is another than that to a series that is not there. */
function historyFault(code: string, message: string): TwinError {
  if (code === "not_found" && !/series/i.test(message)) {
    return new TwinError("no_history", "this server keeps no history: GET /api/history is not there");
  }
  return queryFault(code, message);
}

function queryFault(code: string, message: string): TwinError {
  if (code === "no_server") return new TwinError("not_connected", `the twin did not answer: ${message}`);
  return new TwinError(code, message);
}

function badAnswer(path: string): TwinError {
  return new TwinError("bad_message", `the server's answer to ${path} is not what this version understands`);
}
