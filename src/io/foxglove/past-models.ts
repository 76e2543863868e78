import type { Engine } from "../../engine/engine.ts";
import type { History } from "../../history/history-query.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";
import { createModel, type RobotModel } from "../../robot/model.ts";
import { parseUrdf } from "../../robot/reading/urdf.ts";

/** A description of the past. */
export type PastModel = { text: string; model: RobotModel };

const mostKept = 16;

/** The descriptions that robots had: those of now as the engine read them, older ones from the history. By their hashes. */
export class PastModels {
  private readonly models = new Map<string, PastModel | null>();

  constructor(
    private readonly engine: Engine,
    private readonly history: Pick<History, "description">,
  ) {}

  /** Reads those of the robots among `things` that are not known yet. */
  async learn(things: Readonly<Record<string, ThingJson>>): Promise<void> {
    for (const thing of Object.values(things)) {
      const hash = hashOf(thing);
      if (hash !== null && !this.models.has(hash))
        this.keep(hash, this.ofNow(hash) ?? (await this.ofThen(hash)));
    }
  }

  /** Null where it is not stored, or was not learnt. */
  of(thing: ThingJson): PastModel | null {
    const hash = hashOf(thing);
    return hash === null ? null : (this.models.get(hash) ?? null);
  }

  private keep(hash: string, model: PastModel | null): void {
    this.models.set(hash, model);
    for (const oldest of this.models.keys()) {
      if (this.models.size <= mostKept) return;
      this.models.delete(oldest);
    }
  }

  private ofNow(hash: string): PastModel | null {
    for (const { description } of this.engine.robots.values())
      if (description?.hash === hash) return description;
    return null;
  }

  private async ofThen(hash: string): Promise<PastModel | null> {
    const text = await this.history.description(hash);
    if (text === null) return null;
    try {
      const { description } = parseUrdf(text);
      return description === null ? null : { text, model: createModel(description) };
    } catch {
      // It was read once; a version that reads less draws no robot, but plays the rest.
      return null;
    }
  }
}

function hashOf({ type, definition }: ThingJson): string | null {
  const { description } = definition;
  return type === "robot" && typeof description === "string" ? description : null;
}
