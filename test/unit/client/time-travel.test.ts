import { describe, expect, it } from "vitest";
import type { TwinError } from "../../../src/client/twin-error.ts";
import {
  type Connected,
  connected,
  frameBytes,
  leased,
  offsetMs,
  outcome,
  things,
  welcome,
} from "./connected.ts";

const thenMs = 1_699_999_000_000;

/** What the server answers to a seek, a play or a pause: the state, and where the session stands. */
function shows(
  { state }: Connected,
  time: number,
  elbow: number,
  more: { playing?: boolean; ageMs?: number; snapshot?: object } = {},
): void {
  const { playing = false, ageMs = 7, snapshot } = more;
  if (snapshot !== undefined) {
    state.says({ op: "snapshot", past: true, revision: 1, twin: { revision: 1, time, things: snapshot } });
  }
  const joint = { elbow: { position: elbow, ageMs, quality: "good" } };
  state.says({ op: "state", past: true, revision: 1, time, robots: { arm: { reported: { joint } } } });
  state.says({ op: "past", time, playing, speed: 1, from: thenMs - 1e6, to: thenMs + 1e6 });
}

async function inPast(): Promise<Connected> {
  const all = await connected();
  const going = all.twin.seek(thenMs);
  shows(all, thenMs, 0.25);
  expect(await outcome(going)).toBeUndefined();
  return all;
}

const live = (time: number) => ({ op: "snapshot", revision: 1, twin: { revision: 1, time, things } });

describe("a twin that is looked at in the past", () => {
  it("has the values of that moment, as old as they were then, however long it is looked at", async () => {
    const all = await inPast();
    all.platform.advance(900);
    expect(all.state.of("seek")).toEqual([{ op: "seek", time: thenMs }]);
    expect(all.robot.joint("elbow").position).toEqual({
      value: 0.25,
      ageMs: 7,
      quality: "good",
      reason: null,
    });
    expect(all.twin.past).toMatchObject({ time: thenMs, playing: false });
  });

  it("takes a time as ms, as text and as a Date, and rejects what is none", async () => {
    const all = await connected();
    void all.twin.seek(new Date(thenMs));
    shows(all, thenMs, 1);
    void all.twin.seek("2023-11-14T21:56:41Z");
    expect(all.state.of("seek").map(({ time }) => time)).toEqual([thenMs, 1_699_999_001_000]);
    expect(await outcome(all.twin.seek("yesterday"))).toBe("bad_request");
  });

  it("takes nothing of the present meanwhile, and goes back in time as well as forth", async () => {
    const all = await inPast();
    const now = all.platform.nowMs + offsetMs;
    all.state.says(frameBytes(now, { values: [9, 9, 0, 0, 0, 0, 0, 0, 1] }));
    const properties = {
      arm: { "battery/percentage": { unit: "", reported: { ...things.arm, value: 0.1 } } },
    };
    all.state.says({ op: "properties", revision: 2, time: now, things: properties });
    expect(all.robot.joint("elbow").position?.value).toBe(0.25);
    shows(all, thenMs - 5000, 0.125);
    expect(all.robot.joint("elbow").position?.value).toBe(0.125);
    shows(all, thenMs + 5000, 0.5);
    expect(all.robot.joint("elbow").position?.value).toBe(0.5);
  });

  it("has the things of that moment", async () => {
    const all = await connected();
    void all.twin.seek(thenMs);
    const { arm } = things;
    const battery = {
      unit: "",
      reported: { value: 0.4, received: thenMs - 50, quality: "good", source: "sim" },
    };
    shows(all, thenMs, 1, { snapshot: { arm: { ...arm, properties: { "battery/percentage": battery } } } });
    expect(all.twin.devices()).toEqual([]);
    expect(all.robot.property("battery/percentage")).toMatchObject({
      value: 0.4,
      ageMs: 50,
      quality: "good",
    });
  });

  it("asks for the newest moment alone while one is under way", async () => {
    const all = await connected();
    const going = Array.from({ length: 50 }, (_, i) => all.twin.seek(thenMs + i));
    expect(all.state.of("seek")).toHaveLength(1);
    shows(all, thenMs, 1);
    expect(all.state.of("seek").map(({ time }) => time)).toEqual([thenMs, thenMs + 49]);
    expect(await outcome(Promise.all(going))).toBe("open");
    shows(all, thenMs + 49, 2);
    expect(await outcome(Promise.all(going))).toHaveLength(50);
  });

  it("asks again when an answer never comes", async () => {
    const all = await connected();
    const going = all.twin.seek(thenMs);
    all.platform.advance(2100);
    const again = all.twin.seek(thenMs + 1);
    expect(all.state.of("seek")).toHaveLength(2);
    all.platform.advance(12_100);
    expect(await outcome(going)).toBe("no_response");
    expect(await outcome(again)).toBe("no_response");
  });

  it("plays and pauses, and follows the moments that come", async () => {
    const all = await inPast();
    const seen: (number | null)[] = [];
    all.twin.on("past", (past) => seen.push(past?.time ?? null));
    all.twin.play(10);
    expect(all.state.of("play")).toEqual([{ op: "play", speed: 10 }]);
    shows(all, thenMs + 160, 0.3, { playing: true });
    expect(all.twin.past).toMatchObject({ time: thenMs + 160, playing: true });
    all.twin.pause();
    expect(all.state.of("pause")).toHaveLength(1);
    expect(seen).toContain(thenMs + 160);
  });

  it("still reports events and stops of the present", async () => {
    const all = await inPast();
    const heard: string[] = [];
    all.twin.on("stopped", ({ by }) => heard.push(by));
    all.twin.on("event", ({ message }) => heard.push(message));
    all.state.says({ op: "stopped", robot: "*", by: "Bob" });
    all.state.says({ op: "event", event: { id: 1, time: 1, severity: "info", kind: "x.y", message: "now" } });
    expect(heard).toEqual(["Bob", "now"]);
  });

  it("reports a state that makes no sense, and keeps the last one", async () => {
    const all = await inPast();
    const faults: string[] = [];
    all.twin.on("error", ({ code }) => faults.push(code));
    const robots = { arm: { reported: { joint: { elbow: { position: "1", ageMs: 1, quality: "good" } } } } };
    all.state.says({ op: "state", past: true, revision: 1, time: thenMs + 1, robots });
    all.state.says({ op: "past", time: thenMs });
    expect(faults).toEqual(["bad_message", "bad_message"]);
    expect(all.robot.joint("elbow").position?.value).toBe(0.25);
  });
});

describe("the way back to the present", () => {
  it("is over with the live snapshot: what the past still brings is not taken", async () => {
    const all = await inPast();
    const going = all.twin.live();
    expect(all.state.of("seek").at(-1)).toEqual({ op: "seek", time: "live" });
    shows(all, thenMs + 20, 0.75);
    expect(await outcome(going)).toBe("open");
    const now = all.platform.nowMs + offsetMs;
    all.state.says(live(now));
    all.state.says(frameBytes(now, { values: [1.5, 0, 0, 0, 0, 0, 0, 0, 1], ages: [3] }));
    expect(await outcome(going)).toBeUndefined();
    expect(all.twin.past).toBeNull();
    expect(all.robot.joint("elbow").position).toMatchObject({ value: 1.5, ageMs: 3 });
    shows(all, thenMs + 40, 0.8);
    expect(all.robot.joint("elbow").position?.value).toBe(1.5);
    expect(await outcome(all.twin.live())).toBeUndefined();
  });

  it("is not needed where the server shows no past: the present went on all the time", async () => {
    const all = await connected();
    const faults: string[] = [];
    all.twin.on("error", ({ code }) => faults.push(code));
    const going = all.twin.seek(thenMs);
    all.state.says({ op: "error", code: "no_history", message: "Nothing is stored yet." });
    expect(await outcome(going)).toBe("no_history");
    expect(faults).toEqual(["no_history"]);
    expect(all.twin.past).toBeNull();
    const now = all.platform.nowMs + offsetMs;
    all.state.says(frameBytes(now, { values: [1.5, 0, 0, 0, 0, 0, 0, 0, 1] }));
    expect(all.robot.joint("elbow").position?.value).toBe(1.5);
  });
});

describe("a connection that is lost in the past", () => {
  it("goes back to that moment and plays on", async () => {
    const all = await inPast();
    all.twin.play(2);
    shows(all, thenMs + 500, 0.4, { playing: true });
    all.state.drop();
    all.platform.advance(1000);
    expect(all.robot.joint("elbow").position).toMatchObject({ value: 0.4, quality: "bad" });
    welcome(all.platform);
    const state = all.platform.socket("ws/state");
    expect(state).not.toBe(all.state);
    expect(state.of("seek")).toEqual([{ op: "seek", time: thenMs + 500 }]);
    expect(state.of("play")).toHaveLength(1);
    // The connection began in the present, which is not what is looked at.
    expect(all.robot.joint("elbow").position?.value).toBe(0.4);
    shows({ ...all, state }, thenMs + 500, 0.4, { playing: true });
    expect(all.twin.past).toMatchObject({ time: thenMs + 500, playing: true });
    expect(all.robot.joint("elbow").position).toMatchObject({ value: 0.4, quality: "good" });
  });

  it("ends the wait of who waits when it is closed", async () => {
    const all = await connected();
    const going = all.twin.seek(thenMs);
    all.twin.close();
    expect(await outcome(going)).toBe("closed");
  });
});

describe("commanding", () => {
  it("ends on the way into the past, and the server is told", async () => {
    const all = await leased();
    const jog = all.lease.jog({ elbow: 0.1 });
    const lost: string[] = [];
    all.lease.on("lost", ({ code }) => lost.push(code));
    void all.twin.seek(thenMs);
    expect(lost).toEqual(["in_the_past"]);
    expect(all.lease.held).toBe(false);
    expect(all.command.of("release")).toMatchObject([{ robot: "arm", epoch: 3 }]);
    expect(jog.active).toBe(false);
    const sent = all.command.of("command").length;
    expect(await outcome(all.lease.move({ elbow: 1 }))).toBe("in_the_past");
    all.platform.advance(1000);
    expect(all.command.of("command")).toHaveLength(sent);
  });

  it("cannot begin there, and can again in the present", async () => {
    const all = await inPast();
    expect(await outcome(all.robot.acquire())).toBe("in_the_past");
    expect(all.command.of("acquire")).toEqual([]);
    void all.twin.live();
    all.state.says(live(all.platform.nowMs + offsetMs));
    void all.robot.acquire().catch(() => {});
    expect(all.command.of("acquire")).toHaveLength(1);
  });

  it("leaves the stop as it is", async () => {
    const all = await inPast();
    const stopping = all.robot.stop("enough");
    expect(all.command.of("stop")).toMatchObject([{ robot: "arm", reason: "enough" }]);
    all.command.says({ op: "stopped", robot: "arm", by: "Ada" });
    expect(await outcome(stopping)).toBeUndefined();
  });
});

describe("queries of the past", () => {
  const answers = (all: Connected, status: number, body: unknown) => {
    all.platform.http = () => ({ status, body: JSON.stringify(body) });
  };

  it("ask for events by time and kind", async () => {
    const all = await connected();
    answers(all, 200, { events: [{ time: 5, severity: "info", kind: "stop.latched", message: "m" }] });
    const events = await all.twin.events({ from: 1, to: "2023-11-14T21:56:41Z", kind: "stop.*" });
    expect(events).toHaveLength(1);
    const url = new URL(all.platform.requests.at(-1)?.url ?? "");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      from: "1",
      to: "2023-11-14T21:56:41Z",
      kind: "stop.*",
    });
    await all.twin.events();
    expect(all.platform.requests.at(-1)?.url).toBe("http://twin.test/api/events");
  });

  it("ask for the whole graph at a moment", async () => {
    const all = await connected();
    answers(all, 200, { revision: 4, time: thenMs, things });
    expect(await all.twin.at(new Date(thenMs))).toMatchObject({
      revision: 4,
      things: { arm: { type: "robot" } },
    });
    expect(new URL(all.platform.requests.at(-1)?.url ?? "").searchParams.get("at")).toBe(
      "2023-11-14T21:56:40.000Z",
    );
    answers(all, 200, { revision: 4 });
    expect(await outcome(all.twin.at(thenMs))).toBe("bad_message");
    answers(all, 404, { error: "not found" });
    const refused = await all.twin.at(thenMs).catch((error: TwinError) => error);
    expect(refused).toMatchObject({ code: "no_history" });
  });
});
