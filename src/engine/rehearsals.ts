import type { CollisionGuard } from "../command/collision-guard.ts";
import type { CommandedRobot } from "../command/gate-output.ts";
import { durationOfAll } from "../command/joint-path.ts";
import type { ServerCommandMessage } from "../protocol/command-messages.ts";
import type { Outbox } from "./ports/outputs.ts";

type Rehearsal = { session: string; id: string | number; robot: string; guard: CollisionGuard };

/** Sessions that ask at once are few; beyond it the oldest question is answered `replaced`. */
const most = 32;

/** Questions of clients what a motion would come to, one a session: a newer one takes the place of the older. */
export class Rehearsals {
  private waiting: Rehearsal[] = [];

  constructor(private readonly out: Outbox) {}

  add(rehearsal: Rehearsal): void {
    const others = this.waiting.filter(({ session }) => session !== rehearsal.session);
    const kept = others.slice(1 - most);
    for (const dropped of this.waiting.filter((one) => !kept.includes(one))) this.replaced(dropped);
    this.waiting = [...kept, rehearsal];
  }

  private replaced({ session, id, robot, guard }: Rehearsal): void {
    const message = "a newer question came before this one was answered";
    this.reply(session, {
      op: "rehearsed",
      id,
      robot,
      code: "replaced",
      message,
      duration: durationOfAll(guard.motion.paths),
    });
  }

  /** Goes on with the oldest question by one portion; `robotOf` gives a robot as it is now. */
  update(now: number, robotOf: (robot: string) => CommandedRobot | undefined): void {
    const [rehearsal] = this.waiting;
    if (rehearsal === undefined) return;
    const { session, id, robot, guard } = rehearsal;
    const commanded = robotOf(robot);
    const verdict = commanded === undefined ? "pass" : guard.advance(commanded, now);
    if (verdict === "wait") return;
    this.waiting.shift();
    const duration = durationOfAll(guard.motion.paths);
    const answer = { op: "rehearsed", id, robot } as const;
    if (verdict === "pass") this.reply(session, { ...answer, code: "ok", message: "", duration });
    else this.reply(session, { ...answer, ...verdict, duration });
  }

  private reply(session: string, message: ServerCommandMessage): void {
    this.out.push({ kind: "reply", session, message });
  }
}
