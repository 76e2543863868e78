import { isEvent, isObject } from "../../client/message-checks.ts";
import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import type { StateLink } from "../../client/state-link.ts";
import { ask } from "../net/address.ts";
import type { TwinStore } from "../store/twin-store.ts";
import { followAddress } from "./address-moment.ts";
import { Comparison } from "./comparison.ts";
import { Playback } from "./playback.ts";
import { ScrubMeter } from "./scrub-meter.ts";
import { Timeline } from "./timeline.ts";

/** Why nothing is commanded while the past is seen. */
export const pastBlock = "You see the past. Press “Back to live” to command the robot.";

/** All that the page has for walking through time. */
export class Past {
  readonly timeline: Timeline;
  readonly playback: Playback;
  readonly comparison: Comparison;
  readonly meter = new ScrubMeter();
  /** Whether the page shows the past: at once when it is asked for, and until the present is there again. */
  readonly isShown = new Signal(false);

  constructor(
    private readonly address: ServerAddress,
    platform: Platform,
    private readonly store: TwinStore,
    private readonly state: StateLink,
    /** The server cannot show the past. */
    refused: (message: string) => void,
  ) {
    const { travel } = state;
    this.timeline = new Timeline(
      address,
      store,
      () => state.serverTime(),
      () => travel.momentMs,
    );
    this.playback = new Playback(travel, this.timeline);
    this.comparison = new Comparison(address, platform);
    travel.refused.add((_, message) => refused(`The past cannot be shown: ${message}`));
    travel.position.subscribe(() => {
      const moment = travel.momentMs;
      this.isShown.set(moment !== null);
      if (moment !== null && store.motion.isPast) this.meter.arrived(moment, performance.now());
      if (!this.isShown.get()) this.comparison.end();
    });
  }

  /** To be called once all that reacts to the past listens. */
  begin(): void {
    followAddress(this.state.travel);
  }

  /** A connection began: what is not in the stream is asked for again. */
  async connected(): Promise<void> {
    this.timeline.refresh();
    const answer = await ask(this.address, "api/events").catch(() => null);
    const list: unknown = answer?.ok ? await answer.json().catch(() => null) : null;
    if (isObject(list) && Array.isArray(list.events)) this.store.addEvents(list.events.filter(isEvent));
  }

  /** The person asks for a moment, by a position on the timeline or in a plot. */
  seek(timeMs: number): void {
    // The first that is stored may be between two whole ms.
    const moment = this.timeline.clamped(Math.round(timeMs));
    this.meter.asked(moment, performance.now());
    this.playback.seek(moment);
  }
}
