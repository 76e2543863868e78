import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";

/** Has the browser decode the pictures of one topic; while one is decoded only the newest of the next waits. */
export class PictureDecoder {
  private waiting: TopicMessage | null = null;
  private isBusy = false;

  /** `show` gets each picture, and closes it. */
  constructor(private readonly show: (bitmap: ImageBitmap) => void) {}

  take(message: TopicMessage): void {
    this.waiting = message;
    if (!this.isBusy) void this.decode();
  }

  private async decode(): Promise<void> {
    this.isBusy = true;
    while (this.waiting !== null) {
      const { header, arrays }: TopicMessage = this.waiting;
      this.waiting = null;
      const { mime } = header.meta;
      const { data } = arrays;
      if (typeof mime !== "string" || !(data instanceof Uint8Array)) continue;
      try {
        this.show(await createImageBitmap(new Blob([data as BlobPart], { type: mime })));
      } catch {
        // A picture that the browser cannot read: the one before it stays.
      }
    }
    this.isBusy = false;
  }
}
