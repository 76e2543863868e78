import type { History } from "../../history/history-query.ts";
import { type Capability, foxgloveTime } from "../../protocol/foxglove/server-messages.ts";
import { Channel, ChannelTable } from "./channel-table.ts";
import { ClientSession, type Visitor } from "./client-session.ts";
import type { EndpointOptions } from "./live-endpoint.ts";
import { PastFeed } from "./past-feed.ts";
import { Playback } from "./playback.ts";
import { RosChannels } from "./ros-channels.ts";

/** Each reads the store as fast as it plays. */
const mostClients = 8;

/** `/foxglove/replay`: what was. Each client plays for itself; nothing that it sends reaches a robot. */
export class ReplayEndpoint {
  private readonly sessions = new Map<ClientSession, Playback>();
  private readonly ros: RosChannels;

  constructor(private readonly options: EndpointOptions & { history(): History | null }) {
    this.ros = new RosChannels(options.findMessage);
  }

  size(): number {
    return this.sessions.size;
  }

  heldBytes(): number {
    let sum = 0;
    for (const session of this.sessions.keys()) sum += session.out.heldBytes();
    return sum;
  }

  /** Why no client is taken now; null: one is. */
  refusal(): string | null {
    const history = this.options.history();
    if (history === null) return "history is off: there is nothing to play";
    if (!(history.status().to > history.status().from)) return "the history is empty: try again in a moment";
    return this.sessions.size >= mostClients ? "too many clients play already" : null;
  }

  accept(visitor: Visitor): void {
    const { options } = this;
    const { now } = options;
    const history = options.history();
    const refusal = this.refusal();
    if (history === null || refusal !== null) {
      visitor.socket.close(1013, refusal ?? "");
      return;
    }
    const range = rangeOf(visitor.url, history);
    const channels = new ChannelTable((added, removed) => {
      if (added instanceof Channel) session.advertise([added]);
      if (removed !== null) session.unadvertise(removed);
    });
    const session = new ClientSession(visitor, channels, options.findMesh, now, options.onRefused);
    // Older clients know no playback: for them it begins by itself.
    const isControlled = visitor.subprotocol === "foxglove.sdk.v1";
    const capabilities: Capability[] = ["time", "playbackControl", "assets"];
    session.out.text({
      op: "serverInfo",
      name: `twinbridge ${options.version}: history`,
      capabilities: capabilities.filter((one) => isControlled || one !== "playbackControl"),
      metadata: { ROS_DISTRO: process.env.ROS_DISTRO ?? "jazzy" },
      sessionId: `${options.run}-${range.from}`,
      ...(isControlled
        ? { dataStartTime: foxgloveTime(range.from), dataEndTime: foxgloveTime(range.to) }
        : {}),
    });
    const feed = new PastFeed(options, history, channels, this.ros, session);
    const playback = new Playback(history, feed, session.out, range, isControlled, (reason) =>
      session.status("error", reason, "history"),
    );
    const readOnly = "nothing is published or called here: this is the past";
    session.start({
      advertise: () => this.refuse(readOnly),
      unadvertise: () => undefined,
      publish: () => this.refuse(readOnly),
      call: ({ service, call }) => {
        this.refuse(readOnly);
        session.out.text({ op: "serviceCallFailure", serviceId: service, callId: call, message: readOnly });
      },
      isUrgent: () => false,
      playback: (request) => playback.request(request),
      subscribing: (channel) => playback.subscribing(channel),
      closed: () => {
        this.sessions.delete(session);
        playback.end();
      },
    });
    this.sessions.set(session, playback);
    playback.begin(!isControlled);
  }

  tick(now: number): void {
    for (const [session, playback] of this.sessions) {
      playback.tick(now);
      session.out.drain();
    }
  }

  private refuse(reason: string): string {
    this.options.onRefused("read_only");
    return reason;
  }
}

/** What is played: all that is remembered, or what the address asks for (`from`, `to` in ms since 1970 or ISO 8601). */
function rangeOf(url: URL, history: History): { from: number; to: number } {
  const { from, to } = history.status();
  const asked = (name: string): number => {
    const text = url.searchParams.get(name) ?? "";
    return text === "" ? Number.NaN : Number.isFinite(Number(text)) ? Number(text) : Date.parse(text);
  };
  const begin = clamped(asked("from"), from, to, from);
  const end = clamped(asked("to"), begin, to, to);
  return { from: begin, to: end };
}

function clamped(value: number, least: number, most: number, otherwise: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
}
