import type { Subscription } from "../../protocol/command-messages.ts";
import type {
  ControlStatus,
  DesignMessage,
  ServerStateMessage,
  SourceStatus,
  StatusMessage,
} from "../../protocol/state-messages.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import { thingsView } from "../../twin/graph-json.ts";
import type { Outbox } from "../ports/outputs.ts";
import type { ViewerSocket } from "../ports/sinks.ts";
import { propertiesSince, thingsSince } from "./changes-text.ts";
import { StateLayout } from "./state-layout.ts";
import { ViewerSession } from "./viewer-session.ts";

const propertiesPeriodMs = 100;
const statusPeriodMs = 1000;
const snapshotPeriodMs = 500;

/**
 * What viewers get: newest value wins. Each session has a budget of unsent bytes; past it frames are
 * left out for that session alone, and it is told how many when it is back.
 */
export class StateStream {
  private readonly sessions = new Map<string, ViewerSession>();
  /** Sessions of the program itself. */
  private readonly own = new Set<string>();
  private layout: StateLayout;
  private layoutCount = 0;
  private binaryFrame: Uint8Array | null = null;
  private jsonFrame: string | null = null;
  private nextProperties = 0;
  private nextStatus = 0;
  private nextSnapshot = 0;
  private nextThings = 0;
  private design: DesignMessage | null = null;
  droppedFrames = 0;

  constructor(
    private readonly graph: TwinGraph,
    private readonly version: string,
    private readonly out: Outbox,
  ) {
    this.layout = new StateLayout(graph, 0, -1);
  }

  /** `isOwn`: it is the program itself, and not counted. */
  open(id: string, socket: ViewerSocket, now: number, isOwn = false): void {
    if (isOwn) this.own.add(id);
    this.sessions.set(id, new ViewerSession(id, socket));
    this.send(id, { op: "hello", session: id, serverTime: now, version: this.version });
    if (this.design !== null) this.send(id, this.design);
    this.nextStatus = 0;
  }

  /** Makes every page a design twin, those that come later too, until the program ends. */
  showDesign(message: DesignMessage): void {
    this.design = message;
    this.broadcast(message);
  }

  close(id: string): void {
    this.own.delete(id);
    if (this.sessions.delete(id)) this.nextStatus = 0;
  }

  /** Starts frames for a session with a snapshot; a second call changes encoding and rate. */
  subscribe(id: string, subscription: Subscription, now: number): void {
    const session = this.sessions.get(id);
    if (session === undefined) return;
    session.choose(subscription, now);
    if (session.subscribed) return;
    session.subscribed = true;
    if (!session.isPast) this.sendSnapshot(session, this.snapshotText(now));
  }

  /** Ends live state for a session, or begins it again with a snapshot. */
  setPast(id: string, isPast: boolean, now: number): void {
    const session = this.sessions.get(id);
    if (session === undefined || session.isPast === isPast) return;
    session.isPast = isPast;
    this.nextStatus = 0;
    if (!isPast && session.subscribed) this.sendSnapshot(session, this.snapshotText(now));
  }

  private snapshotText(now: number): string {
    const { revision } = this.graph;
    const twin = { revision, time: now, things: thingsView(this.graph) };
    const message: ServerStateMessage = { op: "snapshot", revision, twin };
    return JSON.stringify(message);
  }

  private sendSnapshot(session: ViewerSession, text: string): void {
    session.properties = this.graph.revision;
    session.definitions = this.graph.definitions;
    this.sendText(session.id, text);
  }

  /** Things came, went or were defined anew: each session gets them, or, if it did not ask for `changes`, the whole. */
  private writeThings(now: number): void {
    let text: string | null = null;
    const made = new Map<number, string | null>();
    for (const session of this.sessions.values()) {
      const { definitions } = session;
      if (!session.isLive() || definitions === this.graph.definitions) continue;
      if (session.takesChanges) {
        if (now < this.nextThings) continue;
        let changes = made.get(definitions);
        if (changes === undefined) {
          changes = thingsSince(this.graph, definitions, now);
          made.set(definitions, changes);
        }
        if (changes !== null) {
          session.definitions = this.graph.definitions;
          this.sendText(session.id, changes);
          continue;
        }
      }
      if (now < this.nextSnapshot) continue;
      text ??= this.snapshotText(now);
      this.sendSnapshot(session, text);
    }
    if (text !== null) this.nextSnapshot = now + snapshotPeriodMs;
    if (made.size > 0) this.nextThings = now + propertiesPeriodMs;
  }

  count(): number {
    return this.sessions.size - this.own.size;
  }

  bufferedBytes(): number {
    let sum = 0;
    for (const session of this.sessions.values()) sum += session.bufferedBytes();
    return sum;
  }

  /** Sends a message to every session that is not over its budget. */
  broadcast(message: ServerStateMessage): void {
    if (this.sessions.size === 0) return;
    const text = JSON.stringify(message);
    for (const session of this.sessions.values()) {
      if (!session.isPaused()) this.sendText(session.id, text);
    }
  }

  statusSoon(): void {
    this.nextStatus = 0;
  }

  /** One WRITE: frames that are due, changed properties, status. */
  write(now: number, sources: Iterable<SourceStatus>, control: () => ControlStatus[]): void {
    if (this.sessions.size === 0) return;
    if (this.layout.structure !== this.graph.structure) {
      this.layout = new StateLayout(this.graph, ++this.layoutCount % 0x1_0000, this.graph.structure);
    }
    this.judgeBudgets(now);
    this.writeThings(now);
    this.writeFrames(now, false);
    if (now >= this.nextProperties) {
      this.nextProperties = now + propertiesPeriodMs;
      this.writeProperties(now);
    }
    if (now >= this.nextStatus) {
      this.nextStatus = now + statusPeriodMs;
      this.writeStatus({
        op: "status",
        time: now,
        revision: this.graph.revision,
        // A page's second socket, for topics, does not count.
        clients: [...this.sessions].filter(([id, one]) => one.subscribed && !this.own.has(id)).length,
        sources: [...sources],
        control: control(),
      });
    }
  }

  /**
   * A READ between two cycles: whose frame is due gets what was just read, instead of in the next cycle. What else there is to tell,
   * new columns too, waits for the cycle.
   */
  writeBetween(now: number): void {
    if (this.sessions.size > 0 && this.layout.structure === this.graph.structure) this.writeFrames(now, true);
  }

  private writeFrames(now: number, isBetween: boolean): void {
    this.binaryFrame = null;
    this.jsonFrame = null;
    for (const session of this.sessions.values()) this.writeFrame(session, now, isBetween);
  }

  /** Who looks at the past is reminded of it. */
  private writeStatus(status: StatusMessage): void {
    const text = JSON.stringify(status);
    let past: string | null = null;
    for (const session of this.sessions.values()) {
      if (session.isPaused()) continue;
      if (session.isPast) past ??= JSON.stringify({ ...status, past: true });
      this.sendText(session.id, session.isPast && past !== null ? past : text);
    }
  }

  /** Who reads too slowly gets nothing for a while, then the whole anew. */
  private judgeBudgets(now: number): void {
    for (const session of this.sessions.values()) {
      const budget = session.judge(now);
      if (budget === "over") {
        this.out.push({ kind: "viewerClose", viewer: session.id, code: 1013, reason: "reads too slowly" });
        this.close(session.id);
      }
      if (budget !== "back") continue;
      this.send(session.id, { op: "lagging", dropped: session.dropped });
      session.dropped = 0;
      if (this.design !== null) this.send(session.id, this.design);
      if (session.isLive()) this.sendSnapshot(session, this.snapshotText(now));
    }
  }

  private writeFrame(session: ViewerSession, now: number, isBetween: boolean): void {
    if (session.isPast || !session.takeTurn(now, this.graph.revision, isBetween)) return;
    if (session.isPaused()) {
      session.dropped++;
      this.droppedFrames++;
      return;
    }
    if (session.encoding === "json") {
      this.jsonFrame ??= JSON.stringify(this.layout.json(now));
      this.sendText(session.id, this.jsonFrame);
      return;
    }
    if (session.layout !== this.layout.number) {
      session.layout = this.layout.number;
      this.send(session.id, {
        op: "layout",
        layout: this.layout.number,
        columns: this.layout.announcement(),
      });
    }
    this.binaryFrame ??= this.layout.binary(now);
    this.out.push({ kind: "viewerFrame", viewer: session.id, bytes: this.binaryFrame });
  }

  /** Changes since a revision are put together once for all sessions that are at the same revision. */
  private writeProperties(now: number): void {
    const made = new Map<number, string | null>();
    for (const session of this.sessions.values()) {
      if (!session.isLive()) continue;
      if (session.properties === this.graph.revision) continue;
      let text = made.get(session.properties);
      if (text === undefined) {
        text = propertiesSince(this.graph, session.properties, now);
        made.set(session.properties, text);
      }
      session.properties = this.graph.revision;
      if (text !== null) this.sendText(session.id, text);
    }
  }

  private send(viewer: string, message: ServerStateMessage): void {
    this.sendText(viewer, JSON.stringify(message));
  }

  private sendText(viewer: string, text: string): void {
    this.out.push({ kind: "viewerText", viewer, text });
  }
}
