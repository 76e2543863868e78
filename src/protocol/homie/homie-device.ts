import type { CommandEcho } from "../command-echo.ts";
import type { DeviceLife, DeviceSignal, ProfileOutput } from "../device-profile.ts";
import { type HomieDescription, readHomieDescription } from "./homie-description.ts";
import { homieEcho, homieSignalType, homieValue } from "./homie-value.ts";

/** What a device says of itself in `$state`. */
export type HomieState = "init" | "ready" | "disconnected" | "sleeping" | "lost";

const maxHeld = 1024;
const maxHeldChars = 256 * 1024;

/** What all devices of one controller share. */
export type SharedByHomie = {
  readonly echo: CommandEcho;
  /** Descriptions taken, of all devices: the next one's boot. Starts at 0 with each run of this program. */
  births: number;
};

/**
 * One Homie device: its description, its state, its values. A broker hands out retained topics in any order,
 * so values wait until the description tells what they are.
 */
export class HomieDevice {
  description: HomieDescription | null = null;
  state: HomieState | null = null;
  private text = "";
  private boot = 0;
  private n = 0;
  private life: DeviceLife | null = null;
  private readonly held = new Map<string, { text: string; retained: boolean }>();
  private heldChars = 0;

  constructor(
    readonly id: string,
    private readonly shared: SharedByHomie,
    public heard: number,
  ) {}

  /** An empty text takes the device back. */
  takeDescription(text: string, output: ProfileOutput): void {
    // A broker hands the same description out at every connection.
    if (text === this.text && this.description !== null) return;
    this.text = text;
    this.description = null;
    if (text === "") return;
    const say = (reason: string, path: string) =>
      output.refused(reason, `${this.id}/$description ${path}`.trim());
    const read = readHomieDescription(text, say);
    if (!read.ok) {
      say(read.reason, read.path);
      return;
    }
    this.description = read.value;
    this.boot = ++this.shared.births;
    this.n = 0;
    const signals: Record<string, DeviceSignal> = {};
    for (const [signal, { type, unit, isSettable }] of read.value.properties) {
      signals[signal] = { unit, writable: isSettable, ...homieSignalType(type) };
    }
    output.message({ kind: "birth", device: this.id, birth: { firmware: "", boot: this.boot, signals } });
    const waiting = [...this.held];
    this.held.clear();
    this.heldChars = 0;
    for (const [signal, { text: value, retained }] of waiting)
      this.takeValue(signal, value, retained, output);
  }

  takeValue(signal: string, text: string, retained: boolean, output: ProfileOutput): void {
    if (this.description === null) {
      this.hold(signal, text, retained, output);
      return;
    }
    const path = `${this.id}/${signal}`;
    const property = this.description.properties.get(signal);
    if (property === undefined) {
      output.refused("is not in the description", path);
      return;
    }
    if (text === "") {
      this.tell({ signals: {}, bad: { [signal]: "its topic was removed" }, retained }, output);
      return;
    }
    if (retained && !property.isRetained) {
      output.refused("an event, which must not be retained", path);
      return;
    }
    const value = homieValue(property.type, text);
    if (!value.ok) {
      output.refused(value.reason, path);
      return;
    }
    this.tell({ signals: { [signal]: value.value }, retained }, output);
    if (retained) return;
    this.shared.echo.reported(this.id, { [signal]: homieEcho(property.type, value.value) }, output);
  }

  /** The value that the device is on its way to: it took a command. */
  takeTarget(signal: string, text: string, output: ProfileOutput): void {
    const property = this.description?.properties.get(signal);
    if (property === undefined || text === "") return;
    const value = homieValue(property.type, text);
    if (value.ok)
      this.shared.echo.reported(this.id, { [signal]: homieEcho(property.type, value.value) }, output);
    else output.refused(value.reason, `${this.id}/${signal}/$target`);
  }

  /**
   * Tells the twin its life, once for each change. `root` is the state of the device whose connection it
   * lives by: unless that is ready, it counts for both.
   */
  settleLife(root: HomieState | null, output: ProfileOutput): void {
    const state = root === null || root === "ready" ? this.state : root;
    const life = lifeOf(state, this.life);
    if (life === null || life === this.life) return;
    this.life = life;
    output.message({ kind: "status", device: this.id, life });
  }

  private tell(
    what: {
      signals: Record<string, number | boolean | string>;
      bad?: Record<string, string>;
      retained: boolean;
    },
    output: ProfileOutput,
  ): void {
    const telemetry = { boot: this.boot, n: this.n++, stamp: null, ...what };
    output.message({ kind: "telemetry", device: this.id, telemetry });
  }

  private hold(signal: string, text: string, retained: boolean, output: ProfileOutput): void {
    const before = this.held.get(signal);
    const chars = this.heldChars + text.length - (before?.text.length ?? 0);
    if (chars > maxHeldChars || (before === undefined && this.held.size >= maxHeld)) {
      output.refused("too much waits for a description", `${this.id}/${signal}`);
      return;
    }
    this.heldChars = chars;
    this.held.set(signal, { text, retained });
  }
}

/** `init` is not yet there: unknown before the first `ready`, offline after it. */
function lifeOf(state: HomieState | null, before: DeviceLife | null): DeviceLife | null {
  switch (state) {
    case "ready":
      return "online";
    case "init":
      return before === null ? null : "offline";
    case "disconnected":
      return "offline";
    case "sleeping":
    case "lost":
      return state;
    case null:
      return before === null ? null : "offline";
  }
}
