import type { GuardOrder } from "./velocity-guard.ts";

/** Silence of the program that moves something, ms, after which the zeros begin. */
export const silentMs = 200;
/** How often a zero is sent then, and how long, ms: the robot's side may be busy as well. */
export const zeroEveryMs = 20;
const zeroForMs = 400;

/** What the guard publishes with, one topic each. */
export type ZeroPublisher = { send(size: number): void; isMatched(): boolean; end(): void };

type Guarded = { size: number; publisher: ZeroPublisher; zeroUntil: number };

/** Knows which topics have a velocity, and sends their zeros once nobody says so any more. `now` in ms. */
export class GuardedTopics {
  private readonly topics = new Map<string, Guarded>();
  private moving: readonly string[] = [];
  private heardAt = 0;

  constructor(private readonly publisherOn: (topic: string) => ZeroPublisher) {}

  take(order: GuardOrder, now: number): void {
    if ("watch" in order) {
      if (this.topics.has(order.watch)) return;
      const publisher = this.publisherOn(order.watch);
      this.topics.set(order.watch, { size: order.size, publisher, zeroUntil: Number.NEGATIVE_INFINITY });
    } else if ("unwatch" in order) {
      this.topics.get(order.unwatch)?.publisher.end();
      this.topics.delete(order.unwatch);
    } else {
      this.moving = order.moving;
      this.heardAt = now;
      // Who speaks again decides itself how fast its joints go.
      for (const topic of this.topics.values()) topic.zeroUntil = Number.NEGATIVE_INFINITY;
    }
  }

  /** Called every `zeroEveryMs`. `isGone`: the program has ended. True while zeros are owed. */
  step(now: number, isGone: boolean): boolean {
    if (this.moving.length > 0 && (isGone || now - this.heardAt > silentMs)) {
      for (const name of this.moving) {
        const topic = this.topics.get(name);
        if (topic !== undefined) topic.zeroUntil = now + zeroForMs;
      }
      this.moving = [];
    }
    let owes = false;
    for (const { publisher, size, zeroUntil } of this.topics.values()) {
      if (now > zeroUntil) continue;
      publisher.send(size);
      owes = true;
    }
    return owes;
  }

  /** The topics on which the zeros have somebody to go to. */
  armed(): string[] {
    return [...this.topics].filter(([, { publisher }]) => publisher.isMatched()).map(([name]) => name);
  }
}
