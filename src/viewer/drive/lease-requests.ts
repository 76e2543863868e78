import type { CommandLink, LeaseRequest } from "../../client/command-link.ts";
import { Signal } from "../../client/signal.ts";
import type { Driver } from "./driver.ts";

/** How the question of this page to the holder of a lease stands. */
export type AskedLease = { robot: string; message: string };

/** Taking over without a quarrel: who asks this page for the lease, and what became of its own question. */
export class LeaseRequests {
  /** Oldest first; each session once. Empty while this page does not drive. */
  readonly incoming = new Signal<readonly LeaseRequest[]>([]);
  readonly asked = new Signal<AskedLease | null>(null);

  constructor(
    private readonly link: CommandLink,
    private readonly driver: Driver,
    private readonly holderName: () => string,
  ) {
    link.requested.add((request) => this.take(request));
    driver.driving.subscribe(() => this.follow());
    link.lost.add(() => this.asked.set(null));
  }

  /** Asks the holder of `robot` for the lease. */
  ask(robot: string): void {
    const message = { op: "request", robot, holder: this.holderName() };
    const sent = this.link.request(message, (answer) => {
      if (answer.op !== "error") return;
      this.asked.set(null);
      this.driver.notice.set(
        answer.code === "unsupported"
          ? "This server passes no requests on: ask the holder to stop driving."
          : `The request was refused: ${answer.message}`,
      );
    });
    if (sent === null) this.driver.notice.set("Not connected: the request was not sent.");
    else this.asked.set({ robot, message: "Asked for control. The holder sees your request." });
  }

  /** Gives the lease to whoever asked. */
  handOver({ robot, session, by }: LeaseRequest): void {
    const grant = this.driver.leaseOf(robot);
    if (grant === null) return;
    this.driver.jog.release();
    const sent = this.link.request({ op: "handOver", robot, session }, (answer) => {
      if (answer.op === "error") this.driver.notice.set(`Not handed over to ${by}: ${answer.message}`);
    });
    if (sent === null) this.driver.notice.set("Not connected: nothing was handed over.");
    this.dismiss(session);
  }

  /** Not now: the banner goes; the other may ask again. */
  dismiss(session: string): void {
    this.incoming.update((all) => all.filter((one) => one.session !== session));
  }

  /** `holder`: who drives `robot` now by the server's status; null: nobody. A question whose robot is free is over. */
  judge(robot: string, holder: string | null): void {
    if (this.asked.get()?.robot === robot && holder === null) this.asked.set(null);
  }

  private take(request: LeaseRequest): void {
    if (this.driver.leaseOf(request.robot) === null) return;
    this.incoming.update((all) => [...all.filter(({ session }) => session !== request.session), request]);
  }

  private follow(): void {
    const driving = this.driver.driving.get();
    if (driving.phase !== "held") {
      this.incoming.set([]);
      return;
    }
    if (this.asked.get()?.robot === driving.lease.robot) this.asked.set(null);
  }
}
