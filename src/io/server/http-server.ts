import { existsSync } from "node:fs";
import type { IncomingMessage, Server } from "node:http";
import { basename } from "node:path";
import type { Duplex } from "node:stream";
import rateLimit from "@fastify/rate-limit";
import fastifyStatic from "@fastify/static";
import fastify, { type FastifyInstance } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { allows, forbiddenText, type Grant, roleOfRoute } from "../../protocol/roles.ts";
import { type AccessRules, admit, clientAddress, publicPath, requestUrl, withoutPrefix } from "./access.ts";
import { type ApiContext, addApiRoutes } from "./api-routes.ts";
import type { CommandRequests } from "./command-requests.ts";
import { addCommandRoutes } from "./command-routes.ts";
import { addJsonParser } from "./json-body.ts";
import { addLibraryRoutes, type LibraryStore } from "./library-routes.ts";
import { addPrometheusRoutes } from "./prometheus-routes.ts";
import { addRecordRoutes, type RecordsAtHand } from "./record-routes.ts";
import { addRecordingRoutes } from "./recording-routes.ts";
import { refusalPage } from "./refusal-page.ts";
import { addRosRoutes, type RosContext } from "./ros-routes.ts";
import { endWhenSilent } from "./silent-sockets.ts";
import { readTls, type TlsFiles, watchTls } from "./tls-files.ts";

const maxBodyBytes = 64 * 1024;
const maxFrameBytes = 64 * 1024;
const maxSockets = 512;
/** Of one token: its owner does not keep the others out. */
const maxSocketsOfToken = 256;
const subprotocol = "twin.v1";
const statusTexts = { 401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests" } as const;

const pagePolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "base-uri 'self'",
].join("; ");

/** `embed`: the origins whose pages may show this one in a frame. */
function pagePolicyFor(embed: readonly string[]): string {
  return `${pagePolicy}; frame-ancestors ${embed.length === 0 ? "'none'" : `'self' ${embed.join(" ")}`}`;
}

/** The web component: any page may load it, for it has nothing in it. */
const embedFile = "embed.js";

/** WebSockets of another protocol than ours, at addresses of their own. */
export interface OtherSockets {
  readonly paths: readonly string[];
  /** An HTTP status, as "400 Bad Request"; null: the socket is given. */
  refusal(path: string, request: IncomingMessage): string | null;
  upgrade(path: string, request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void;
  close(): void;
}

/** Who asks for a socket. `mayOperate`: it presented a token with the role of an operator. */
export type Caller = { address: string; mayOperate: boolean; url: URL };

declare module "fastify" {
  interface FastifyRequest {
    /** As whom the request passed; null before that. */
    grant: Grant | null;
  }
}

export type ServerOptions = {
  host: string;
  port: number;
  rules: AccessRules;
  /** Folder of the built page. */
  viewerDir: string;
  api: ApiContext;
  onState(socket: WebSocket): void;
  onCommand(socket: WebSocket, caller: { address: string; grant: Grant }): void;
  onRefused(socket: string, reason: string): void;
  /** Carries out the commands of HTTP. */
  commands: CommandRequests;
  /** Keeps poses and sequences. */
  library: LibraryStore;
  others?: OtherSockets;
  /** Folder of the recordings; absent: none are served. */
  recordings?: string;
  /** The numbers of topics that are recorded; absent: none can be. */
  records?: RecordsAtHand;
  /** Questions about the ROS graph; absent: there are none. */
  ros?: RosContext;
  /** Serves HTTPS with these files; absent: HTTP. */
  tls?: TlsFiles;
  /** What people should know about the server, as that a renewed certificate cannot be used. */
  warn?(text: string): void;
};

/** The page, the API and the two WebSockets on one port. */
export class HttpServer {
  private readonly app: FastifyInstance;
  private readonly prefix: string;
  /** Connections by the token that opened them: they end with it. */
  private readonly open = new Map<Duplex, Grant>();
  private unwatch = (): void => {};
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });

  constructor(private readonly options: ServerOptions) {
    this.prefix = publicPath(options.rules.publicUrl);
    const https = options.tls === undefined ? {} : { https: readTls(options.tls) };
    this.app = fastify({
      ...https,
      rewriteUrl: (request) => withoutPrefix(request.url ?? "/", this.prefix),
      // A proxy on this machine says whom it speaks for.
      trustProxy: options.rules.publicUrl === null ? false : "loopback",
      bodyLimit: maxBodyBytes,
      forceCloseConnections: true,
      // WebSocket upgrades end with their sockets; idle page connections must not hold a shutdown.
      keepAliveTimeout: 5000,
      // A request that is never finished must not keep its socket forever; fastify's own value is "never".
      requestTimeout: 30_000,
      routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    }) as FastifyInstance;
    options.rules.tokens.onChange(() => this.closeRevoked());
  }

  /** Resolves to the port that was bound. Rejects with the system's error when it cannot be. */
  async start(): Promise<number> {
    const { app, options } = this;
    app.decorateRequest("grant", null);
    app.addHook("onRequest", async (request, reply) => {
      // By the route found, not by the address as written: /%61pi/twin is /api/twin.
      const route = request.routeOptions.url ?? "";
      const isInterface =
        route.startsWith("/api/") || route.startsWith("/prometheus/") || route === "/metrics";
      const path = request.raw.url?.split("?")[0] ?? "";
      const isFile = !isInterface && (path.startsWith("/assets/") || path === `/${embedFile}`);
      // A browser asks for permission without the token; that answer says nothing.
      const isAsked = isInterface && request.method !== "OPTIONS";
      const asked = isAsked ? "interface" : isFile ? "file" : "page";
      const admission = admit(request.raw, options.rules, asked);
      let denial = admission.ok ? null : admission.denial;
      if (admission.ok && isAsked) {
        request.grant = admission.grant;
        const needed = roleOfRoute(request.method, route);
        if (!allows(admission.grant.role, needed)) {
          denial = { status: 403, reason: forbiddenText(admission.grant, needed) };
        }
      }
      reply.header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");
      if (denial !== null) {
        options.onRefused("http", String(denial.status));
        reply.code(denial.status);
        if (request.headers.accept?.includes("text/html") === true && !route.startsWith("/api/")) {
          return reply.type("text/html; charset=utf-8").send(refusalPage(denial.reason));
        }
        const code = admission.ok ? { code: "forbidden" } : {};
        return reply.send({ error: denial.reason, ...code });
      }
      return undefined;
    });
    await app.register(rateLimit, { max: 20_000, timeWindow: "1 minute" });
    app.removeContentTypeParser(["text/plain", "application/json"]);
    addJsonParser(app);
    addApiRoutes(app, options.api);
    addCommandRoutes(app, options.commands, (grant) => options.rules.tokens.holds(grant));
    addLibraryRoutes(app, { engine: options.api.engine, store: options.library, now: options.api.now });
    if (options.ros !== undefined) addRosRoutes(app, options.ros);
    if (options.records !== undefined) addRecordRoutes(app, options.records);
    if (options.recordings !== undefined) addRecordingRoutes(app, options.recordings, options.rules);
    await addPrometheusRoutes(app, options.api);
    if (existsSync(options.viewerDir)) {
      const policy = pagePolicyFor(options.rules.embed ?? []);
      await app.register(fastifyStatic, {
        root: options.viewerDir,
        preCompressed: true,
        setHeaders: (reply, path) => {
          reply.setHeader("content-security-policy", policy);
          if (basename(path).startsWith(embedFile)) {
            reply.setHeader("access-control-allow-origin", "*");
            reply.setHeader("cross-origin-resource-policy", "cross-origin");
          }
          const hashed = path.includes("/assets/");
          reply.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
        },
      });
    } else {
      app.get("/", async (_, reply) =>
        reply.code(503).send("The page is not built: run `npm run build` and start again.\n"),
      );
    }
    app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: "there is nothing at this address" }));
    app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
      const status = error.statusCode ?? 500;
      return reply
        .code(status)
        .send({ error: status >= 500 ? "the server failed on this request" : error.message });
    });
    await app.listen({ host: options.host, port: options.port });
    const server: Server = app.server;
    if (options.tls !== undefined) {
      this.unwatch = watchTls(options.tls, server, (text) => options.warn?.(text));
    }
    server.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : options.port;
  }

  async stop(): Promise<void> {
    this.unwatch();
    this.options.others?.close();
    for (const client of this.sockets.clients) client.close(1001, "the twin is shutting down");
    setTimeout(() => {
      for (const client of this.sockets.clients) client.terminate();
    }, 300).unref();
    await this.app.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const { options } = this;
    const path = withoutPrefix(requestUrl(request)?.pathname ?? "", this.prefix);
    const others = options.others?.paths.includes(path) === true ? options.others : undefined;
    const known = path === "/ws/state" || path === "/ws/command" || others !== undefined;
    const admission = admit(request, options.rules, "interface");
    const denial = admission.ok ? null : admission.denial;
    const refusal = !known
      ? "404 Not Found"
      : denial !== null
        ? `${denial.status} ${statusTexts[denial.status]}`
        : this.sockets.clients.size >= maxSockets || this.hasMany(admission)
          ? "503 Service Unavailable"
          : (others?.refusal(path, request) ?? null);
    if (refusal !== null || !admission.ok) {
      options.onRefused(path.slice(0, 32), String(refusal).slice(0, 3));
      const body = `${denial?.reason ?? refusal}\n`;
      socket.end(
        `HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return;
    }
    const { grant } = admission;
    const address = clientAddress(request, options.rules);
    this.open.set(socket, grant);
    socket.on("close", () => this.open.delete(socket));
    if (others !== undefined) {
      const url = requestUrl(request) ?? new URL("http://twin.invalid");
      // Without any token a connection only reads: pages of any origin reach a server of this kind.
      const mayOperate = !options.rules.tokens.isOpen && allows(grant.role, "operator");
      others.upgrade(path, request, socket, head, { address, mayOperate, url });
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      endWhenSilent(client);
      client.on("error", (error: Error & { code?: string }) => {
        if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") options.onRefused(path, "too_large");
      });
      if (path === "/ws/state") options.onState(client);
      else options.onCommand(client, { address, grant });
    });
  }

  private hasMany(admission: ReturnType<typeof admit>): boolean {
    if (!admission.ok || admission.grant.name === null) return false;
    let count = 0;
    for (const grant of this.open.values()) if (grant === admission.grant) count += 1;
    return count >= maxSocketsOfToken;
  }

  /** Ends the connections whose token was removed: what they drive brakes, as after any loss. */
  private closeRevoked(): void {
    for (const [socket, grant] of this.open) if (!this.options.rules.tokens.holds(grant)) socket.destroy();
  }
}
