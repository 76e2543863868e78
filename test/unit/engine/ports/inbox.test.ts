import { describe, expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../../src/engine/ports/inputs.ts";

function drained(inbox: Inbox): { taken: string[]; lost: [string, number][] } {
  const taken: string[] = [];
  const lost: [string, number][] = [];
  inbox.drain(
    ({ source, received }) => taken.push(`${source}${received}`),
    (source, count) => lost.push([source, count]),
  );
  return { taken, lost };
}

const input: Arrival["input"] = { kind: "rejected", reason: "" };

describe("the inbox", () => {
  it("hands out everything in the order of arrival, over all sources", () => {
    const inbox = new Inbox();
    for (const [source, at] of [
      ["a", 1],
      ["b", 2],
      ["a", 3],
      ["c", 4],
    ] as const)
      inbox.push(source, at, input);
    expect(drained(inbox)).toEqual({ taken: ["a1", "b2", "a3", "c4"], lost: [] });
    expect(drained(inbox)).toEqual({ taken: [], lost: [] });
  });

  it("drops the oldest of a source above its bound, counts them, and touches no other source", () => {
    const inbox = new Inbox(3);
    inbox.push("quiet", 0, input);
    for (let i = 1; i <= 10; i++) inbox.push("loud", i, input);
    inbox.push("quiet", 11, input);
    expect(drained(inbox)).toEqual({
      taken: ["quiet0", "loud8", "loud9", "loud10", "quiet11"],
      lost: [["loud", 7]],
    });
  });

  it("starts each source's bound anew after a drain", () => {
    const inbox = new Inbox(2);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 2; i++) inbox.push("a", i, input);
      expect(drained(inbox).lost).toEqual([]);
    }
    for (let i = 0; i < 3; i++) inbox.push("a", i, input);
    expect(drained(inbox).lost).toEqual([["a", 1]]);
  });

  it("keeps what is pushed during a drain for the next one", () => {
    const inbox = new Inbox(2);
    const taken: number[] = [];
    inbox.push("a", 1, input);
    const take = ({ received }: Arrival) => {
      taken.push(received);
      if (received < 10) for (let i = 0; i < 3; i++) inbox.push("a", received + 10 + i, input);
    };
    const lost: number[] = [];
    inbox.drain(take, (_, count) => lost.push(count));
    expect([taken, lost, inbox.size()]).toEqual([[1], [], 3]);
    inbox.drain(take, (_, count) => lost.push(count));
    expect([taken, lost, inbox.size()]).toEqual([[1, 12, 13], [1], 0]);
  });

  it("shows each arrival to a recorder, dropped ones too", () => {
    const seen: number[] = [];
    const inbox = new Inbox(1, ({ received }) => seen.push(received));
    for (let i = 0; i < 3; i++) inbox.push("a", i, input);
    expect(seen).toEqual([0, 1, 2]);
  });

  it("takes the others where taking one fails, and takes none twice", () => {
    const inbox = new Inbox();
    const push = (reason: string) => inbox.push("s", 1, { kind: "rejected", reason });
    const taken: string[] = [];
    const drain = () =>
      inbox.drain(
        ({ input }) => {
          const { reason } = input as { reason: string };
          taken.push(reason);
          if (reason === "bad") throw new Error("it fails");
        },
        () => undefined,
      );
    for (const reason of ["a", "bad", "b"]) push(reason);
    expect(drain).toThrow("it fails");
    push("c");
    drain();
    push("d");
    drain();
    expect(taken).toEqual(["a", "bad", "b", "c", "d"]);
  });
});
