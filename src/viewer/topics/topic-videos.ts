import { isNumber, isText } from "../../client/message-checks.ts";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import { VideoGroup } from "../../protocol/topics/video/video-group.ts";
import type { TopicDesk } from "./topic-desk.ts";
import { type VideoPiece, type VideoPlatform, VideoPlayer } from "./video-player.ts";

/** How long a video is decoded after nobody looks at it any more, ms: its picture moves from a card to the wall. */
const lingerMs = 1000;

type Kept = VideoPiece & { bytes: Uint8Array };
type Video = {
  /** What somebody who begins to look needs. */
  group: VideoGroup<Kept>;
  player: VideoPlayer | null;
  /** The newest picture, for who begins to look. */
  frame: VideoFrame | null;
  viewers: Set<(frame: VideoFrame) => void>;
  release: ReturnType<typeof setTimeout> | null;
};

/** The videos among the topics that are shown: each is decoded once for all who look at it, and not where nobody does. */
export class TopicVideos {
  /** Why a video is not seen, by its topic. */
  readonly problems = new Map<string, string>();
  private readonly videos = new Map<string, Video>();

  constructor(
    desk: Pick<TopicDesk, "listen" | "shown">,
    private readonly platform: VideoPlatform = globalThis,
  ) {
    desk.listen((topic, message) => this.take(topic, message));
    desk.shown.subscribe(() => {
      const shown = desk.shown.get();
      for (const topic of this.videos.keys()) if (!shown.includes(topic)) this.forget(topic);
    });
  }

  /** `show` draws each picture while it is called; the newest at once. Returns what ends that. */
  watch(topic: string, show: (frame: VideoFrame) => void): () => void {
    const video = this.videoOf(topic);
    video.viewers.add(show);
    if (video.release !== null) clearTimeout(video.release);
    video.release = null;
    if (video.frame !== null) show(video.frame);
    if (video.player === null) {
      video.player = this.playerOf(topic, video);
      for (const piece of video.group.frames) video.player.take(piece);
    }
    return () => {
      video.viewers.delete(show);
      if (video.viewers.size > 0) return;
      video.release ??= setTimeout(() => this.rest(topic, video), lingerMs);
    };
  }

  private take(topic: string, message: TopicMessage): void {
    const piece = pieceOf(message);
    if (piece === null) return;
    const video = this.videoOf(topic);
    video.group.take({ ...piece, bytes: piece.data }, piece);
    video.player?.take(piece);
  }

  private videoOf(topic: string): Video {
    const known = this.videos.get(topic);
    if (known !== undefined) return known;
    const none = { player: null, frame: null, release: null };
    const made: Video = { group: new VideoGroup(), viewers: new Set(), ...none };
    this.videos.set(topic, made);
    return made;
  }

  private playerOf(topic: string, video: Video): VideoPlayer {
    const show = (frame: VideoFrame): void => {
      video.frame?.close();
      video.frame = frame;
      for (const viewer of video.viewers) viewer(frame);
    };
    const tell = (problem: string | null): void => {
      if (problem === null) this.problems.delete(topic);
      else this.problems.set(topic, problem);
    };
    return new VideoPlayer(show, tell, this.platform);
  }

  /** Nobody looks: what came since the last key frame is kept, its pictures are not. */
  private rest(topic: string, video: Video): void {
    this.problems.delete(topic);
    video.release = null;
    video.player?.close();
    video.player = null;
    video.frame?.close();
    video.frame = null;
  }

  private forget(topic: string): void {
    const video = this.videos.get(topic);
    if (video === undefined) return;
    if (video.release !== null) clearTimeout(video.release);
    this.rest(topic, video);
    video.group = new VideoGroup();
    // Somebody may look at it still, and see it when it comes again.
    if (video.viewers.size > 0) video.player = this.playerOf(topic, video);
    else this.videos.delete(topic);
  }
}

/** The frame in a message; null: it is none. */
function pieceOf({ header: { format, meta }, arrays: { data } }: TopicMessage): VideoPiece | null {
  const { codec, of, key, sequence, width, height } = meta;
  if (format !== "video" || !(data instanceof Uint8Array) || !isText(codec) || !isText(of)) return null;
  if (!isNumber(sequence) || !isNumber(width) || !isNumber(height)) return null;
  return { codec, of, key: key === true, sequence, width, height, data };
}
