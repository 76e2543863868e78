import type { CommandResult, Jog as JogHandle } from "./api.ts";
import type { Answer, CommandLink } from "./command-link.ts";
import type { LeaseGrant } from "./command-sequence.ts";
import { Jog, type JogCommand } from "./jog.ts";
import type { Platform } from "./platform.ts";

/** The server ends a jog 115 ms after its last command. After twice that, the robot must not start again by itself. */
const longestPauseMs = 250;
/** Each command is answered. After this time without an answer the line is stuck: the robot has stopped, too. */
const longestSilenceMs = 500;
/** How long the server may take to bring the robot to rest and report it. */
const restWithinMs = 5000;

/** What a jog needs of the lease under which it goes. */
export type JogLease = {
  /** Null once the lease has ended. */
  grant(): LeaseGrant | null;
  end(): CommandResult;
};

/** One jog of a program, from its first command until the robot rests or something ended it. */
export class HeldJog<Motion> implements JogHandle<Motion> {
  readonly ended: Promise<CommandResult>;
  private readonly jog: Jog;
  private resolve: (result: CommandResult) => void = () => {};
  private isOver = false;
  private isEnding = false;
  private lastTickMs: number;
  private lastAnswerMs: number;
  private lastId: number | null = null;
  private cancelWait = () => {};

  constructor(
    private readonly link: CommandLink,
    private readonly platform: Platform,
    private readonly lease: JogLease,
    private readonly commandOf: (motion: Motion) => JogCommand,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.lastTickMs = platform.now();
    this.lastAnswerMs = this.lastTickMs;
    this.jog = new Jog(
      (command) => this.send(command),
      (ms, tick) => platform.every(ms, tick),
    );
  }

  get active(): boolean {
    return this.jog.active;
  }

  /** Begins, or changes the motion; false when the jog has ended. */
  update(motion: Motion): boolean {
    if (this.isOver || this.isEnding) return false;
    this.jog.hold(this.commandOf(motion));
    return this.jog.active;
  }

  end(): Promise<CommandResult> {
    if (this.isOver || this.isEnding) return this.ended;
    this.isEnding = true;
    this.jog.release();
    if (!this.isOver) {
      const message = `the server did not report the end of the jog within ${restWithinMs / 1000} s`;
      this.cancelWait = this.platform.after(restWithinMs, () =>
        this.finish({ code: "no_response", message }),
      );
    }
    return this.ended;
  }

  /** Ends without a zero: something newer moves the robot, or nothing may be sent any more. */
  drop(result: CommandResult): void {
    this.finish(result);
  }

  private send(command: JogCommand): boolean {
    const now = this.platform.now();
    const pauseMs = now - this.lastTickMs;
    this.lastTickMs = now;
    const grant = this.lease.grant();
    if (grant === null) return this.fail(this.lease.end());
    if (!this.isEnding) {
      if (pauseMs > longestPauseMs) {
        const message = `this program sent nothing for ${Math.round(pauseMs)} ms (a blocked event loop?): the robot has stopped`;
        return this.fail({ code: "interrupted", message });
      }
      const silenceMs = now - this.lastAnswerMs;
      if (silenceMs > longestSilenceMs) {
        const message = `the server did not answer for ${Math.round(silenceMs)} ms: the robot has stopped`;
        return this.fail({ code: "interrupted", message });
      }
      if (this.link.isStuck) return true;
    }
    const id = this.link.jog(grant, command, (answer) => this.take(id, answer));
    if (id === null) {
      return this.fail({ code: "connection_lost", message: "the connection to the twin is down" });
    }
    this.lastId = id;
    return true;
  }

  private fail(result: CommandResult): false {
    this.finish(result);
    return false;
  }

  private take(id: number | null, answer: Answer): void {
    this.lastAnswerMs = this.platform.now();
    if (answer.op === "lost" || answer.op === "error") {
      this.finish({ code: answer.code, message: answer.message });
    } else if (answer.op === "result") {
      const { stage, code, message } = answer;
      if (stage === "done") {
        // Also after a lapse on the way, when commands came late; the next one began the jog anew.
        if (this.isEnding && id === this.lastId) this.finish({ code, message });
      } else if (stage === "aborted" || (stage === "refused" && code !== "expired")) {
        this.finish({ code, message });
      }
    }
  }

  private finish(result: CommandResult): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelWait();
    this.jog.drop();
    this.resolve(result);
  }
}
