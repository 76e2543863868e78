import type { ClientCommandMessage } from "../protocol/command-messages.ts";

/** The right to move one robot, as the server gave it. */
export type LeaseGrant = { robot: string; epoch: number; ttlMs: number };

/** C of the contract, as it goes over the wire. */
export type MotionCommand = Extract<ClientCommandMessage, { op: "command" }>["command"];

/** A command that this version's types may not know: the server decides. */
export type AnyCommand = { kind: string; [field: string]: unknown };

type CommandMessage = {
  op: "command";
  id: number;
  robot: string;
  epoch: number;
  seq: number;
  issued: number;
  ttlMs: number;
  command: AnyCommand;
};

/** Numbers a client's commands: strictly rising through its whole life, whatever lease they go under. */
export class CommandSequence {
  private last = 0;

  /** `issuedMs` is server time. `ttlMs`: how old the command may be when it is carried out. */
  next(lease: LeaseGrant, command: AnyCommand, issuedMs: number, ttlMs: number): CommandMessage {
    const seq = ++this.last;
    const { robot, epoch } = lease;
    return { op: "command", id: seq, robot, epoch, seq, issued: issuedMs, ttlMs, command };
  }
}
