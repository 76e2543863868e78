import type { SourceStatus, TwinEvent, TwinJson } from "../protocol/state-messages.ts";
import type { ConnectionState, ConnectOptions, Device, Robot, Twin, TwinEvents } from "./api.ts";
import { CommandLink } from "./command-link.ts";
import type { EventsQuery, HistoryQuery, HistorySeries, Past, PastEvent, Time } from "./history-api.ts";
import { Journey } from "./journey.ts";
import { Listeners } from "./listeners.ts";
import { LiveState } from "./live-state.ts";
import type { Platform } from "./platform.ts";
import { PoseBook } from "./pose-book.ts";
import { RemoteDevice } from "./remote-device.ts";
import { RemoteRobot } from "./remote-robot.ts";
import type { ServerAddress } from "./server-address.ts";
import { queryEvents, queryHistory, queryPastEvents, queryTwinAt } from "./server-queries.ts";
import { StateLink } from "./state-link.ts";
import { requestStop } from "./stop-request.ts";
import { TwinError } from "./twin-error.ts";

const defaultRateHz = 60;

/** One twin over its two WebSockets. Both are opened at once and reopened after a loss, until `close`. */
export class RemoteTwin implements Twin {
  private readonly listeners: { [E in keyof TwinEvents]: Listeners<Parameters<TwinEvents[E]>> } = {
    connection: new Listeners(),
    robots: new Listeners(),
    event: new Listeners(),
    past: new Listeners(),
    stopped: new Listeners(),
    error: new Listeners(),
  };
  private readonly state: LiveState;
  readonly stateLink: StateLink;
  readonly commandLink: CommandLink;
  private readonly journey: Journey;
  private readonly known = new Map<string, RemoteRobot>();
  private connectionNow: ConnectionState = "connecting";
  private isClosed = false;
  private badMessages = 0;

  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
    private readonly options: ConnectOptions,
  ) {
    const { listeners } = this;
    this.state = new LiveState(() => ({ serverMs: this.stateLink.moment(), isHeard: this.stateLink.heard }));
    this.state.robotsChanged.add((ids) => listeners.robots.emit(ids));
    this.state.events.add((event) => listeners.event.emit(event));
    this.state.stopped.add((robot, by) => listeners.stopped.emit({ robot, by }));
    this.state.refused.add((code, message) => listeners.error.emit(new TwinError(code, message)));
    this.state.broken.add((what) => this.takeBadMessage(what));
    this.stateLink = new StateLink(address, platform, this.state, {
      rateHz: options.rateHz ?? defaultRateHz,
    });
    const { travel } = this.stateLink;
    this.journey = new Journey(travel, platform);
    travel.position.subscribe(() => this.notePast());
    travel.refused.add((code, message) => listeners.error.emit(new TwinError(code, message)));
    this.commandLink = new CommandLink(address, platform);
    this.commandLink.malformed.add((what) => this.takeBadMessage(what));
    this.commandLink.fault.add((code, message) => listeners.error.emit(new TwinError(code, message)));
    this.stateLink.socket.phase.subscribe(() => this.noteConnection());
    this.commandLink.socket.phase.subscribe(() => this.noteConnection());
  }

  get connection(): ConnectionState {
    return this.connectionNow;
  }

  /** Whether the first snapshot has arrived and commands can be sent. */
  get isReady(): boolean {
    return (
      this.connectionNow === "open" &&
      this.state.isSnapshotCurrent &&
      this.state.newestStatus !== null &&
      this.commandLink.serverTime() !== null
    );
  }

  serverTime(): number | null {
    return this.stateLink.serverTime() ?? this.commandLink.serverTime();
  }

  robots(): string[] {
    return [...this.state.robots];
  }

  robot(id: string): Robot {
    return this.remoteRobot(id);
  }

  devices(): string[] {
    return this.state.idsOf("device").map((id) => id.replace(/^device\//, ""));
  }

  device(id: string): Device {
    return new RemoteDevice(id, this.state);
  }

  sources(): readonly SourceStatus[] {
    return this.state.newestStatus?.sources ?? [];
  }

  on<E extends keyof TwinEvents>(event: E, listener: TwinEvents[E]): () => void {
    return this.listeners[event].add(listener as (...args: Parameters<TwinEvents[E]>) => void);
  }

  stop(reason?: string): Promise<void> {
    for (const robot of this.known.values()) robot.dropJogs();
    return this.pressStop("*", reason);
  }

  history(query: HistoryQuery): Promise<HistorySeries[]> {
    return queryHistory(this.address, this.platform, query);
  }

  events(): Promise<TwinEvent[]>;
  events(query: EventsQuery): Promise<PastEvent[]>;
  events(query?: EventsQuery): Promise<PastEvent[]> {
    const { address, platform } = this;
    return query === undefined ? queryEvents(address, platform) : queryPastEvents(address, platform, query);
  }

  at(time: Time): Promise<TwinJson> {
    return queryTwinAt(this.address, this.platform, time);
  }

  get past(): Past | null {
    return this.stateLink.travel.position.get();
  }

  seek(time: Time): Promise<void> {
    return this.journey.seek(time);
  }

  play(speed = 1): void {
    this.stateLink.travel.play(speed);
  }

  pause(): void {
    this.stateLink.travel.pause();
  }

  live(): Promise<void> {
    return this.journey.live();
  }

  close(): void {
    this.isClosed = true;
    this.commandLink.close();
    this.stateLink.close();
    this.journey.fail("closed", "the connection was closed by close()");
    this.noteConnection();
  }

  private remoteRobot(id: string): RemoteRobot {
    let robot = this.known.get(id);
    if (robot === undefined) {
      robot = new RemoteRobot(id, {
        state: this.state,
        link: this.commandLink,
        platform: this.platform,
        poses: new PoseBook(this.address, this.platform),
        holder: this.options.holder,
        isInPast: () => this.past !== null,
        stop: (one, reason) => this.pressStop(one, reason),
      });
      this.known.set(id, robot);
    }
    return robot;
  }

  private pressStop(robot: string, reason: string | undefined): Promise<void> {
    const { holder } = this.options;
    const order = {
      robot,
      ...(holder === undefined ? {} : { holder }),
      ...(reason === undefined ? {} : { reason }),
    };
    return new Promise((resolve, reject) => {
      requestStop(this.commandLink, this.address, this.platform, order, (outcome) => {
        if (outcome === null) resolve();
        else reject(new TwinError(outcome.code, outcome.message));
      });
    });
  }

  /** What is seen is not what would be moved: a lease ends on the way into the past. */
  private notePast(): void {
    const { past } = this;
    if (past !== null) for (const robot of this.known.values()) robot.leavePresent();
    this.listeners.past.emit(past);
  }

  private noteConnection(): void {
    const areOpen = [this.stateLink, this.commandLink].every(({ socket }) => socket.phase.get() === "open");
    const now = this.isClosed ? "closed" : areOpen ? "open" : "connecting";
    if (now === this.connectionNow) return;
    this.connectionNow = now;
    this.listeners.connection.emit(now);
  }

  private takeBadMessage(what: string): void {
    this.badMessages++;
    const message = `the server sent something that this version does not understand: ${what.slice(0, 120)}`;
    this.listeners.error.emit(new TwinError("bad_message", message, { count: this.badMessages }));
  }
}
