import { describe, expect, it } from "vitest";
import { BehindMeter } from "../../../../src/viewer/store/behind-meter.ts";
import { freshnessOf } from "../../../../src/viewer/store/freshness.ts";
import { type HealthFacts, healthOf, inWords } from "../../../../src/viewer/store/health.ts";

const robot = { name: "arm", problem: null, isUnmeasured: false, stale: [] };
const fine: HealthFacts = {
  access: null,
  link: "open",
  shownAge: "20 ms",
  behindMs: 20,
  isDesign: false,
  sources: [{ name: "ros", state: "ok", detail: "kilted, domain 0" }],
  robot,
};
const words = (facts: Partial<HealthFacts>): string[] =>
  healthOf({ ...fine, ...facts }).map(({ tone, word }) => `${tone} ${word}`);

describe("the health of what is shown", () => {
  it("is good only when nothing is wrong", () => {
    expect(words({})).toEqual(["good OK"]);
  });

  it("is put into whole sentences, with the remedy of the source", () => {
    const reason = "connect ECONNREFUSED 127.0.0.1:1883";
    const remedy = "nothing listens there: start the broker, or correct mqtt.url";
    const sources = [{ name: "broker", state: "connecting", detail: "", reason, remedy } as const];
    expect(inWords(healthOf({ ...fine, robot: null, sources })[0])).toBe(
      "Broker: connect ECONNREFUSED 127.0.0.1:1883. Nothing listens there: start the broker, or correct mqtt.url.",
    );
  });

  it("is not good while a robot description is awaited, although the source is connected", () => {
    expect(words({ robot: null })).toEqual(["doubt no robot"]);
    expect(healthOf({ ...fine, robot: null })[0]).toMatchObject({
      sentence: "Waiting for a robot description. No source has sent one yet.",
      remedy: expect.stringContaining("twin doctor"),
    });
  });

  it("repeats the reason and the remedy that a source brings, whatever the source's state is called", () => {
    const sources = [
      {
        name: "ros",
        state: "ok" as const,
        detail: "kilted, domain 0",
        reason: "there is /r2/robot_description on ros",
        remedy: "use --namespace r2",
      },
    ];
    expect(healthOf({ ...fine, robot: null, sources })).toEqual([
      {
        tone: "doubt",
        word: "waiting",
        sentence: "There is /r2/robot_description on ros",
        remedy: "Use --namespace r2",
      },
    ]);
  });

  it("names the worst first and keeps the rest", () => {
    const sources = [
      { name: "broker", state: "lost" as const, detail: "mqtt://10.0.0.5: closed" },
      { name: "ros", state: "error" as const, detail: "no rclnodejs" },
    ];
    const facts = { sources, robot: { ...robot, stale: ["no /joint_states for 1.2 s"] } };
    expect(words(facts)).toEqual(["bad ros fault", "doubt broker lost", "doubt stale"]);
  });

  it("says nothing else while the server is not there", () => {
    expect(words({ link: "closed", robot: null })).toEqual(["bad no server"]);
    expect(words({ link: "silent", isDesign: true })).toEqual(["bad silent"]);
    expect(words({ access: "This server asks for a token.", link: "closed" })).toEqual(["bad no access"]);
  });

  it("says once that this computer is slow", () => {
    expect(words({ behindMs: 900 })).toEqual(["doubt slow"]);
    expect(healthOf({ ...fine, behindMs: 900 })[0].sentence).toContain("0.9 s behind");
  });

  it("leaves sources that are off out", () => {
    expect(
      words({ sources: [{ name: "broker", state: "off", detail: "the demo's ended with it" }] }),
    ).toEqual(["good OK"]);
  });
});

describe("freshness", () => {
  it("does not call a value late because the way to this page is slow", () => {
    expect(freshnessOf(900, 30, 0, 20, true)).toBe("fresh");
    expect(freshnessOf(900, 400, 0, 20, true)).toBe("late");
    expect(freshnessOf(2000, 30, 0, 20, true)).toBe("late");
    expect(freshnessOf(900, 400, 0, 200, true)).toBe("fresh");
  });

  it("goes by age alone once the server is not heard", () => {
    expect(freshnessOf(900, 30, 0, 20, false)).toBe("late");
    expect(freshnessOf(1100, 30, 0, 20, false)).toBe("stale");
  });

  it("leaves what is stale to the server while it is heard", () => {
    expect(freshnessOf(30, 30, 1, 20, true)).toBe("stale");
    expect(freshnessOf(-1, -1, 0, 20, true)).toBe("unknown");
  });
});

describe("how far the picture is behind", () => {
  it("is the least of the last two seconds, once there is a second of readings", () => {
    const meter = new BehindMeter();
    expect(meter.leastMs()).toBeNull();
    for (let atMs = 0; atMs <= 900; atMs += 100) meter.add(atMs, 800);
    expect(meter.leastMs()).toBeNull();
    for (let atMs = 1000; atMs <= 3000; atMs += 100) meter.add(atMs, 900);
    expect(meter.leastMs()).toBe(900);
    meter.add(3100, 40);
    expect(meter.leastMs()).toBe(40);
    for (let atMs = 3200; atMs <= 5200; atMs += 100) meter.add(atMs, 950);
    expect(meter.leastMs()).toBe(950);
  });
});
