import type { CommandRef, CommandResult } from "../../command/gate-output.ts";
import type { EventSeverity } from "../../protocol/state-messages.ts";

/** The same refusal again within this time of the last is no event of its own. ms */
const sameRefusalMs = 250;

/** The events that say what was asked of one robot and what became of it. Times are server ms. */
export class CommandAudit {
  private refusal = { key: "", at: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly robot: string,
    private readonly context: {
      now(): number;
      event(severity: EventSeverity, kind: string, message: string, data?: Record<string, unknown>): void;
    },
  ) {}

  /** `who` asked for the command. */
  tell(ref: CommandRef, { stage, code, message, progress }: CommandResult, who: string): void {
    if (stage === "executing" && progress !== 0) return;
    const isBad = stage === "refused" || stage === "aborted" || (stage === "done" && code !== "ok");
    const [first, ...others] = ref.target.split(" joint/");
    const what = others.length > 1 ? `${first} and ${others.length} more` : ref.target;
    const text = `${what} of ${this.robot}, asked by ${who}: ${message === "" ? code : message}`;
    if (stage === "refused" && ref.isJog && this.isRepeated(`${ref.session} ${ref.target} ${code}`)) return;
    this.context.event(isBad ? "warning" : "info", `command.${stage}`, text, {
      session: ref.session,
      id: ref.id,
      code,
      target: ref.target,
    });
  }

  /** Whether this refusal goes on without a pause, as those of a jog that is held do: one event stands for all of them. */
  private isRepeated(key: string): boolean {
    const now = this.context.now();
    const { refusal } = this;
    const isSame = refusal.key === key && now - refusal.at < sameRefusalMs;
    this.refusal = { key, at: now };
    return isSame;
  }
}
