import type { PlotLine } from "./plot-line.ts";

const mark = "topic ";

/** What of a message is looked at here. */
type Message = { header: { received: number; meta: Record<string, unknown> } };
/** Has the messages of a topic come; returns what ends that. */
export type FollowTopic = (topic: string, listener: (message: Message) => void) => () => void;

/** A number of a topic's messages, by the names and places on the way to it: a line that is drawn from when it is asked for on. */
export function topicLine(topic: string, way: readonly string[]): PlotLine {
  const path = way.join("/");
  return {
    name: `${topic}:${path}`,
    thing: `${mark}${topic}`,
    path,
    component: 0,
    facet: "reported",
    unit: "",
  };
}

/** The topic that a line is of; null: it is one of the twin. */
export function topicOf({ thing }: PlotLine): string | null {
  return thing.startsWith(mark) ? thing.slice(mark.length) : null;
}

/** The number at a way in a message; undefined: there is none. */
export function numberAlong(message: unknown, path: string): number | undefined {
  let value = message;
  for (const name of path.split("/")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "number" ? value : undefined;
}

/** Follows the topics of lines, and hands over each of their numbers. */
export class TopicLines {
  private readonly followed = new Map<string, () => void>();

  constructor(
    private readonly follow: FollowTopic,
    private readonly lines: () => readonly PlotLine[],
    private readonly take: (line: PlotLine, timeMs: number, value: number) => void,
  ) {}

  /** The lines are others now. */
  update(): void {
    const wanted = new Set(this.lines().map(topicOf));
    for (const [topic, end] of this.followed) {
      if (wanted.has(topic)) continue;
      end();
      this.followed.delete(topic);
    }
    for (const topic of wanted) {
      if (topic === null || this.followed.has(topic)) continue;
      this.followed.set(
        topic,
        this.follow(topic, ({ header }) => {
          for (const line of this.lines()) {
            if (topicOf(line) !== topic) continue;
            const value = numberAlong(header.meta.message, line.path);
            if (value !== undefined) this.take(line, header.received, value);
          }
        }),
      );
    }
  }

  end(): void {
    for (const end of this.followed.values()) end();
    this.followed.clear();
  }
}
