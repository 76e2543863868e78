import type { ConnectOptions, Twin } from "./api.ts";
import { globals } from "./globals.ts";
import { openTwin } from "./open-twin.ts";
import { platformOf } from "./platform.ts";
import { readAddress } from "./server-address.ts";
import { TwinError } from "./twin-error.ts";

/**
 * Connects to a twin. Resolves when both WebSockets are open and the first snapshot has arrived; rejects with a
 * `TwinError` when the first attempt fails. A connection that is lost later is opened again by itself.
 *
 * @param url as `http://127.0.0.1:8080`, `wss://example.org/robot/` behind a reverse proxy, or `host:port`
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Twin> {
  const address = readAddress(url, options.token ?? null);
  if (address === null) {
    throw new TwinError(
      "bad_address",
      `"${url}" is no address of a twin: write http://host:port/ or host:port`,
    );
  }
  const SocketClass = globals.WebSocket ?? (await import("ws")).WebSocket;
  return openTwin(address, options, platformOf(SocketClass));
}

export type { NamedPose } from "../protocol/library-json.ts";
// The entry point of the package `twinbridge/client`: what it gives to programs is listed here.
export type {
  BaseReadings,
  BaseTwist,
  CommandOptions,
  CommandResult,
  ConnectionState,
  ConnectOptions,
  Control,
  Device,
  Jog,
  JointReadings,
  Lease,
  LeaseEvents,
  MoveOptions,
  Positions,
  Reading,
  Rehearsal,
  Robot,
  RobotEvents,
  Stop,
  TrajectoryPoint,
  Twin,
  TwinEvents,
  Velocities,
} from "./api.ts";
export type {
  AcquireOptions,
  LinkJog,
  NavigationGoal,
  Plan,
  PlanOptions,
  PoseTarget,
  RequestOptions,
  TwistHeld,
  WayPlan,
  Waypoint,
} from "./command-api.ts";
export type { EventsQuery, HistoryQuery, HistorySeries, Past, PastEvent, Time } from "./history-api.ts";
export type { MoveProgress, NavigationProgress } from "./move-progress.ts";
export { TwinError };
