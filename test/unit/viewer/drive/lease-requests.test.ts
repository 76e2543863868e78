import { describe, expect, it, vi } from "vitest";
import { LeaseRequests } from "../../../../src/viewer/drive/lease-requests.ts";
import { connected, granted, type PageLine } from "./page-line.ts";

function requestsOf(page: PageLine) {
  return { ...page, requests: new LeaseRequests(page.driver.link, page.driver) };
}

const bob = { op: "requested", robot: "robot", by: "Bob", session: "client-2" };

describe("asking for the lease", () => {
  const grantOf = (id: string | number) => ({
    op: "lease",
    id,
    robot: "robot",
    epoch: 5,
    ttlMs: 3000,
    serverTime: 10_100,
  });

  it("asks the holder once, in the page's name, and drives when the lease comes under the question", () => {
    const { requests, line, driver } = requestsOf(connected());
    requests.ask("robot");
    expect(line.of("request")).toMatchObject([{ robot: "robot", holder: "Ada" }]);
    expect(requests.asked.get()?.robot).toBe("robot");
    expect(driver.driving.get().phase).toBe("none");
    line.says(grantOf(line.lastId("request")));
    expect(driver.driving.get()).toMatchObject({ phase: "held", lease: { robot: "robot", epoch: 5 } });
    expect(requests.asked.get()).toBeNull();
  });

  it("gives a lease back that comes for a question nobody waits for any more", () => {
    const { requests, line, driver } = requestsOf(connected());
    requests.ask("robot");
    const id = line.lastId("request");
    requests.withdraw();
    line.says(grantOf(id));
    expect(driver.driving.get().phase).toBe("none");
    expect(line.of("release")).toMatchObject([{ robot: "robot", epoch: 5 }]);
  });

  it("is over after a minute without an answer", () => {
    vi.useFakeTimers();
    const { requests, driver } = requestsOf(connected());
    requests.ask("robot");
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(requests.asked.get()).toBeNull();
    expect(driver.notice.get()).toMatch(/Nobody answered/);
  });

  it("is over when nobody drives any more, and says why it was refused", () => {
    const { requests, line, driver } = requestsOf(connected());
    requests.ask("robot");
    requests.judge("robot", "Bob");
    expect(requests.asked.get()).not.toBeNull();
    requests.judge("robot", null);
    expect(requests.asked.get()).toBeNull();
    requests.ask("robot");
    line.says({ op: "error", id: line.lastId("request"), code: "forbidden", message: "role viewer" });
    expect(requests.asked.get()).toBeNull();
    expect(driver.notice.get()).toMatch(/role viewer/);
  });
});

describe("being asked for the lease", () => {
  it("shows each that asks once, and hands over to the one chosen", () => {
    const { requests, line } = requestsOf(granted());
    line.says(bob);
    line.says(bob);
    line.says({ ...bob, by: "Eve", session: "client-3" });
    expect(requests.incoming.get().map(({ by }) => by)).toEqual(["Bob", "Eve"]);
    const [first] = requests.incoming.get();
    if (first !== undefined) requests.handOver(first);
    expect(line.of("handOver")).toMatchObject([{ robot: "robot", session: "client-2" }]);
    expect(requests.incoming.get().map(({ by }) => by)).toEqual(["Eve"]);
    requests.dismiss("client-3");
    expect(requests.incoming.get()).toEqual([]);
  });

  it("does not drive any more once the server has handed over", () => {
    const { requests, line, driver } = requestsOf(granted());
    line.says(bob);
    const [first] = requests.incoming.get();
    if (first !== undefined) requests.handOver(first);
    expect(driver.driving.get().phase).toBe("held");
    line.says({ op: "released", id: line.lastId("handOver"), robot: "robot" });
    expect(driver.driving.get().phase).toBe("none");
    expect(driver.notice.get()).toBe("Bob drives now.");
    expect(line.of("release")).toEqual([]);
  });

  it("ends a jog with its zero before it hands over", () => {
    const { requests, line, driver } = requestsOf(granted());
    line.says(bob);
    driver.jog.hold({ kind: "jointVelocity", velocities: { elbow: 0.2 } });
    const [first] = requests.incoming.get();
    if (first !== undefined) requests.handOver(first);
    const kinds = line.sent.map(({ op, command }) => (op === "command" ? JSON.stringify(command) : op));
    expect(kinds.slice(-2)).toEqual(['{"kind":"jointVelocity","velocities":{"elbow":0}}', "handOver"]);
  });

  it("is of no concern to a page that does not drive, nor after it lost the lease", () => {
    const idle = requestsOf(connected());
    idle.line.says(bob);
    expect(idle.requests.incoming.get()).toEqual([]);
    const driving = requestsOf(granted());
    driving.line.says(bob);
    driving.line.says({ op: "stopped", robot: "*", by: "Eve" });
    expect(driving.requests.incoming.get()).toEqual([]);
  });
});
