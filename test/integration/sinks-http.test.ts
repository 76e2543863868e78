import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenSink, openSink } from "../../src/io/sinks/open-sink.ts";
import type { InfluxOptions, SinkOptions } from "../../src/io/sinks/sink-options.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { JournalMaker } from "../support/journal-maker.ts";
import { testPace } from "../support/sink-options.ts";

/*
 * What InfluxDB 2 and 3 ask and answer, by their documentation: neither can be installed here. And answers that a real server
 * gives only when something is wrong.
 */

type Call = {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, unknown>;
  lines: string[];
};
type Reply = { status: number; text?: string; headers?: Record<string, string> };

class FakeServer {
  readonly calls: Call[] = [];
  /** Lines that were in a request that was answered 204. */
  readonly kept: string[] = [];
  reply: (call: Call) => Reply = () => ({ status: 204 });
  ping: Reply = { status: 204 };
  private server: Server | null = null;

  get port(): number {
    const address = this.server?.address() as AddressInfo | undefined;
    return address?.port ?? 0;
  }

  async start(files?: Certificates): Promise<void> {
    const take = (request: IncomingMessage, answer: ServerResponse) => void this.take(request, answer);
    this.server =
      files === undefined
        ? createServer(take)
        : createSecureServer(
            { cert: readFileSync(files.brokerCert), key: readFileSync(files.brokerKey) },
            take,
          );
    await new Promise<void>((resolve) => this.server?.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += part;
    const url = new URL(request.url ?? "/", "http://x");
    const call: Call = {
      method: request.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      lines: body.split("\n").filter((line) => line !== ""),
    };
    const isWrite = call.lines.length > 0;
    if (isWrite) this.calls.push(call);
    const { status, text = "", headers = {} } = isWrite ? this.reply(call) : this.ping;
    if (isWrite && status === 204) this.kept.push(...call.lines);
    answer.writeHead(status, headers).end(text);
  }
}

const valuesOf = (lines: string[]) => lines.map((line) => Number(/ value=(\S+?)[, ]/.exec(line)?.[1]));

describe("a server of line protocol", () => {
  const server = new FakeServer();
  let folder = "";
  let sink: OpenSink | null = null;
  let maker: JournalMaker;
  let base: InfluxOptions;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "twin-sink-"));
    maker = new JournalMaker(join(folder, "journal"));
    server.calls.length = 0;
    server.kept.length = 0;
    server.reply = () => ({ status: 204 });
    server.ping = { status: 204 };
    await server.start();
    base = {
      kind: "influx",
      url: `http://127.0.0.1:${server.port}`,
      measurement: "twin",
      bucket: "robots",
      org: "lab & co",
      token: "s3cret-tok3n",
      series: ["*"],
      facets: ["reported"],
      time: "stamp",
      tags: {},
    };
  });
  afterEach(async () => {
    await sink?.stop();
    sink = null;
    maker.close();
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (count: number, from = 0): void =>
    maker.add(
      Array.from({ length: count }, (_, i) => ({
        received: 1_700_000_000_000 + from + i,
        numbers: [from + i],
      })),
    );
  const open = async (options: Partial<InfluxOptions> = {}): Promise<OpenSink> => {
    sink = await openSink(folder, { ...base, ...options } as SinkOptions, Date.now, {
      ...testPace,
      retryMs: [20, 50],
    });
    sink.start();
    return sink;
  };

  it("gets what InfluxDB 2 and 3 want: the bucket, the organisation, the precision and the token", async () => {
    write(3);
    const running = await open();
    await eventually("they are sent", () => running.status.sent === 3);
    const [call] = server.calls;
    expect(call).toMatchObject({
      method: "POST",
      path: "/api/v2/write",
      query: { bucket: "robots", org: "lab & co", precision: "ns" },
      headers: { authorization: "Token s3cret-tok3n" },
    });
    expect(call?.lines).toHaveLength(3);
  });

  it("reads the token anew after it was refused, and never shows it", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "old-s3cret\n");
    server.reply = ({ headers }) =>
      headers.authorization === "Token new-s3cret"
        ? { status: 204 }
        : { status: 401, text: '{"code":"unauthorized"}' };
    write(2);
    const { token: _, ...without } = base;
    base = without as InfluxOptions;
    const running = await open({ tokenFile });
    await eventually("it is refused", () => running.status.state === "error");
    expect(running.status.remedy).toContain("token");
    expect(JSON.stringify(running.status)).not.toContain("s3cret");
    writeFileSync(tokenFile, "new-s3cret\n");
    await eventually("they are sent", () => running.status.sent === 2);
    expect(valuesOf(server.kept)).toEqual([0, 1]);
  });

  it("is named without the login in its address, which is used", async () => {
    const { token: _, ...without } = base;
    base = without as InfluxOptions;
    write(1);
    const running = await open({ url: base.url.replace("//", "//user:s3cret%21@") });
    await eventually("it is sent", () => running.status.sent === 1);
    expect(running.status.name).toBe(`influx:127.0.0.1:${server.port}`);
    expect(server.calls[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("user:s3cret!").toString("base64")}`,
    );
    await running.stop();
    const kept = readFileSync(
      join(folder, "sinks", `influx_127.0.0.1_${server.port}_lab_co_robots_twin.json`),
      "utf8",
    );
    expect(kept).not.toContain("s3cret");
  });

  it("may take a part (InfluxDB 3): what it left out is counted, and nothing is sent twice", async () => {
    server.reply = ({ lines }) => {
      if (!lines.some((line) => line.includes("value=3 "))) return { status: 204 };
      server.kept.push(...lines.filter((line) => !line.includes("value=3 ")));
      const data = [{ error_message: "invalid column type", line_number: 4, original_line: "twin …" }];
      return {
        status: 400,
        text: JSON.stringify({ error: "partial write of line protocol occurred", data }),
      };
    };
    write(6);
    const running = await open();
    await eventually("they are sent", () => running.status.waiting === 0 && running.status.sent === 5);
    expect(running.status).toMatchObject({ state: "ok", refused: 1 });
    expect(running.status.refusal).toContain("invalid column type");
    expect(valuesOf(server.kept)).toEqual([0, 1, 2, 4, 5]);
  });

  it("may name the line that it cannot read (InfluxDB 2): the others are sent", async () => {
    server.reply = ({ lines }) => {
      const at = lines.findIndex((line) => line.includes("value=3 "));
      if (at < 0) return { status: 204 };
      return {
        status: 400,
        text: JSON.stringify({ code: "invalid", line: at + 1, message: "unable to parse" }),
      };
    };
    write(6);
    const running = await open();
    await eventually("they are sent", () => running.status.sent === 5);
    expect(valuesOf(server.kept)).toEqual([0, 1, 2, 4, 5]);
    expect(running.status.refused).toBe(1);
  });

  it("may refuse without a reason that can be read: the bad rows are found", async () => {
    const bad = [0, 7, 8];
    server.reply = ({ lines }) =>
      valuesOf(lines).some((value) => bad.includes(value)) ? { status: 422, text: "no" } : { status: 204 };
    write(20);
    const running = await open();
    await eventually("they are sent", () => running.status.sent === 17);
    expect(running.status.refused).toBe(3);
    expect(valuesOf(server.kept)).toEqual(
      Array.from({ length: 20 }, (_, i) => i).filter((i) => !bad.includes(i)),
    );
  });

  it("loses nothing where it refuses everything", async () => {
    let isSick = true;
    server.reply = () => (isSick ? { status: 400, text: "wrong database" } : { status: 204 });
    write(4000);
    const running = await open();
    await eventually("it gives up", () => running.status.state === "error", 30_000);
    expect(running.status.reason).toContain("refuses every row: HTTP 400: wrong database");
    const { refused } = running.status;
    expect(refused).toBeLessThanOrEqual(1001);
    isSick = false;
    await eventually("the others are sent", () => running.status.sent === 4000 - refused, 30_000);
  });

  it("has time where it is busy, and gets less at once where that is too much", async () => {
    let busy = 4;
    server.reply = ({ lines }) => {
      if (busy-- > 0) return { status: busy % 2 === 0 ? 503 : 429, text: "later" };
      return lines.length > 700 ? { status: 413 } : { status: 204 };
    };
    write(6000);
    const running = await open();
    await eventually("they are sent", () => running.status.sent === 6000, 20_000);
    expect(valuesOf(server.kept)).toEqual(Array.from({ length: 6000 }, (_, i) => i));
    expect(running.status.refused).toBe(0);
  });

  it("is asked for its certificate, and gets no token before", async () => {
    const files = makeCertificates(folder);
    server.stop();
    await server.start(files);
    write(1);
    const url = `https://localhost:${server.port}`;
    const wrong = await open({ url });
    await eventually("it is refused", () => wrong.status.state === "error");
    expect(wrong.status.remedy).toContain("`ca`");
    await wrong.stop();
    expect(server.calls).toEqual([]);
    const right = await open({ url, ca: files.ca });
    await eventually("it is sent", () => right.status.sent === 1);
  });

  it("says where it has moved to", async () => {
    server.reply = () => ({ status: 308, headers: { location: "https://elsewhere.example/" } });
    write(1);
    const running = await open();
    await eventually("it is refused", () => running.status.state === "error");
    expect(running.status.remedy).toContain("https://elsewhere.example/");
  });

  it("is not taken for InfluxDB where it is QuestDB or VictoriaMetrics, which would keep rows twice", async () => {
    write(1);
    server.ping = { status: 204, headers: { Server: "questDB/1.0" } };
    const running = await open();
    await eventually("it is refused", () => running.status.state === "error");
    expect(running.status).toMatchObject({ remedy: "Set `kind: questdb`." });
    server.ping = { status: 204, headers: { "X-Server-Hostname": "vm" } };
    await eventually("it is refused", () => running.status.remedy === "Set `kind: victoriametrics`.");
    expect(server.calls).toEqual([]);
  });
});
