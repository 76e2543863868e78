import { describe, expect, it } from "vitest";
import { LeaseHolder, leaseTtlMs } from "../../../src/command/lease.ts";
import { GateAtHand } from "./gate-at-hand.ts";

describe("a lease", () => {
  it("belongs to one session and names its holder to the next", () => {
    const holder = new LeaseHolder();
    expect(holder.acquire("s1", "Ann", 0).granted).toBe(true);
    const second = holder.acquire("s2", "Bob", 1);
    expect(second.granted).toBe(false);
    expect(second.lease.holder).toBe("Ann");
  });

  it("has a new epoch with each grant, to the same session too, and the older epoch holds no more", () => {
    const holder = new LeaseHolder();
    const first = holder.acquire("s1", "Ann", 0).lease.epoch;
    const second = holder.acquire("s1", "Ann", 1).lease.epoch;
    expect(second).toBeGreaterThan(first);
    expect(holder.holds("s1", first, 2)).toBe(false);
    expect(holder.renew("s1", first, 2)).toBe(false);
    expect(holder.holds("s1", second, 2)).toBe(true);
  });

  it("ends by itself without renewal, and lives on with it", () => {
    const holder = new LeaseHolder();
    const { epoch } = holder.acquire("s1", "Ann", 0).lease;
    expect(holder.renew("s1", epoch, leaseTtlMs - 1)).toBe(true);
    expect(holder.expire(2 * leaseTtlMs - 2)).toBe(false);
    expect(holder.expire(2 * leaseTtlMs - 1)).toBe(true);
    expect(holder.expire(2 * leaseTtlMs)).toBe(false);
    expect(holder.renew("s1", epoch, 2 * leaseTtlMs)).toBe(false);
    expect(holder.acquire("s2", "Bob", 2 * leaseTtlMs).granted).toBe(true);
  });

  it("is no longer held at the very moment it runs out", () => {
    const holder = new LeaseHolder();
    const { epoch } = holder.acquire("s1", "Ann", 0).lease;
    expect(holder.holds("s1", epoch, leaseTtlMs - 0.1)).toBe(true);
    expect(holder.holds("s1", epoch, leaseTtlMs)).toBe(false);
  });

  it("is revoked for its own session only, or for whoever it is", () => {
    const holder = new LeaseHolder();
    holder.acquire("s1", "Ann", 0);
    expect(holder.revoke("s2")).toBe(false);
    expect(holder.revoke("s1")).toBe(true);
    expect(holder.revoke(null)).toBe(false);
  });

  it("granted late moves nothing: a command under the grant that was lost is refused", () => {
    const at = new GateAtHand();
    at.acquire("s");
    const lost = at.epoch;
    at.now += leaseTtlMs;
    expect(at.acquire("other")).toBe(true);
    const move = { kind: "jointPosition", positions: { a: 1 } } as const;
    expect(at.send("late", move, { epoch: lost })).toEqual(["refused no_lease"]);
    expect(at.send("forged", move, { epoch: at.epoch })).toEqual(["refused no_lease"]);
    expect(at.out.goals).toEqual([]);
  });

  it("that ran out ends its holder's motion before the next holder begins", () => {
    const at = new GateAtHand();
    at.acquire("s");
    at.send("move", { kind: "jointPosition", positions: { a: 1 } });
    at.report(at.out.goals[0]?.id ?? "", "accepted", "ok", "");
    at.now += leaseTtlMs;
    expect(at.acquire("other")).toBe(true);
    expect(at.out.answers("move").at(-1)).toBe("aborted lease_lost");
    expect(at.out.cancels).toEqual([at.out.goals[0]?.id]);
  });
});
