/** Where a plan's playback stands: plays to the end once, and from the start again when it is at the end. Times in s. */
export class PlanClock {
  private at = 0;
  private lengthS = 0;
  private lastMs: number | null = null;
  private running = false;

  get time(): number {
    return this.at;
  }

  get isPlaying(): boolean {
    return this.running;
  }

  /** A plan of this length, from its start; played at once or not. */
  begin(lengthS: number, isPlaying: boolean): void {
    this.lengthS = Math.max(0, lengthS);
    this.at = 0;
    this.lastMs = null;
    this.running = isPlaying && this.lengthS > 0;
  }

  toggle(): void {
    if (!this.running && this.at >= this.lengthS) this.at = 0;
    this.running = !this.running && this.lengthS > 0;
    this.lastMs = null;
  }

  /** Goes to a moment and stays there. */
  seek(time: number): void {
    this.at = Math.min(this.lengthS, Math.max(0, time));
    this.running = false;
  }

  /** To be called for each picture; `nowMs` is monotonic. */
  advance(nowMs: number): void {
    const passedMs = this.lastMs === null ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    if (!this.running) return;
    this.at = Math.min(this.lengthS, this.at + passedMs / 1000);
    if (this.at >= this.lengthS) this.running = false;
  }
}
