import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import { StateLink } from "../../client/state-link.ts";
import { StoreFeed } from "../net/store-feed.ts";
import { TwinStore } from "../store/twin-store.ts";

/** The present beside the past: a session of its own, for as long as both are to be seen. */
export class Comparison {
  /** The present, while it is compared with the past; null otherwise. */
  readonly present = new Signal<TwinStore | null>(null);
  private link: StateLink | null = null;

  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
  ) {}

  get isOn(): boolean {
    return this.link !== null;
  }

  begin(): void {
    if (this.link !== null) return;
    const store = new TwinStore();
    this.link = new StateLink(this.address, this.platform, new StoreFeed(store), { rateHz: 60 });
    this.present.set(store);
  }

  end(): void {
    this.link?.close();
    this.link = null;
    this.present.set(null);
  }

  /** Moves the drawn numbers of the present to now. */
  advance(): void {
    const store = this.present.get();
    const nowMs = this.link?.serverTime() ?? null;
    if (store === null || nowMs === null) return;
    store.motion.serverHeard = this.link?.heard === true;
    store.motion.advance(nowMs);
  }
}
