import { askServer, parsed } from "../../client/ask-server.ts";
import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import type { RecordListing, RecordsAnswer } from "../../protocol/topics/record-answer.ts";

const path = "api/topics/records";

/** The field that the names and places on the way to it make: `poses`, `0`, `x` → `poses[0].x`. No field's name is a number. */
export function fieldOf(way: readonly string[]): string {
  return way.reduce((text, part) => {
    if (/^\d+$/.test(part)) return `${text}[${part}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** The numbers of topics that the twin records, as the server told last, and the buttons that change them. Never rejects. */
export class RecordDesk {
  readonly answer = new Signal<RecordsAnswer>({ records: [] });
  /** Why the last change was not made; null: it was. */
  readonly problem = new Signal<string | null>(null);

  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
  ) {}

  load(): Promise<void> {
    return this.send("GET");
  }

  /** What is recorded of a topic's field; undefined: nothing. */
  find(topic: string, field: string): RecordListing | undefined {
    return this.answer.get().records.find((one) => one.topic === topic && one.field === field);
  }

  record(topic: string, field: string): Promise<void> {
    return this.send("POST", `${topic}#${field}`);
  }

  stop({ record }: RecordListing): Promise<void> {
    return this.send("DELETE", record);
  }

  private async send(method: "GET" | "POST" | "DELETE", record?: string): Promise<void> {
    const body = record === undefined ? {} : { body: JSON.stringify({ record }) };
    const reply = await askServer(this.address, this.platform, path, { method, ...body });
    // A server without records has no buttons for them.
    if (!reply.ok) {
      if (method !== "GET") this.problem.set(reply.message);
      return;
    }
    this.problem.set(null);
    const value = parsed(reply.body) as RecordsAnswer | undefined;
    if (Array.isArray(value?.records)) this.answer.set(value as RecordsAnswer);
  }
}
