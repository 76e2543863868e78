import { lightNode, type RclNode, type Rclnodejs } from "./rclnodejs-api.ts";

/**
 * A node in its own participant, made when it is first asked for. Fast DDS gives a topic one type within a participant, so
 * whoever publishes one topic in two types needs two.
 */
export class SecondParticipant {
  private context: unknown = null;
  private made: RclNode | null = null;
  private isStopped = false;

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly name: string,
    /** Receives why it could not be made. */
    private readonly failed: (reason: string) => void,
  ) {}

  /** The node; null until it is there. */
  node(): RclNode | null {
    if (this.context === null && !this.isStopped) {
      this.context = new this.rcl.Context();
      this.begin(this.context).catch((error: unknown) => {
        this.failed(error instanceof Error ? error.message : String(error));
      });
    }
    return this.made;
  }

  /** Ends it, or, where it is being made, has it end as soon as it is. */
  stop(): void {
    this.isStopped = true;
    if (this.made === null) return;
    this.made.destroy();
    this.made = null;
    this.rcl.shutdown(this.context);
  }

  private async begin(context: unknown): Promise<void> {
    await this.rcl.init(context);
    if (this.isStopped) {
      this.rcl.shutdown(context);
      return;
    }
    this.made = lightNode(this.rcl, this.name, context);
  }
}
