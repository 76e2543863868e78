import type { CommandLink, LeaseRequest } from "../../client/command-link.ts";
import { Signal } from "../../client/signal.ts";
import type { Driver } from "./driver.ts";

/** A question that was not answered is over: nobody is surprised by a lease that comes later. The server's own limit, ms. */
const openForMs = 60_000;

/** How the question of this page to the holder of a lease stands. */
export type AskedLease = { robot: string; message: string };

/** Taking over without a quarrel: who asks this page for the lease, and what became of its own question. */
export class LeaseRequests {
  /** Oldest first; each session once. Empty while this page does not drive. */
  readonly incoming = new Signal<readonly LeaseRequest[]>([]);
  readonly asked = new Signal<AskedLease | null>(null);
  private withdrawal: (() => void) | null = null;
  private expiry: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly link: CommandLink,
    private readonly driver: Driver,
  ) {
    link.requested.add((request) => this.take(request));
    driver.driving.subscribe(() => this.follow());
  }

  /** Asks the holder of `robot` for the lease. */
  ask(robot: string): void {
    this.withdraw();
    const withdraw = this.driver.request(robot, ({ code, message }) => {
      this.over();
      if (code !== "released") this.driver.notice.set(refusalOf(code, message));
    });
    if (withdraw === null) this.driver.notice.set("Not connected: the request was not sent.");
    else {
      this.withdrawal = withdraw;
      this.expiry = setTimeout(() => {
        this.withdraw();
        this.driver.notice.set("Nobody answered your request for control within a minute.");
      }, openForMs);
      this.asked.set({ robot, message: "Asked for control. The holder sees your request." });
    }
  }

  /** A lease that comes for a question nobody waits for any more is given back at once. */
  withdraw(): void {
    if (this.expiry !== null) clearTimeout(this.expiry);
    this.withdrawal?.();
    this.withdrawal = null;
    if (this.asked.get() !== null) this.asked.set(null);
  }

  /** Gives the lease to whoever asked. */
  handOver({ robot, session, by }: LeaseRequest): void {
    if (this.driver.leaseOf(robot) === null) return;
    this.driver.jog.release();
    const sent = this.link.request({ op: "handOver", robot, session }, (answer) => {
      if (answer.op === "released") this.driver.handedOver(by);
      else if (answer.op === "error") this.driver.notice.set(`Not handed over to ${by}: ${answer.message}`);
    });
    if (sent === null) this.driver.notice.set("Not connected: nothing was handed over.");
    this.dismiss(session);
  }

  private over(): void {
    if (this.expiry !== null) clearTimeout(this.expiry);
    this.asked.set(null);
  }

  /** Not now: the banner goes; the other may ask again. */
  dismiss(session: string): void {
    this.incoming.update((all) => all.filter((one) => one.session !== session));
  }

  /** `holder`: who drives `robot` now by the server's status; null: nobody. A question whose robot is free is over. */
  judge(robot: string, holder: string | null): void {
    if (this.asked.get()?.robot === robot && holder === null) this.withdraw();
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
    if (this.asked.get()?.robot === driving.lease.robot) this.over();
  }
}

function refusalOf(code: string, message: string): string {
  if (code === "unsupported") return "This server passes no requests on: ask the holder to stop driving.";
  return `You did not get control: ${message}`;
}
