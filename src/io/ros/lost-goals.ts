/**
 * Goals of servers that vanished from the ROS graph while they had them, by the server's name. One that was only out of reach
 * goes on, though its client was told that it is gone: once it is there again, they are cancelled.
 */
export class LostGoals {
  private readonly lost = new Map<string, Uint8Array[]>();

  add(server: string, uuids: readonly Uint8Array[]): void {
    if (uuids.length > 0) this.lost.set(server, [...(this.lost.get(server) ?? []), ...uuids]);
  }

  /** Those of a server that is there again; they are forgotten here. */
  take(server: string): readonly Uint8Array[] {
    const uuids = this.lost.get(server) ?? [];
    this.lost.delete(server);
    return uuids;
  }
}
