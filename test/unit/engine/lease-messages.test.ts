import { describe, expect, it } from "vitest";
import type { ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

/** `s` holds the lease and moves. */
function driven(): { at: EngineAtHand; epoch: number } {
  const at = new EngineAtHand();
  at.describe();
  at.joints([0, 0]);
  at.cycle();
  return { at, epoch: at.acquire() };
}

function replies(at: EngineAtHand, session: string): ServerCommandMessage[] {
  return at.leaving
    .of("reply")
    .filter((entry) => entry[1] === session)
    .map((entry) => entry[2] as ServerCommandMessage);
}

const holder = (at: EngineAtHand) => at.engine.control.get("robot")?.gate.lease.current()?.session ?? null;

describe("a request for the lease", () => {
  it("is told to the holder, who hands it over: the motion brakes, both are told, all read it", () => {
    const { at, epoch } = driven();
    at.command(epoch, "m", { kind: "jointPosition", positions: { a: 1 } });
    at.cycle();
    at.client("t", { op: "request", id: 9, robot: "robot", holder: "Tom" });
    at.cycle();
    expect(replies(at, "s").at(-1)).toEqual({ op: "requested", robot: "robot", by: "Tom", session: "t" });
    expect(holder(at)).toBe("s");
    at.client("s", { op: "handOver", id: 4, robot: "robot", session: "t" });
    at.cycle();
    expect(holder(at)).toBe("t");
    const lease = replies(at, "t").at(-1);
    expect(lease).toMatchObject({ op: "lease", id: 9, robot: "robot", epoch: epoch + 1 });
    expect(replies(at, "s")).toContainEqual({ op: "released", id: 4, robot: "robot" });
    expect(at.events("lease.requested")).toEqual(["Tom asks s for the lease of robot"]);
    expect(at.events("lease.handedOver")).toEqual(["s handed robot over to Tom"]);
    for (let i = 0; i < 200; i++) {
      at.joints([0.01, 0]);
      at.cycle();
    }
    expect(at.leaving.answers("s", "m").at(-1)).toBe("aborted lease_lost");
    // The old grant moves nothing any more.
    at.command(epoch, "late", { kind: "jointPosition", positions: { a: 0.5 } });
    at.cycle();
    expect(at.leaving.answers("s", "late")).toEqual(["refused no_lease"]);
  });

  it("is granted at once where nobody holds the lease, and where it yields", () => {
    const at = new EngineAtHand();
    at.describe();
    at.client("t", { op: "request", id: 1, robot: "robot" });
    at.cycle();
    expect(replies(at, "t").at(-1)).toMatchObject({ op: "lease", id: 1 });
    const epoch = at.engine.control.get("robot")?.gate.lease.current()?.epoch ?? 0;
    at.client("t", { op: "release", id: 2, robot: "robot", epoch });
    at.client("routine", { op: "acquire", id: 3, robot: "robot", yields: true });
    at.client("t", { op: "request", id: 4, robot: "robot" });
    at.cycle();
    expect(replies(at, "t").at(-1)).toMatchObject({ op: "lease", id: 4 });
  });

  it("hands nothing to a session that did not ask, is gone, asked long ago, or from one that does not hold it", () => {
    const { at, epoch } = driven();
    const refused = (session: string, code: string) => {
      at.client(session, { op: "handOver", id: "h", robot: "robot", session: "t" });
      at.client("s", { op: "renew", id: "r", robot: "robot", epoch });
      at.cycle();
      expect(replies(at, session).find((m) => m.op === "error" && m.id === "h")).toMatchObject({ code });
      expect(holder(at)).toBe("s");
      at.leaving.log.length = 0;
    };
    refused("s", "no_request");
    at.client("t", { op: "request", id: 1, robot: "robot" });
    refused("u", "no_lease");
    at.push("client:t", { kind: "clientGone", session: "t" });
    refused("s", "no_request");
    at.client("t", { op: "request", id: 2, robot: "robot" });
    for (let i = 0; i < 31; i++) {
      at.cycle(2000);
      at.client("s", { op: "renew", id: "r", robot: "robot", epoch });
      at.cycle();
    }
    at.leaving.log.length = 0;
    refused("s", "no_request");
  });
});

describe("an admin", () => {
  it("takes the lease from its holder, whose motion brakes; the event names both", () => {
    const { at, epoch } = driven();
    at.command(epoch, "m", { kind: "jointPosition", positions: { a: 1 } });
    at.cycle();
    at.client("boss", { op: "acquire", id: 1, robot: "robot", holder: "Ann", force: true });
    at.cycle();
    expect(holder(at)).toBe("boss");
    expect(replies(at, "boss").at(-1)).toMatchObject({ op: "lease", id: 1, epoch: epoch + 1 });
    expect(replies(at, "s")).toContainEqual({
      op: "error",
      code: "lease_lost",
      message: "Ann took over the lease of robot",
      holder: "Ann",
      robot: "robot",
    });
    expect(at.events("lease.taken")).toEqual(["Ann took the lease of robot from s"]);
    for (let i = 0; i < 200; i++) {
      at.joints([0.01, 0]);
      at.cycle();
    }
    expect(at.leaving.answers("s", "m").at(-1)).toBe("aborted lease_lost");
  });

  it("releases no stop by it", () => {
    const { at } = driven();
    at.client("x", { op: "stop", robot: "*" });
    at.client("boss", { op: "acquire", id: 1, robot: "robot", force: true });
    at.cycle();
    expect(replies(at, "boss").at(-1)).toMatchObject({ op: "lease", stopped: { by: "x" } });
  });
});
