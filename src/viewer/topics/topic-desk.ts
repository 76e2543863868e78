import { isText } from "../../client/message-checks.ts";
import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicListing } from "../../protocol/topics/topic-requests.ts";
import { storedList } from "../store/stored-list.ts";
import { budgetOf, kindOf } from "./topic-kinds.ts";
import { TopicLink } from "./topic-link.ts";
import { TopicLooks } from "./topic-looks.ts";

/** What is known of a topic that is shown. */
export type TopicState = {
  topic: string;
  type: string;
  publishers: number | null;
  /** Its last message stands until there is another: age is no fault. */
  isLatched: boolean;
  /** The newest message; null: none came yet. */
  message: TopicMessage | null;
  /** Messages that came in the last two seconds, by their arrival here, server ms. */
  arrivals: number[];
  /** Why it is not shown; null: nothing is known against it. */
  problem: string | null;
};

export type TopicListener = (topic: string, message: TopicMessage) => void;

const key = "twinbridge.topics";
const cloudType = "sensor_msgs/msg/PointCloud2";
const ratesMs = 2000;
/** More topics at a time are too much for one picture. */
export const mostShown = 24;

/** The topics that a person looks at, kept for the next visit, and the newest message of each. */
export class TopicDesk {
  readonly topics = new Signal<readonly TopicListing[] | null>(null);
  /** Why there are none; null: nothing is known against it. */
  readonly problem = new Signal<string | null>(null);
  /** Names of what is shown, in the order in which it was chosen. */
  readonly shown: Signal<readonly string[]>;
  readonly states = new Map<string, TopicState>();
  readonly looks: TopicLooks;
  private readonly listeners = new Set<TopicListener>();
  /** Those that a panel of the page follows without showing them, with how many do. */
  private readonly followed = new Map<string, number>();
  /** The fields by which clouds are asked to be coloured. */
  private readonly colored = new Map<string, string | undefined>();
  private link: TopicLink | null = null;
  /** Whether a person has chosen what is shown, now or on an earlier visit. */
  private isChosen: boolean;

  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
    private readonly storage: Storage,
  ) {
    this.looks = new TopicLooks(storage);
    this.looks.all.subscribe(() => this.followFields());
    this.isChosen = storage.getItem(key) !== null;
    this.shown = new Signal<readonly string[]>(storedList(storage, key).filter(isText).slice(0, mostShown));
    if (this.shown.get().length > 0) this.connect();
  }

  serverTime(): number | null {
    return this.link?.serverTime() ?? null;
  }

  /** `listener` gets each message; returns what ends that. What is known is handed over at once. */
  listen(listener: TopicListener): () => void {
    this.listeners.add(listener);
    for (const { topic, message } of this.states.values()) if (message !== null) listener(topic, message);
    return () => this.listeners.delete(listener);
  }

  /** On a first visit asks what there is to be shown. */
  beginVisit(): void {
    if (!this.isChosen) this.refresh();
  }

  /** Asks which topics there are. */
  refresh(): void {
    this.connect().askList();
  }

  show(topic: string, type: string): void {
    if (this.shown.get().includes(topic)) return;
    if (this.shown.get().length >= mostShown) {
      this.problem.set(`At most ${mostShown} topics are shown at a time: hide one first.`);
      return;
    }
    this.save([...this.shown.get(), topic]);
    this.begin(topic, type);
  }

  hide(topic: string): void {
    this.save(this.shown.get().filter((other) => other !== topic));
    this.leave(topic);
  }

  /** Shows these topics and no others, in this order; what exceeds the limit is left out. */
  showOnly(topics: readonly string[]): void {
    const before = this.shown.get();
    const wanted = [...new Set(topics)].slice(0, mostShown);
    if (wanted.length === before.length && wanted.every((topic, i) => topic === before[i])) return;
    this.save(wanted);
    for (const topic of before) this.leave(topic);
    for (const topic of wanted) if (!this.states.has(topic)) this.begin(topic, "");
  }

  /** Has the messages of a topic come, for a panel; returns what ends that. `listener` gets them. */
  follow(topic: string, listener: (message: TopicMessage) => void): () => void {
    const end = this.listen((name, message) => {
      if (name === topic) listener(message);
    });
    this.followed.set(topic, (this.followed.get(topic) ?? 0) + 1);
    if (!this.states.has(topic)) this.begin(topic, "");
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      end();
      const left = (this.followed.get(topic) ?? 1) - 1;
      if (left > 0) this.followed.set(topic, left);
      else {
        this.followed.delete(topic);
        this.leave(topic);
      }
    };
  }

  private leave(topic: string): void {
    if (this.followed.has(topic) || this.shown.get().includes(topic)) return;
    this.states.delete(topic);
    this.colored.delete(topic);
    this.link?.unwatch(topic);
  }

  /** Messages a second, as they come here. */
  rate(topic: string): number {
    const now = this.serverTime() ?? 0;
    const { arrivals = [] } = this.states.get(topic) ?? {};
    return arrivals.filter((at) => at > now - ratesMs).length / (ratesMs / 1000);
  }

  private save(shown: readonly string[]): void {
    this.isChosen = true;
    this.shown.set(shown);
    this.storage.setItem(key, JSON.stringify(shown));
  }

  /** On a first visit what the server suggests is shown. */
  private takeSuggested(topics: readonly TopicListing[]): void {
    if (this.isChosen) return;
    for (const { name, type, suggested } of topics) {
      if (suggested !== true || this.states.has(name)) continue;
      this.shown.set([...this.shown.get(), name]);
      this.begin(name, type);
    }
  }

  private begin(topic: string, type: string): void {
    this.states.set(topic, {
      topic,
      type,
      publishers: null,
      isLatched: false,
      message: null,
      arrivals: [],
      problem: null,
    });
    this.watch(topic, type);
  }

  private watch(topic: string, type: string): void {
    const color = type === cloudType ? this.looks.of(topic).field : undefined;
    this.colored.set(topic, color);
    this.connect().watch(topic, budgetOf(kindOf(type)), color);
  }

  /** The server colours clouds: another field is asked for. */
  private followFields(): void {
    for (const { topic, type } of this.states.values()) {
      if (type === cloudType && this.looks.of(topic).field !== this.colored.get(topic))
        this.watch(topic, type);
    }
  }

  private connect(): TopicLink {
    if (this.link !== null) return this.link;
    this.link = new TopicLink(this.address, this.platform, {
      list: (topics) => {
        this.problem.set(null);
        this.topics.set(topics);
        this.takeSuggested(topics);
      },
      watching: (topic, type) => {
        const state = this.states.get(topic);
        if (state === undefined || state.type === type) return;
        const isKnown = state.type !== "";
        state.type = type;
        // What kind it is of is known now, and with it how much of it is wanted.
        if (!isKnown) this.watch(topic, type);
        this.shown.set([...this.shown.get()]);
      },
      publishers: (topic, count, isLatched) => {
        const state = this.states.get(topic);
        if (state !== undefined) Object.assign(state, { publishers: count, isLatched });
      },
      refused: (topic, _code, message) => {
        const state = this.states.get(topic);
        if (topic === "") this.problem.set(message);
        else if (state !== undefined) state.problem = message;
      },
      message: (topic, message) => this.take(topic, message),
      connected: (isOpen) => {
        if (isOpen && this.topics.get() !== null) this.link?.askList();
      },
    });
    for (const topic of this.shown.get()) if (!this.states.has(topic)) this.begin(topic, "");
    return this.link;
  }

  private take(topic: string, message: TopicMessage): void {
    const state = this.states.get(topic);
    if (state === undefined) return;
    const now = this.serverTime() ?? message.header.received;
    state.message = message;
    state.problem = null;
    // Frames that were kept for who comes later are no sign that more come now.
    if (now - message.header.received < ratesMs) state.arrivals.push(now);
    while ((state.arrivals[0] ?? now) < now - ratesMs) state.arrivals.shift();
    for (const listener of this.listeners) listener(topic, message);
  }
}
