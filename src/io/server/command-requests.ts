import type { Engine } from "../../engine/engine.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../../protocol/command-messages.ts";
import type { PlannedMessage, PlannedWayMessage } from "../../protocol/planned-message.ts";

type Command = Extract<ClientCommandMessage, { op: "command" }>["command"];

type PlanQuestion = Omit<Extract<ClientCommandMessage, { op: "plan" }>, "op" | "id" | "robot">;

/** The last answer to one command: a result of the gate, or why it did not come to one. */
export type CommandOutcome = { stage: string; code: string; message: string };

export type CommandRequestOptions = {
  robot: string;
  command: Command;
  /** How old the command may be when it is carried out, ms. */
  ttlMs: number;
  /** Answers when it is over; false: when it is sent, or begins. */
  wait: boolean;
  /** How people see who asked. */
  name: string;
  /** Whether the token that asked is still one of ours; absent: it always is. */
  isAllowed?: () => boolean;
};

const renewEveryMs = 1000;
const mostRequests = 64;

type Take = (message: ServerCommandMessage) => void;

/** A plan of joints, or the way of a base. */
type Planned = PlannedMessage | PlannedWayMessage;

/**
 * Commands of HTTP: each is a session of its own, that takes the lease, sends one command, and gives the lease back when
 * it is over. It passes the same gate as any other. `now` is server ms.
 */
export class CommandRequests {
  private readonly open = new Map<string, Take>();
  private count = 0;

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number,
  ) {}

  owns(session: string): boolean {
    return this.open.has(session);
  }

  reply(session: string, message: ServerCommandMessage): void {
    this.open.get(session)?.(message);
  }

  /** Asks what a motion would be; nothing is sent to the robot. Resolves to the plan, or to why there is none. */
  plan(robot: string, question: PlanQuestion, name: string): Promise<Planned | CommandOutcome> {
    if (this.open.size >= mostRequests) {
      const message = `more than ${mostRequests} requests are under way by HTTP`;
      return Promise.resolve({ stage: "refused", code: "too_many", message });
    }
    const session = `http-${++this.count}`;
    return new Promise((resolve) => {
      const finish = (answer: Planned | CommandOutcome): void => {
        this.open.delete(session);
        resolve(answer);
      };
      this.open.set(session, (message) => {
        if (message.op === "planned") finish(message);
        else if (message.op === "result" || message.op === "error") {
          finish({ stage: "refused", code: message.code, message: message.message });
        }
      });
      const message: ClientCommandMessage = { op: "plan", id: 1, robot, ...question };
      this.engine.inbox.push(`client:${session}`, this.now(), { kind: "client", session, name, message });
    });
  }

  /** Resolves to the outcome. `gone` is called back when the client goes: what it commanded then brakes. */
  run(options: CommandRequestOptions, whenGone: (end: () => void) => void): Promise<CommandOutcome> {
    const { robot, command, ttlMs, wait, name, isAllowed = () => true } = options;
    if (this.open.size >= mostRequests) {
      const message = `more than ${mostRequests} commands are under way by HTTP`;
      return Promise.resolve({ stage: "refused", code: "too_many", message });
    }
    const session = `http-${++this.count}`;
    return new Promise((resolve) => {
      let renewal: NodeJS.Timeout | null = null;
      const send = (message: ClientCommandMessage): void =>
        this.engine.inbox.push(`client:${session}`, this.now(), { kind: "client", session, name, message });
      let held: number | null = null;
      const end = (): void => {
        if (!this.open.delete(session)) return;
        if (renewal !== null) clearInterval(renewal);
        // What was not given back ends with the session, and what still moves brakes.
        this.engine.inbox.push(`client:${session}`, this.now(), { kind: "clientGone", session });
      };
      const finish = (outcome: CommandOutcome): void => {
        end();
        resolve(outcome);
      };
      this.open.set(session, (message) => {
        if (message.op === "lease" && message.id === 1) {
          const { epoch } = message;
          held = epoch;
          renewal = setInterval(() => {
            if (isAllowed()) send({ op: "renew", id: 3, robot, epoch });
            else finish({ stage: "aborted", code: "lease_lost", message: "the token was removed" });
          }, renewEveryMs).unref();
          send({ op: "command", id: 2, robot, epoch, seq: 1, issued: this.now(), ttlMs, command });
        } else if (message.op === "error") {
          finish({ stage: "refused", code: message.code, message: message.message });
        } else if (message.op === "result" && message.id === 2) {
          const { stage, code, message: text } = message;
          const isFinal = stage === "refused" || stage === "done" || stage === "aborted";
          if (isFinal) {
            if (held !== null) send({ op: "release", id: 4, robot, epoch: held });
            finish({ stage, code, message: text });
          } else if (!wait && stage !== "accepted") resolve({ stage, code, message: text });
        }
      });
      whenGone(() => {
        // Without `wait` the answer is out long before the end, and the motion goes on.
        if (wait) finish({ stage: "aborted", code: "lease_lost", message: "the client is gone" });
      });
      send({ op: "acquire", id: 1, robot, holder: name });
    });
  }
}
