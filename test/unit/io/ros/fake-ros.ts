import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import type { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { Arrival, Input } from "../../../../src/engine/ports/inputs.ts";
import type {
  ActionClient,
  CancelResponse,
  EndpointInfo,
  GoalHandle,
  RclClient,
  RclNode,
  Rclnodejs,
  RclPublisher,
  RclSubscription,
  ServerGoalHandle,
} from "../../../../src/io/ros/rclnodejs-api.ts";

/*
 * A ROS graph in memory, behind the few calls of rclnodejs that the program uses. What the program makes is on one side
 * (nodes, publishers, subscriptions, clients), what a test makes on the other (`publisher`, `subscriber`, `service`,
 * `actionServer`). Ends of a topic are matched by type and QoS, as DDS matches them. Time is the test's: `now`.
 */

/** The two policies that are matched; `depth` where the program gave one. */
export type Qos = { reliable: boolean; latched: boolean; depth?: number };

export const latched: Qos = { reliable: true, latched: true };
export const reliable: Qos = { reliable: true, latched: false };
export const bestEffort: Qos = { reliable: false, latched: false };

type End = {
  topic: string;
  type: string;
  node: string;
  namespace: string;
  qos: Qos;
  gid: number[];
  /** The participant; null: one of another program. */
  context: object | null;
};
type PublisherEnd = End & { history: unknown[] };
type SubscriptionEnd = End & { isRaw: boolean; isMatched: boolean; hear(message: unknown): void };

/** A publisher of another program. */
export type OutsidePublisher = { publish(message: Uint8Array | object): void; leave(): void };
/** A subscription of another program; it hears nothing while `isMatched` is false. */
export type OutsideSubscriber = { readonly heard: object[]; isMatched: boolean; leave(): void };

/** A service of another program. `answer` null: it never answers. */
export class OutsideService {
  readonly requests: unknown[] = [];
  private readonly waiting: ((response: unknown) => void)[] = [];

  constructor(
    readonly name: string,
    readonly type: string,
    public answer: ((request: unknown) => unknown) | null,
  ) {}

  ask(request: unknown, callback: (response: unknown) => void): void {
    this.requests.push(request);
    if (this.answer === null) this.waiting.push(callback);
    else callback(this.answer(request));
  }

  /** Answers all who wait. */
  release(response: unknown): void {
    for (const callback of this.waiting.splice(0)) callback(response);
  }
}

/** A FollowJointTrajectory server of another program. */
export class OutsideActionServer {
  readonly goals: OutsideGoal[] = [];
  readonly cancelAll: OutsideService;
  readonly parameters: OutsideService;

  constructor(
    private readonly ros: FakeRos,
    readonly name: string,
    readonly type: string,
    joints: readonly string[] | null,
    /** Of the goal's definition; null: none is shown. */
    readonly hash: number[] | null,
  ) {
    const owner = name.slice(0, name.lastIndexOf("/"));
    this.cancelAll = ros.service(`${name}/_action/cancel_goal`, "action_msgs/srv/CancelGoal", () => ({
      return_code: 0,
      goals_canceling: [],
    }));
    const value = { type: joints === null ? 0 : 9, string_array_value: joints ?? [] };
    this.parameters = ros.service(`${owner}/get_parameters`, "rcl_interfaces/srv/GetParameters", () => ({
      values: [value],
    }));
  }

  newest(): OutsideGoal {
    const goal = this.goals.at(-1);
    if (goal === undefined) throw new Error(`${this.name} got no goal`);
    return goal;
  }

  leave(): void {
    this.ros.servers.delete(this.name);
    this.ros.services.delete(this.cancelAll.name);
    this.ros.services.delete(this.parameters.name);
  }
}

/** A goal as its server has it: the test decides what becomes of it. */
export class OutsideGoal {
  /** How often its client asked to cancel it. */
  cancels = 0;
  cancelAnswer: CancelResponse | Error = { return_code: 0, goals_canceling: [{ goal_id: { uuid: [] } }] };
  readonly handle: Promise<GoalHandle>;
  private answer!: (accepted: boolean) => void;
  private refuse!: (error: Error) => void;
  private deliver!: (outcome: object) => void;
  private status = 0;

  constructor(
    readonly message: { trajectory: { header: { stamp: object }; joint_names: string[]; points: object[] } },
    readonly uuid: Uint8Array,
  ) {
    const result = new Promise<object>((resolve) => {
      this.deliver = resolve;
    });
    this.handle = new Promise<boolean>((resolve, reject) => {
      this.answer = resolve;
      this.refuse = reject;
    }).then((accepted) => this.handleOf(accepted, result));
  }

  accept(): void {
    this.answer(true);
  }

  reject(): void {
    this.answer(false);
  }

  /** The request itself fails, as when the client is destroyed. */
  fail(reason: string): void {
    this.refuse(new Error(reason));
  }

  finish(status: "succeeded" | "canceled" | "aborted", outcome: object = {}): void {
    this.status = { succeeded: 4, canceled: 5, aborted: 6 }[status];
    this.deliver(outcome);
  }

  private handleOf(accepted: boolean, result: Promise<object>): GoalHandle {
    const goal = this;
    return {
      isAccepted: () => accepted,
      get status() {
        return goal.status;
      },
      getResult: () => result,
      cancelGoal: async () => {
        goal.cancels++;
        if (goal.cancelAnswer instanceof Error) throw goal.cancelAnswer;
        return goal.cancelAnswer;
      },
    };
  }
}

/** A goal that another program's client sent to an action server of ours. */
export class InsideGoal {
  state: "rejected" | "accepted" | "executing" | "succeeded" | "aborted" | "canceled" = "rejected";
  readonly feedback: object[] = [];
  result: Promise<object> | null = null;

  constructor(private readonly canceled: (goal: InsideGoal) => void) {}

  cancel(): void {
    this.canceled(this);
  }
}

type ServerArguments = ConstructorParameters<Rclnodejs["ActionServer"]>;

export class FakeRos {
  /** Server ms. */
  now = 10_000;
  readonly publishers: PublisherEnd[] = [];
  readonly subscriptions: SubscriptionEnd[] = [];
  readonly services = new Map<string, OutsideService>();
  readonly servers = new Map<string, OutsideActionServer>();
  /** Nodes of the program that are not destroyed. */
  readonly nodes = new Set<FakeNode>();
  readonly spinning = new Map<FakeNode, number | undefined>();
  /** What the program opened and did not close: `client /x`, and so on. */
  readonly open: string[] = [];
  /** Participants: `undefined` is the default one. */
  readonly started: unknown[] = [];
  readonly ended: unknown[] = [];
  /** What throws, with what: `createPublisher geometry_msgs/msg/TwistStamped` → reason. */
  readonly faults = new Map<string, string>();
  /** What `init` waits for. */
  initGate: Promise<void> = Promise.resolve();
  /** What `require` gives, by type. */
  readonly definitions = new Map<string, unknown>();
  /** Blocking waits for acknowledgements, by topic. */
  readonly flushed: string[] = [];
  /** Calls that read the graph, by name. */
  readonly reads: string[] = [];
  readonly offered = new Map<string, (request: unknown) => Promise<object>>();
  readonly actionServers = new Map<string, ServerArguments>();
  readonly parameters: { node: string; name: string; type: number; value: unknown }[] = [];
  /** Of the action goal's definition in this process; null: none is shown. */
  ownHash: number[] | null = null;
  readonly rcl: Rclnodejs = this.makeRcl();
  private gid = 0;
  private folder: string | null = null;

  /** A file that `loadRclnodejs` loads as this graph. */
  file(): string {
    this.folder ??= mkdtempSync(join(tmpdir(), "fake-rclnodejs-"));
    const file = join(this.folder, "index.cjs");
    const key = `twinbridge.${this.folder}`;
    (globalThis as Record<string, unknown>)[key] = this.rcl;
    writeFileSync(file, `module.exports = globalThis[${JSON.stringify(key)}];\n`);
    return file;
  }

  /** Removes what `file` made. */
  clean(): void {
    if (this.folder === null) return;
    delete (globalThis as Record<string, unknown>)[`twinbridge.${this.folder}`];
    rmSync(this.folder, { recursive: true, force: true });
  }

  node(name = "twin_commands", namespace = "", context?: unknown): FakeNode {
    return new FakeNode(this, name, namespace, (context ?? this) as object);
  }

  /** A publisher of another program; `node` is its full name, as /r1/driver. */
  publisher(node: string, topic: string, type: string, qos: Qos = reliable): OutsidePublisher {
    const end: PublisherEnd = { ...this.outside(node, topic, type, qos), history: [] };
    this.publishers.push(end);
    return {
      publish: (message) => this.deliver(end, message),
      leave: () => remove(this.publishers, end),
    };
  }

  subscriber(node: string, topic: string, type: string, qos: Qos = reliable): OutsideSubscriber {
    const heard: object[] = [];
    const hear = (message: unknown): number => heard.push(message as object);
    const end = { ...this.outside(node, topic, type, qos), isRaw: false, isMatched: true, hear };
    this.addSubscription(end);
    return {
      heard,
      get isMatched() {
        return end.isMatched;
      },
      set isMatched(value) {
        end.isMatched = value;
      },
      leave: () => remove(this.subscriptions, end),
    };
  }

  service(name: string, type: string, answer: OutsideService["answer"] = () => ({})): OutsideService {
    const service = new OutsideService(name, type, answer);
    this.services.set(name, service);
    return service;
  }

  actionServer(
    name: string,
    joints: readonly string[] | null = null,
    type = "control_msgs/action/FollowJointTrajectory",
    hash: number[] | null = null,
  ): OutsideActionServer {
    const server = new OutsideActionServer(this, name, type, joints, hash);
    this.servers.set(name, server);
    return server;
  }

  /** Calls a service that the program offers. */
  async call(name: string, request: object = {}): Promise<object> {
    const offered = this.offered.get(name);
    if (offered === undefined) throw new Error(`nobody offers ${name}`);
    return offered(request);
  }

  /** Sends a goal to an action server of the program. */
  sendGoal(action: string, request: object, uuid: readonly number[] = [1]): InsideGoal {
    const [, , , execute, onGoal, onAccepted, onCancel] = this.actionServers.get(action) as ServerArguments;
    const end = (state: InsideGoal["state"]) => () => {
      goal.state = state;
    };
    const handle: ServerGoalHandle = {
      request,
      goalId: { uuid },
      isCancelRequested: false,
      publishFeedback: (feedback) => goal.feedback.push(feedback),
      execute: () => {
        goal.state = "executing";
        goal.result = execute(handle);
      },
      succeed: end("succeeded"),
      abort: end("aborted"),
      canceled: end("canceled"),
    };
    const goal = new InsideGoal(() => onCancel(handle));
    const accept = 2;
    if (onGoal(request) !== accept) return goal;
    goal.state = "accepted";
    onAccepted?.(handle);
    return goal;
  }

  /** What the program has on a topic, and with which QoS. */
  heardBy(topic: string): Qos[] {
    return this.subscriptions.filter((end) => end.topic === topic && end.context !== null).map((e) => e.qos);
  }

  fail(call: string): void {
    const reason = this.faults.get(call);
    if (reason !== undefined) throw new Error(reason);
  }

  deliver(from: PublisherEnd, message: unknown): void {
    if (from.qos.latched) from.history.push(message);
    for (const to of [...this.subscriptions]) if (matches(from, to)) to.hear(copyOf(message));
  }

  addSubscription(end: SubscriptionEnd): void {
    this.subscriptions.push(end);
    if (!end.qos.latched) return;
    for (const from of this.publishers) {
      if (matches(from, end)) for (const message of from.history) end.hear(copyOf(message));
    }
  }

  newGid(): number[] {
    this.gid++;
    return [this.gid >> 8, this.gid & 255];
  }

  private outside(node: string, topic: string, type: string, qos: Qos): End {
    const slash = node.lastIndexOf("/");
    const namespace = slash <= 0 ? "/" : node.slice(0, slash);
    return { topic, type, node: node.slice(slash + 1), namespace, qos, gid: this.newGid(), context: null };
  }

  private makeRcl(): Rclnodejs {
    const ros = this;
    return {
      init: async (context) => {
        await ros.initGate;
        ros.fail(context === undefined ? "init" : "init context");
        ros.started.push(context);
      },
      shutdown: (context) => {
        ros.ended.push(context);
      },
      require: (type) => {
        ros.fail(`require ${type}`);
        return ros.definitions.get(type) ?? {};
      },
      Context: class {},
      removeSignalHandlers: () => undefined,
      spin: (node, timeoutMs) => {
        ros.spinning.set(node as FakeNode, timeoutMs);
      },
      Node: class {
        constructor(name: string, namespace = "", context?: unknown) {
          // biome-ignore lint/correctness/noConstructorReturn: a node of this graph, whoever makes it
          return ros.node(name, namespace, context);
        }
      } as unknown as Rclnodejs["Node"],
      NodeOptions: class {},
      QoS: class implements Qos {
        readonly reliable: boolean;
        readonly latched: boolean;
        constructor(
          _history: number,
          readonly depth: number,
          reliability: number,
          durability: number,
        ) {
          this.reliable = reliability === 1;
          this.latched = durability === 1;
        }
      },
      ActionClient: class implements ActionClient {
        private readonly name: string;
        constructor(
          readonly node: RclNode,
          type: string,
          private readonly action: string,
        ) {
          ros.fail(`ActionClient ${type}`);
          this.name = `action client ${action}`;
          ros.open.push(this.name);
        }
        sendGoal(goal: object, _onFeedback: null, { uuid }: { uuid: Uint8Array }): Promise<GoalHandle> {
          ros.fail("sendGoal");
          const sent = new OutsideGoal(goal as OutsideGoal["message"], uuid);
          ros.servers.get(this.action)?.goals.push(sent);
          return sent.handle;
        }
        destroy(): void {
          remove(ros.open, this.name);
        }
      },
      ActionServer: class {
        constructor(...given: ServerArguments) {
          const node = given[0] as FakeNode;
          ros.actionServers.set(node.absolute(given[2]), given);
        }
      },
      Parameter: class {
        constructor(
          readonly name: string,
          readonly type: number,
          readonly value: unknown,
        ) {}
      },
    };
  }
}

/** A node of the program. */
export class FakeNode implements RclNode {
  private readonly mine = new Set<unknown>();

  constructor(
    private readonly ros: FakeRos,
    readonly name: string,
    readonly namespace: string,
    readonly context: object,
  ) {
    ros.nodes.add(this);
  }

  absolute(name: string): string {
    if (name.startsWith("/")) return name;
    const bare = this.namespace.replace(/^\/+|\/+$/g, "");
    return bare === "" ? `/${name}` : `/${bare}/${name}`;
  }

  createSubscription(
    type: string,
    topic: string,
    options: { isRaw?: boolean; qos?: unknown },
    callback: (message: unknown) => void,
  ): RclSubscription {
    this.ros.fail(`createSubscription ${type}`);
    const end: SubscriptionEnd = {
      ...this.endOf(topic, type, options.qos as Qos | undefined),
      isRaw: options.isRaw === true,
      isMatched: true,
      hear: callback,
    };
    this.mine.add(end);
    this.ros.addSubscription(end);
    return end;
  }

  createPublisher(type: string, topic: string, options?: { qos?: unknown }): RclPublisher {
    this.ros.fail(`createPublisher ${type}`);
    const { ros } = this;
    const end = { ...this.endOf(topic, type, options?.qos as Qos | undefined), history: [] };
    ros.publishers.push(end);
    const publisher: RclPublisher = Object.assign(Object.create(null), {
      end,
      publish: (message: object) => {
        if (!ros.publishers.includes(end)) throw new Error(`the publisher of ${topic} is destroyed`);
        ros.deliver(end, message);
      },
      waitForAllAcked: () => ros.flushed.push(end.topic) > 0,
    });
    Object.defineProperty(publisher, "subscriptionCount", {
      get: () => ros.subscriptions.filter((to) => matches(end, to)).length,
    });
    this.mine.add(end);
    return publisher;
  }

  createClient(type: string, name: string): RclClient {
    this.ros.fail(`createClient ${type}`);
    const { ros } = this;
    const label = `client ${name}`;
    ros.open.push(label);
    const service = () => (ros.services.get(name)?.type === type ? ros.services.get(name) : undefined);
    const client = {
      label,
      isServiceServerAvailable: () => service() !== undefined,
      sendRequest: (request: object, callback: (response: unknown) => void) =>
        service()?.ask(request, callback),
    };
    return client;
  }

  createService(
    _type: string,
    name: string,
    callback: (request: unknown, response: { template: object; send(message: object): void }) => void,
  ): unknown {
    this.ros.fail(`createService ${name}`);
    this.ros.offered.set(name, (request) => new Promise((send) => callback(request, { template: {}, send })));
    return name;
  }

  destroySubscription(subscription: RclSubscription): void {
    remove(this.ros.subscriptions, subscription as SubscriptionEnd);
  }

  destroyPublisher(publisher: RclPublisher): void {
    remove(this.ros.publishers, (publisher as unknown as { end: PublisherEnd }).end);
  }

  destroyClient(client: RclClient): void {
    const { label } = client as unknown as { label: string };
    remove(this.ros.open, label);
  }

  countPublishers(topic: string): number {
    this.ros.fail(`countPublishers ${topic}`);
    return this.ros.publishers.filter((end) => end.topic === topic).length;
  }

  countSubscribers(topic: string): number {
    return this.ros.subscriptions.filter((end) => end.topic === topic).length;
  }

  getPublishersInfoByTopic(topic: string, asOnTheWire = false): EndpointInfo[] {
    this.ros.reads.push(`publishers ${topic}`);
    if (!asOnTheWire) return this.ros.publishers.filter((end) => end.topic === topic).map(infoOf);
    const isGoal = [...this.ros.servers.keys()].some((name) => topic === goalTopic(name));
    return isGoal ? [wireInfo(this.name, this.ros.ownHash)] : [];
  }

  getSubscriptionsInfoByTopic(topic: string, asOnTheWire = false): EndpointInfo[] {
    this.ros.reads.push(`subscriptions ${topic}`);
    if (!asOnTheWire) return this.ros.subscriptions.filter((end) => end.topic === topic).map(infoOf);
    const servers = [...this.ros.servers.values()].filter(({ name }) => topic === goalTopic(name));
    return servers.map(({ hash }) => wireInfo("controller_manager", hash));
  }

  getServiceNamesAndTypes(): { name: string; types: string[] }[] {
    this.ros.reads.push("services");
    const services = [...this.ros.services.values()].map(({ name, type }) => ({ name, types: [type] }));
    const goals = [...this.ros.servers.values()].map(({ name, type }) => ({
      name: `${name}/_action/send_goal`,
      types: [`${type}_SendGoal`],
    }));
    return [...services, ...goals];
  }

  getTopicNamesAndTypes(): { name: string; types: string[] }[] {
    this.ros.reads.push("topics");
    const found = new Map<string, Set<string>>();
    for (const { topic, type } of [...this.ros.publishers, ...this.ros.subscriptions]) {
      found.set(topic, (found.get(topic) ?? new Set()).add(type));
    }
    return [...found].map(([name, types]) => ({ name, types: [...types] }));
  }

  getNodeNamesAndNamespaces(): { name: string; namespace: string }[] {
    const own = [...this.ros.nodes].map(({ name, namespace }) => ({ name, namespace: namespace || "/" }));
    const ends = [...this.ros.publishers, ...this.ros.subscriptions].filter(
      ({ context }) => context === null,
    );
    return [...own, ...ends.map(({ node, namespace }) => ({ name: node, namespace }))];
  }

  declareParameter(parameter: unknown): unknown {
    const given = parameter as { name: string; type: number; value: unknown };
    this.ros.parameters.push({ ...given, node: this.name });
    return parameter;
  }

  destroy(): void {
    this.ros.nodes.delete(this);
    this.ros.spinning.delete(this);
    for (const list of [this.ros.publishers, this.ros.subscriptions] as End[][]) {
      for (const end of list.filter((one) => this.mine.has(one))) remove(list, end);
    }
  }

  /** As Fast DDS: one type of a topic in a participant. */
  private endOf(name: string, type: string, qos: Qos = reliable): End {
    const { ros, context } = this;
    const topic = this.absolute(name);
    const ends: End[] = [...ros.publishers, ...ros.subscriptions];
    if (ends.some((end) => end.context === context && end.topic === topic && end.type !== type))
      throw new Error(`existing topic name ${topic} with incompatible type ${type}`);
    const { name: node, namespace } = this;
    return { topic, type, node, namespace: namespace || "/", qos, gid: ros.newGid(), context };
  }
}

function goalTopic(action: string): string {
  return `rq${action}/_action/send_goalRequest`;
}

function matches(from: End, to: SubscriptionEnd): boolean {
  if (from.topic !== to.topic || from.type !== to.type || !to.isMatched) return false;
  return (from.qos.reliable || !to.qos.reliable) && (from.qos.latched || !to.qos.latched);
}

/** Each subscription has a buffer of its own. */
function copyOf(message: unknown): unknown {
  return message instanceof Uint8Array ? Buffer.from(message) : message;
}

function infoOf({ node, namespace, type, gid, qos }: End): EndpointInfo {
  return {
    node_name: node,
    node_namespace: namespace,
    topic_type: type,
    endpoint_gid: gid,
    qos_profile: { reliability: qos.reliable ? 1 : 2, durability: qos.latched ? 1 : 2 },
  };
}

function wireInfo(node: string, hash: number[] | null): EndpointInfo {
  return {
    node_name: node,
    topic_type: "control_msgs/action/FollowJointTrajectory_SendGoal_Request",
    topic_type_hash: { version: hash === null ? 0 : 1, value: hash ?? [] },
    endpoint_gid: [],
    qos_profile: { reliability: 1, durability: 2 },
  };
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

/** Lets every promise that is settled already go on; nothing waits for time. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** As long as a refused cancel is waited for before it is asked for again, and its answer; with fake timers. */
export async function askedAgain(): Promise<void> {
  await settled();
  await vi.advanceTimersByTimeAsync(600);
  await settled();
}

/** What waits in the inbox, taken out. */
export function arrivalsOf(inbox: Inbox): Arrival[] {
  const found: Arrival[] = [];
  inbox.drain(
    (arrival) => found.push(arrival),
    () => undefined,
  );
  return found;
}

/** What waits in the inbox of one kind, taken out with the rest. */
export function inputsOf<K extends Input["kind"]>(inbox: Inbox, kind: K): Extract<Input, { kind: K }>[] {
  return arrivalsOf(inbox)
    .map(({ input }) => input)
    .filter((input): input is Extract<Input, { kind: K }> => input.kind === kind);
}
