import type {
  DeviceMessage,
  DeviceProfile,
  OutgoingMessage,
  ProfileOutput,
} from "../../../src/protocol/device-profile.ts";

/** Keeps what a profile says, until it is taken. */
export class Heard implements ProfileOutput {
  messages: DeviceMessage[] = [];
  refusals: string[] = [];
  sent: OutgoingMessage[] = [];

  message(message: DeviceMessage): void {
    this.messages.push(message);
  }

  refused(reason: string, path: string): void {
    this.refusals.push(`${path}: ${reason}`);
  }

  send(message: OutgoingMessage): void {
    this.sent.push(message);
  }

  /** What was heard since the last call; empty lists are left out. */
  take(): { messages?: DeviceMessage[]; refusals?: string[]; sent?: OutgoingMessage[] } {
    const { messages, refusals, sent } = this;
    this.messages = [];
    this.refusals = [];
    this.sent = [];
    return {
      ...(messages.length > 0 ? { messages } : {}),
      ...(refusals.length > 0 ? { refusals } : {}),
      ...(sent.length > 0 ? { sent } : {}),
    };
  }
}

/** Hands a profile one message after the other at a time that the test moves. */
export class ProfileAtHand<P extends DeviceProfile> {
  readonly heard = new Heard();
  now = 1_700_000_000_000;

  constructor(readonly profile: P) {}

  say(topic: string, payload: Uint8Array | string, retained = false): ReturnType<Heard["take"]> {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    this.profile.take(topic, bytes, retained, this.now, this.heard);
    return this.heard.take();
  }

  /** Lets `ms` pass, with one update at their end. */
  pass(ms: number): ReturnType<Heard["take"]> {
    this.now += ms;
    this.profile.update(this.now, this.heard);
    return this.heard.take();
  }

  connect(): ReturnType<Heard["take"]> {
    this.profile.connected(this.now, this.heard);
    return this.heard.take();
  }
}
