/** A frame as it is told to those who need not look into it. */
export type GroupFrame = { key: boolean; sequence: number };

const mostBytes = 4 * 1024 * 1024;
const mostFrames = 300;

/**
 * The frames of a video since its last key frame: with them somebody who comes later can begin at once. A group that becomes larger
 * than 4 MiB or 300 frames is given up, and so is one with a gap: then the next key frame begins another.
 */
export class VideoGroup<Frame extends { bytes: Uint8Array }> {
  private kept: Frame[] = [];
  private size = 0;
  private last: number | null = null;

  /** The key frame first; empty: none is known whole. */
  get frames(): readonly Frame[] {
    return this.kept;
  }

  take(frame: Frame, { key, sequence }: GroupFrame): void {
    if (key) this.clear();
    else if (this.last === null || sequence !== this.last + 1) {
      this.clear();
      return;
    }
    this.last = sequence;
    this.kept.push(frame);
    this.size += frame.bytes.byteLength;
    if (this.size > mostBytes || this.kept.length > mostFrames) this.clear();
  }

  private clear(): void {
    this.kept = [];
    this.size = 0;
    this.last = null;
  }
}
