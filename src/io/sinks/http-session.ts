import { readFileSync } from "node:fs";
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { rootCertificates } from "node:tls";
import type { Away } from "./row-sender.ts";

export type HttpAnswer = {
  status: number;
  headers: IncomingHttpHeaders;
  /** Its first 64 KiB, if it was read as a whole. */
  text: string;
  /** Whether a new connection was made for it. */
  isNewConnection: boolean;
};

export type HttpCall = {
  method: "GET" | "POST";
  /** Under the session's URL. */
  path: string;
  query?: Record<string, string>;
  body?: string | Buffer;
  type?: string;
  /** Takes the answer in parts, as they come, in place of `text`. */
  onPart?: (part: Buffer) => void;
};

const mostText = 64 * 1024;

/** Requests to one server over one connection that stays open. */
export class HttpSession {
  /** The header `Authorization`; "": none. */
  authorization = "";
  private readonly base: URL;
  private readonly agent: HttpAgent | HttpsAgent;

  constructor(
    url: string,
    private readonly timeoutMs: number,
    ca?: string,
  ) {
    this.base = new URL(url);
    const keep = { keepAlive: true, maxSockets: 1 };
    this.agent =
      this.base.protocol === "https:"
        ? new HttpsAgent({
            ...keep,
            ...(ca === undefined ? {} : { ca: [...rootCertificates, readFileSync(ca, "utf8")] }),
          })
        : new HttpAgent(keep);
  }

  /** Rejects where there is no whole answer in time; then nobody knows what became of the request. */
  call({ method, path, query = {}, body, type, onPart }: HttpCall): Promise<HttpAnswer> {
    const { base, agent, authorization } = this;
    const target = new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const headers: Record<string, string | number> = {};
    if (authorization !== "") headers.Authorization = authorization;
    if (type !== undefined) headers["Content-Type"] = type;
    if (bytes !== undefined) headers["Content-Length"] = bytes.length;
    const { hostname, port, pathname, search } = target;
    const options = {
      agent,
      method,
      headers,
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port,
      path: pathname + search,
    };
    const send = base.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(options, (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on("data", (part: Buffer) => {
          if (onPart !== undefined && answer.statusCode === 200) onPart(part);
          else if (size < mostText) parts.push(part);
          size += part.length;
        });
        answer.once("error", fail);
        answer.once("end", () => {
          clearTimeout(timer);
          const text = Buffer.concat(parts).subarray(0, mostText).toString();
          const status = answer.statusCode ?? 0;
          resolve({ status, headers: answer.headers, text, isNewConnection: !request.reusedSocket });
        });
      });
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${this.timeoutMs / 1000} s`)),
        this.timeoutMs,
      );
      function fail(error: Error): void {
        clearTimeout(timer);
        reject(error);
      }
      request.once("error", fail);
      request.end(bytes);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Why a call got no answer. */
export function unanswered(error: unknown): Away {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = message === "" || message === undefined ? String(code ?? error) : message;
  const isTls = /certificate|self.signed|TLS|SSL/i.test(reason);
  return {
    kind: "away",
    state: isTls ? "error" : "lost",
    reason,
    remedy: isTls
      ? "Check the server's certificate, or name its authority by `ca`."
      : "Check that the server runs and that `url` is right; rows wait on the disk until then.",
  };
}

/** Why an answer means that the server cannot take rows now; null: it is about the rows, or all is well. */
export function unusable({ status, text, headers }: HttpAnswer): Away | null {
  const reason = `HTTP ${status}${text === "" ? "" : `: ${oneLine(text)}`}`;
  const away = (state: Away["state"], remedy: string): Away => ({ kind: "away", state, reason, remedy });
  if (status === 401 || status === 403)
    return away("error", "Check the token, or the username and password.");
  if (status === 404) return away("error", "Check `url`, and the name of the database or bucket.");
  if (status >= 300 && status < 400)
    return away("error", `Set \`url\` to ${headers.location ?? "where it leads"}.`);
  if (status === 408 || status === 429 || status >= 500)
    return away("lost", "The rows wait on the disk until the server takes them.");
  return null;
}

/** The text of an answer as one short line. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 300 ? line : `${line.slice(0, 300)}…`;
}
