import type { ClientCommandMessage } from "../../protocol/command-messages.ts";

/** The right to move one robot, as the server gave it. */
export type Lease = { robot: string; epoch: number; ttlMs: number };

type CommandMessage = Extract<ClientCommandMessage, { op: "command" }>;

/** C of the contract, as it goes over the wire. */
export type MotionCommand = CommandMessage["command"];

/** Numbers this page's commands: strictly rising through its whole life, whatever lease they go under. */
export class CommandSequence {
  private last = 0;

  /** `issuedMs` is server time. `ttlMs`: how old the command may be when it is carried out. */
  next(lease: Lease, command: MotionCommand, issuedMs: number, ttlMs: number): CommandMessage {
    const seq = ++this.last;
    const { robot, epoch } = lease;
    return { op: "command", id: seq, robot, epoch, seq, issued: issuedMs, ttlMs, command };
  }
}
