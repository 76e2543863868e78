import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Driver, freshDomain, hasRos, startPeer, TestTwin } from "./support.ts";

/** How many stops of each kind; STOP_RUNS=50 makes 200 in all. */
const runs = Number(process.env.STOP_RUNS ?? 2);
const robotArgs = ["--urdf", "test/ros/four-joints.urdf", "--joints", "j1,j2,j3,j4"];

type Peer = ReturnType<typeof startPeer>;

const twists = (peer: Peer, kind: string) =>
  peer
    .events("twist")
    .filter((event) => event.kind === kind)
    .map((event) => event.x as number);
const count = (peer: Peer, event: string, name: string) =>
  peer.events(event).filter((one) => one.name === name).length;

/** Everything that is stopped: the last twist of a type is zero, and the other client's goal is cancelled. */
async function stopped(
  peer: Peer,
  what: string,
  kinds: readonly string[],
  canceled: number,
  name: string,
): Promise<void> {
  await eventually(`${what}: the last twist of ${kinds.join(" and ")} is a zero`, () =>
    kinds.every((kind) => twists(peer, kind).at(-1) === 0) ? true : undefined,
  );
  await eventually(`${what}: the other client's goal is cancelled`, () =>
    count(peer, "canceled", name) > canceled ? true : undefined,
  );
}

/** Drives until both types hear it, with a goal of another client under way. Ends the driving by the returned call. */
async function inMotion(peer: Peer, url: string, kinds: readonly string[]): Promise<() => void> {
  const began = count(peer, "began", "arm_controller");
  peer.tell({ do: "goal", name: "arm_controller" });
  const driver = new Driver(url);
  await driver.drive();
  const pad = setInterval(() => driver.command({ kind: "twist", linear: { x: 0.3 } }, 300), 45);
  await eventually("the base is driven in every type", () =>
    kinds.every((kind) => (twists(peer, kind).at(-1) ?? 0) > 0.2) ? true : undefined,
  );
  await eventually("the other client's goal runs", () =>
    count(peer, "began", "arm_controller") > began ? true : undefined,
  );
  return () => {
    clearInterval(pad);
    driver.kill();
  };
}

const post = async (url: string) => {
  const answer = await fetch(`${url}/api/stop`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ robot: "*" }),
  });
  expect(answer.status).toBe(200);
};

async function reset(url: string): Promise<void> {
  const client = new Driver(url);
  await eventually("a client is there", () => client.answers[0]);
  client.send({ op: "reset", robot: "robot" });
  await eventually("reset", () => client.answers.find((a) => a.op === "reset"));
  client.kill();
}

describe.skipIf(!hasRos())("the stop reaches rclpy peers", () => {
  it(`whatever subscribes as what, and however late, ${runs} times each`, {
    timeout: 60_000 + runs * 120_000,
  }, async () => {
    const domain = freshDomain();
    const peer = startPeer(domain, robotArgs, "stop_peer.py");
    const twin = new TestTwin(domain);
    const done = { twoTypes: 0, comesAndGoes: 0, foundLate: 0, restarted: 0 };
    try {
      await twin.ready();
      await eventually("its joints show", () => twin.reported("joint/j1/position"));
      for (let run = 0; run < runs; run++) {
        // Two types, and an action client elsewhere.
        peer.tell({ do: "monitor", value: true });
        let end = await inMotion(peer, twin.url, ["plain", "stamped"]);
        let canceled = count(peer, "canceled", "arm_controller");
        await post(twin.url);
        await stopped(peer, "two types", ["plain", "stamped"], canceled, "arm_controller");
        end();
        await reset(twin.url);
        done.twoTypes++;

        // The second type goes in the middle of the drive.
        end = await inMotion(peer, twin.url, ["plain", "stamped"]);
        peer.tell({ do: "monitor", value: false });
        canceled = count(peer, "canceled", "arm_controller");
        await post(twin.url);
        await stopped(peer, "one type is gone", ["plain"], canceled, "arm_controller");
        end();
        await reset(twin.url);
        done.comesAndGoes++;

        // A controller that is found only after the stop, with a goal under way.
        const name = `late_${run}`;
        end = await inMotion(peer, twin.url, ["plain"]);
        canceled = count(peer, "canceled", "arm_controller");
        await post(twin.url);
        peer.tell({ do: "late", name, after: (run % 5) * 0.4 });
        await stopped(peer, "before the late controller", ["plain"], canceled, "arm_controller");
        await stopped(peer, "a late controller", ["plain"], 0, name);
        end();
        await reset(twin.url);
        peer.tell({ do: "drop", name });
        done.foundLate++;

        // The twin is killed in the middle of a drive, and the stop is pressed as soon as it serves again.
        end = await inMotion(peer, twin.url, ["plain"]);
        await twin.process.end("SIGKILL");
        end();
        canceled = count(peer, "canceled", "arm_controller");
        await twin.again();
        await post(twin.url);
        await stopped(peer, "after a restart", ["plain"], canceled, "arm_controller");
        await reset(twin.url);
        await twin.ready();
        done.restarted++;
      }
    } finally {
      console.log(`stops that arrived: ${JSON.stringify(done)}`);
      await twin.end();
      await peer.end();
    }
    expect(done).toEqual({ twoTypes: runs, comesAndGoes: runs, foundLate: runs, restarted: runs });
  });
});
