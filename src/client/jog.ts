import type { MotionCommand } from "./command-sequence.ts";

/** A motion that lasts as long as somebody holds it, and the command that ends it. */
export type JogCommand = Extract<MotionCommand, { kind: "jointVelocity" | "twist" | "cartesianVelocity" }>;

/** Calls back every so many ms until the returned function is called. */
export type Every = (ms: number, tick: () => void) => () => void;

/** Under half of the server's 95 ms: one lost tick does not make the robot stutter. */
const resendMs = 40;

/**
 * The dead-man's side of jogging. While held, the newest command is sent again every 40 ms; on release one
 * explicit zero goes out, then silence. A command that cannot be sent is dropped and ends the jog: nothing
 * is kept for later.
 */
export class Jog {
  private held: JogCommand | null = null;
  private cancel: (() => void) | null = null;

  constructor(
    /** False when it could not be sent. */
    private readonly send: (command: JogCommand) => boolean,
    private readonly every: Every,
  ) {}

  get active(): boolean {
    return this.held !== null;
  }

  /** Starts, or changes what is held; a motion of another kind is ended by its zero first. */
  hold(command: JogCommand): void {
    if (this.held !== null && this.held.kind !== command.kind) this.send(zeroOf(this.held));
    this.held = command;
    if (this.cancel === null) {
      this.tick();
      if (this.held !== null) this.cancel = this.every(resendMs, () => this.tick());
    }
  }

  /** Lets go: one zero, then silence. Harmless when nothing is held. */
  release(): void {
    const held = this.held;
    this.drop();
    if (held !== null) this.send(zeroOf(held));
  }

  /** Ends without a zero, where none can or may be sent: connection or lease lost, stop pressed. */
  drop(): void {
    this.held = null;
    this.cancel?.();
    this.cancel = null;
  }

  private tick(): void {
    if (this.held !== null && !this.send(this.held)) this.drop();
  }
}

function zeroOf(command: JogCommand): JogCommand {
  if (command.kind !== "jointVelocity") {
    return { ...command, linear: { x: 0, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
  }
  const names = Object.keys(command.velocities);
  return { kind: "jointVelocity", velocities: Object.fromEntries(names.map((name) => [name, 0])) };
}
