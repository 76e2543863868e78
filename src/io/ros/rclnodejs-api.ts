import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../package-root.ts";

/*
 * The part of rclnodejs that this program uses. The package itself is optional and found at run time,
 * so its own types cannot be imported.
 */

export interface RclNode {
  createSubscription(
    type: string,
    topic: string,
    options: { isRaw?: boolean; qos?: unknown },
    callback: (message: unknown) => void,
  ): RclSubscription;
  createPublisher(type: string, topic: string, options?: { qos?: unknown }): RclPublisher;
  createClient(type: string, name: string): RclClient;
  createService(
    type: string,
    name: string,
    callback: (request: unknown, response: { template: object; send(message: object): void }) => void,
  ): unknown;
  destroySubscription(subscription: RclSubscription): void;
  destroyPublisher(publisher: RclPublisher): void;
  destroyClient(client: RclClient): void;
  countPublishers(topic: string): number;
  countSubscribers(topic: string): number;
  /** `asOnTheWire`: the name is the middleware's own, as `rq/…Request`. */
  getPublishersInfoByTopic(topic: string, asOnTheWire?: boolean): EndpointInfo[];
  getSubscriptionsInfoByTopic(topic: string, asOnTheWire?: boolean): EndpointInfo[];
  getServiceNamesAndTypes(): { name: string; types: string[] }[];
  getTopicNamesAndTypes(): { name: string; types: string[] }[];
  getNodeNamesAndNamespaces(): { name: string; namespace: string }[];
  /** `parameter` is a `Rclnodejs.Parameter`. */
  declareParameter(parameter: unknown): unknown;
  destroy(): void;
}

export type RclSubscription = { topic: string };

export interface RclPublisher {
  publish(message: object | Buffer): void;
  /** Subscriptions that this publisher is matched with now. */
  readonly subscriptionCount: number;
  /** Blocks until every reliable subscription has what was published, for `timeoutNs` at most. */
  waitForAllAcked(timeoutNs: bigint): boolean;
}

export interface RclClient {
  sendRequest(request: object, callback: (response: unknown) => void): void;
  isServiceServerAvailable(): boolean;
}

/** One publisher or subscription of somebody on a topic; the codes are rmw's. */
export type EndpointInfo = {
  node_name: string;
  node_namespace?: string;
  topic_type: string;
  /** Of the definition; version 0, or absent: none is known. */
  topic_type_hash?: { version: number; value: ArrayLike<number> };
  endpoint_gid: number[];
  /** reliability: 1 reliable, 2 best effort. durability: 1 transient local, 2 volatile. */
  qos_profile: { reliability: number; durability: number };
};

export interface GoalHandle {
  isAccepted(): boolean;
  /** 4 succeeded, 5 canceled, 6 aborted. */
  readonly status: number;
  getResult(): Promise<unknown>;
  cancelGoal(): Promise<CancelResponse>;
}

/** Of action_msgs/srv/CancelGoal. */
export type CancelResponse = { return_code: number; goals_canceling: readonly CanceledGoal[] };
export type CanceledGoal = { goal_id: { uuid: Uint8Array | readonly number[] } };

export interface ActionClient {
  sendGoal(goal: object, onFeedback: null, id: { uuid: Uint8Array }): Promise<GoalHandle>;
  destroy(): void;
}

export interface ServerGoalHandle {
  readonly request: unknown;
  readonly goalId: { uuid: ArrayLike<number> };
  readonly isCancelRequested: boolean;
  publishFeedback(feedback: object): void;
  execute(): void;
  succeed(): void;
  abort(): void;
  canceled(): void;
}

export interface Rclnodejs {
  /** The class of a message, or those of a service or an action; throws where its definition is not installed. */
  require(type: string): unknown;
  init(context?: unknown, args?: string[]): Promise<void>;
  /** Of the default context where none is given. */
  shutdown(context?: unknown): void;
  /** What one participant of the middleware is. */
  Context: new () => unknown;
  /** Takes away its own handler of Ctrl-C, which destroys all nodes while they are in use. */
  removeSignalHandlers(): void;
  spin(node: RclNode, timeoutMs?: number): void;
  Node: new (name: string, namespace?: string, context?: unknown, options?: unknown) => RclNode;
  NodeOptions: new (
    startParameterServices: boolean,
    parameterOverrides: unknown[],
    automaticallyDeclareParameters: boolean,
    startTypeDescriptionService: boolean,
    enableRosout: boolean,
  ) => unknown;
  QoS: new (history: number, depth: number, reliability: number, durability: number) => unknown;
  ActionClient: new (node: RclNode, type: string, name: string, options?: object) => ActionClient;
  ActionServer: new (
    node: RclNode,
    type: string,
    name: string,
    execute: (handle: ServerGoalHandle) => Promise<object>,
    onGoal: (goal: unknown) => number,
    onAccepted: ((handle: ServerGoalHandle) => void) | null,
    onCancel: (handle: ServerGoalHandle) => number,
  ) => unknown;
  Parameter: new (name: string, type: number, value: unknown) => unknown;
}

/** rmw's codes of the two QoS policies that are matched to the publishers'. */
export const reliability = { reliable: 1, bestEffort: 2 } as const;
export const durability = { transientLocal: 1, volatile: 2 } as const;
const keepLast = 1;

/**
 * A node without services of its own. rclnodejs waits on all of a node's entities for each message, so
 * every one it does not have makes each message cheaper.
 */
export function lightNode(rcl: Rclnodejs, name: string, context?: unknown): RclNode {
  const options = new rcl.NodeOptions(false, [], false, false, false);
  return new rcl.Node(name, "", context, options);
}

/** A QoS profile that keeps the last `depth` messages. */
export function qos(rcl: Rclnodejs, depth: number, reliable: number, durable: number): unknown {
  return new rcl.QoS(keepLast, depth, reliable, durable);
}

/** Loads rclnodejs from the file that `findRclnodejs` gave. Rejects with what the loader said. */
export async function loadRclnodejs(file: string): Promise<Rclnodejs> {
  matchByName();
  const module = (await import(pathToFileURL(file).href)) as { default?: Rclnodejs } & Rclnodejs;
  const rcl = module.default ?? module;
  rcl.removeSignalHandlers();
  return rcl;
}

/**
 * Has Fast DDS connect topics by the name of their type. Must come before the middleware is loaded; a user's own profile
 * is left alone.
 */
function matchByName(): void {
  const own = ["FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE"];
  if (own.some((name) => (process.env[name] ?? "") !== "")) return;
  if (existsSync("DEFAULT_FASTDDS_PROFILES.xml")) return;
  process.env.FASTDDS_DEFAULT_PROFILES_FILE = join(packageRoot, "ros", "fastdds-match-by-name.xml");
}
