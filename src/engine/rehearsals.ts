import type { CollisionGuard } from "../command/collision-guard.ts";
import type { CommandedRobot } from "../command/gate-output.ts";
import type { CommandReplies } from "./ports.ts";

type Rehearsal = { session: string; id: string | number; robot: string; guard: CollisionGuard };

/** Sessions that ask at once are few; beyond it the oldest question is dropped. */
const most = 32;

/** Questions of clients what a motion would come to, one a session: a newer one takes the place of the older. */
export class Rehearsals {
  private waiting: Rehearsal[] = [];

  constructor(private readonly replies: CommandReplies) {}

  add(rehearsal: Rehearsal): void {
    this.waiting = this.waiting.filter(({ session }) => session !== rehearsal.session).slice(1 - most);
    this.waiting.push(rehearsal);
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
    const duration = Math.max(...guard.motion.paths.map((path) => path.duration));
    const answer = { op: "rehearsed", id, robot } as const;
    if (verdict === "pass") this.replies.reply(session, { ...answer, code: "ok", message: "", duration });
    else this.replies.reply(session, { ...answer, ...verdict, duration });
  }
}
