import { once } from "node:events";
import { WebSocket } from "ws";
import { eventually } from "./eventually.ts";

/** Any message of the server: the contract's field names, checked by the tests that read them. */
export type Message = { op: string; [field: string]: unknown };

/** A client of the contract, written with plain `ws`: it keeps all that it is told. */
export class WsClient {
  readonly messages: Message[] = [];
  readonly binary: Buffer[] = [];
  closed: { code: number; reason: string } | null = null;
  private seq = 0;
  private requests = 0;
  private renewal: NodeJS.Timeout | null = null;
  epoch = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.binary.push(data as Buffer);
      else this.messages.push(JSON.parse(data.toString()));
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on("error", () => undefined);
  }

  /** Opens `/ws/state` or `/ws/command` of the program at `url`. */
  static async open(
    url: string,
    path: "/ws/state" | "/ws/command",
    headers: Record<string, string> = {},
  ): Promise<WsClient> {
    const socket = new WebSocket(new URL(path, url.replace("http", "ws")).href, "twin.v1", { headers });
    const client = new WsClient(socket);
    await once(socket, "open");
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  of(op: string): Message[] {
    return this.messages.filter((message) => message.op === op);
  }

  /** Waits for a message of that kind and fields, among all that came or come; what a result is waited for, says why not. */
  next(op: string, fields: Record<string, unknown> = {}, ms = 10_000): Promise<Message> {
    const what = `${op} ${JSON.stringify(fields)}`;
    const isIt = (message: Message) =>
      message.op === op && Object.entries(fields).every(([key, value]) => message[key] === value);
    const find = (): Message | undefined => {
      const found = this.messages.find(isIt);
      if (found !== undefined || fields.id === undefined) return found;
      const last = this.messages.findLast(({ id }) => id === fields.id);
      throw new Error(`the last said of it: ${JSON.stringify(last)}`);
    };
    return eventually(what, find, ms);
  }

  /** Takes the lease of `robot` and keeps its epoch; waits for one who is just leaving. */
  async acquire(robot = "robot", holder?: string): Promise<void> {
    await eventually(`the lease of ${robot}`, async () => {
      const id = `lease-${++this.requests}`;
      this.send({ op: "acquire", id, robot, holder });
      const answer = await eventually("an answer", () => this.messages.find((message) => message.id === id));
      this.epoch = Number(answer.epoch);
      return answer.op === "lease";
    });
  }

  /** Sends a command under the lease; issued now by this machine's clock, which is the server's. */
  command(id: string | number, command: object, more: object = {}): void {
    const { epoch } = this;
    const envelope = {
      op: "command",
      id,
      robot: "robot",
      epoch,
      seq: ++this.seq,
      issued: Date.now(),
      ttlMs: 1000,
    };
    this.send({ ...envelope, ...more, command });
  }

  /** Stage and code of each answer to command `id` so far. */
  stages(id: string | number): string[] {
    return this.of("result")
      .filter((message) => message.id === id)
      .map((message) => `${message.stage} ${message.code}`);
  }

  /** Keeps the lease of `robot` until `close`. */
  keepLease(robot = "robot"): void {
    const renew = () => this.send({ op: "renew", id: "renew", robot, epoch: this.epoch });
    this.renewal = setInterval(renew, 500);
  }

  close(): void {
    if (this.renewal !== null) clearInterval(this.renewal);
    this.socket.close();
  }
}
