import type { TopicRequest } from "../../protocol/topics/topic-requests.ts";

/** The socket of one viewer, for the topics that it watches. */
export type TopicSocket = {
  sendText(text: string): void;
  sendFrame(bytes: Uint8Array): void;
  /** What the viewer has not read yet. */
  unreadBytes(): number;
  /** Has the viewer tell when it has read everything. */
  askRead(): void;
  /** `told` is called whenever it has read more: ms since that was sent. */
  onRead(told: (delayMs: number) => void): void;
};

/** The topics of ROS, for the viewers of `/ws/state`. */
export interface ViewerTopics {
  /** Addresses of the mesh files that markers of watched topics name: viewers may have them. */
  readonly meshes: ReadonlySet<string>;
  /** A viewer that asks for the first time; what it says, and that it has gone, is handed to what is returned. */
  join(socket: TopicSocket): { take(request: TopicRequest): void; close(): void };
}
