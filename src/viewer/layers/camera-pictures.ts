import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";

/** The namespace in which image_transport has a picture and its camera_info beside one another. */
export function cameraOf(topic: string): string {
  const parts = topic.split("/");
  // As /camera/image_raw/compressed.
  const isTransport = /^(compressed|compressedDepth|theora|ffmpeg|zstd)$/.test(parts.at(-1) ?? "");
  return parts.slice(0, isTransport ? -2 : -1).join("/");
}

/** Decodes the newest picture of each topic; while one is decoded only the newest of the next waits. */
export class CameraPictures {
  private readonly waiting = new Map<string, TopicMessage>();
  private readonly busy = new Set<string>();

  constructor(private readonly show: (topic: string, bitmap: ImageBitmap) => void) {}

  take(topic: string, message: TopicMessage): void {
    this.waiting.set(topic, message);
    if (!this.busy.has(topic)) void this.decode(topic);
  }

  private async decode(topic: string): Promise<void> {
    this.busy.add(topic);
    for (;;) {
      const message = this.waiting.get(topic);
      this.waiting.delete(topic);
      if (message === undefined) break;
      const { mime } = message.header.meta;
      const { data } = message.arrays;
      if (typeof mime !== "string" || !(data instanceof Uint8Array)) continue;
      try {
        this.show(topic, await createImageBitmap(new Blob([data as BlobPart], { type: mime })));
      } catch {
        // A picture that the browser cannot read: the one before it stays.
      }
    }
    this.busy.delete(topic);
  }
}
