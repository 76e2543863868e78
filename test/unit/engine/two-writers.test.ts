import { describe, expect, it } from "vitest";
import { Chance } from "../../../src/core/chance.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

/** TWO_WRITERS_RUNS=1000 for the whole proof. */
const runs = Number(process.env.TWO_WRITERS_RUNS ?? 60);
const steps = 80;
const leaseMs = 3000;
const sessions = ["a", "b"] as const;

type Command = Extract<ClientCommandMessage, { op: "command" }>;

/** What the rules say, kept apart from the gate: one lease, its epoch, its sequence, its time, the stop. */
class Rules {
  holder: string | null = null;
  epoch = -1;
  expires = 0;
  stopped = false;
  seqEpoch = -1;
  seq = -1;

  verdict(session: string, { epoch, seq, issued, ttlMs }: Command, now: number): string {
    if (this.stopped) return "refused stopped";
    if (this.holder !== session || this.epoch !== epoch || this.expires <= now) return "refused no_lease";
    if (this.seqEpoch === epoch && seq <= this.seq) return "refused stale_sequence";
    this.seqEpoch = epoch;
    this.seq = seq;
    if (now - issued > ttlMs) return "refused expired";
    if (issued - now > 1000) return "refused from_the_future";
    return "accepted ok";
  }
}

/** One interleaving of two writers whose messages are late, doubled and out of order. */
function interleave(seed: number): { accepted: number; refused: number; wrong: string[] } {
  const chance = new Chance(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance.next() * of.length)] as T;
  const at = new EngineAtHand();
  at.describe();
  const rules = new Rules();
  const known: Record<string, number[]> = { a: [0], b: [0] };
  const seqs: Record<string, number> = { a: 0, b: 0 };
  const late: { session: string; message: Command }[] = [];
  const found = { accepted: 0, refused: 0, wrong: [] as string[] };
  let count = 0;
  let motions = 0;

  const outgoing = () =>
    at.leaving.goals().length +
    at.leaving.of("twist").filter((entry) => Object.values(entry[1] as object).some((v) => v !== 0)).length;

  const deliver = (session: string, message: Command): void => {
    const before = at.leaving.log.length;
    at.joints([0, 0]);
    at.engine.cycle(at.now);
    at.client(session, message);
    at.now += 5;
    const expected = rules.verdict(session, message, at.now);
    at.engine.cycle(at.now);
    const answer = at.leaving.log
      .slice(before)
      .flatMap((entry) =>
        Array.isArray(entry) && entry[0] === "reply" && entry[1] === session ? [entry[2]] : [],
      )
      .map((reply) => reply as ServerCommandMessage)
      .find(
        (reply) => reply.op === "result" && reply.id === message.id && /accepted|refused/.test(reply.stage),
      );
    const got = answer?.op === "result" ? `${answer.stage} ${answer.code}` : "nothing";
    // A jog of a base that was not measured for a while needs a fresh press besides.
    const needsPress = got === "refused stale_state" && message.command.kind === "twist";
    if (got !== expected && !needsPress) found.wrong.push(`seed ${seed}: ${expected} was answered ${got}`);
    if (got.startsWith("accepted")) found.accepted++;
    else found.refused++;
    if (rules.stopped && outgoing() > motions) found.wrong.push(`seed ${seed}: moved while it was stopped`);
    motions = outgoing();
  };

  const say = (session: string, message: ClientCommandMessage): void => {
    at.joints([0, 0]);
    at.client(session, message);
    at.now += 5;
    if (rules.holder !== null && rules.expires <= at.now) rules.holder = null;
    if (message.op === "acquire" && (rules.holder === null || rules.holder === session)) {
      rules.holder = session;
      rules.epoch = -2;
      rules.expires = at.now + leaseMs;
    }
    if (message.op === "renew" && rules.holder === session && message.epoch === rules.epoch) {
      rules.expires = at.now + leaseMs;
    }
    if (message.op === "release" && rules.holder === session && message.epoch === rules.epoch)
      rules.holder = null;
    if (message.op === "stop") {
      rules.stopped = true;
      rules.holder = null;
    }
    if (message.op === "reset") rules.stopped = false;
    at.engine.cycle(at.now);
    if (rules.epoch === -2) {
      const grant = at.leaving
        .of("reply")
        .map((entry) => entry[2] as ServerCommandMessage)
        .findLast((reply) => reply.op === "lease");
      rules.epoch = grant?.op === "lease" ? grant.epoch : -1;
      known[session]?.push(rules.epoch);
    }
    motions = outgoing();
  };

  for (let step = 0; step < steps; step++) {
    const session = pick(sessions);
    const kind = chance.next();
    if (kind < 0.15) say(session, { op: "acquire", id: `l${step}`, robot: "robot" });
    else if (kind < 0.2)
      say(session, { op: "renew", id: "r", robot: "robot", epoch: pick(known[session] ?? [0]) });
    else if (kind < 0.24)
      say(session, { op: "release", id: "r", robot: "robot", epoch: pick(known[session] ?? [0]) });
    else if (kind < 0.27) say("c", { op: "stop", robot: "robot" });
    else if (kind < 0.33) say(session, { op: "reset", robot: "robot" });
    else if (kind < 0.36) at.cycle(chance.next() < 0.2 ? leaseMs + 10 : 200);
    else if (kind < 0.55 && late.length > 0) {
      // Late, again, or in another order than they were sent.
      const { session: of, message } = pick(late);
      deliver(of, { ...message, id: `again${++count}` });
    } else {
      const newest = known[session]?.at(-1) ?? 0;
      seqs[session] = (seqs[session] ?? 0) + 1;
      const message: Command = {
        op: "command",
        id: `c${++count}`,
        robot: "robot",
        // Some go by a grant of the past.
        epoch: chance.next() < 0.8 ? newest : pick(known[session] ?? [0]),
        seq: seqs[session] ?? 0,
        issued: at.now + (chance.next() < 0.9 ? 0 : pick([-10_000, 10_000])),
        ttlMs: 500,
        command:
          chance.next() < 0.5
            ? { kind: "jointPosition", positions: { a: chance.next() - 0.5 } }
            : { kind: "twist", linear: { x: 0.3, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } },
      };
      late.push({ session, message });
      if (chance.next() < 0.7) deliver(session, message);
    }
  }
  return found;
}

describe("two writers of one robot", () => {
  it(`in ${runs} seeded interleavings with late, doubled and reordered messages: only the holder's fresh commands move it`, () => {
    const all = { accepted: 0, refused: 0, wrong: [] as string[] };
    for (let seed = 1; seed <= runs; seed++) {
      const { accepted, refused, wrong } = interleave(seed * 7919);
      all.accepted += accepted;
      all.refused += refused;
      all.wrong.push(...wrong);
    }
    expect(all.wrong).toEqual([]);
    expect(all.accepted).toBeGreaterThan(runs);
    expect(all.refused).toBeGreaterThan(runs * 5);
  }, 300_000);
});
