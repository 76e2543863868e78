import fastify from "fastify";
import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../../src/command/motion-command.ts";
import type { SavedLibrary } from "../../../../src/engine/ports/saved-library.ts";
import { LibraryFile } from "../../../../src/io/library-file.ts";
import { addLibraryRoutes } from "../../../../src/io/server/library-routes.ts";
import { EngineAtHand } from "../../engine/engine-at-hand.ts";

/** An arm of one joint, a gripper of two fingers of which one follows the other, and a wheel that a base drives. */
const urdf = `<robot name="gripping">
  <link name="base"/><link name="upper"/><link name="left"/><link name="right"/><link name="wheel_link"/>
  <joint name="a" type="revolute"><parent link="base"/><child link="upper"/><axis xyz="0 0 1"/>
    <limit lower="-2" upper="2" velocity="1" effort="10"/></joint>
  <joint name="finger" type="prismatic"><parent link="upper"/><child link="left"/><axis xyz="0 1 0"/>
    <limit lower="0" upper="0.04" velocity="0.1" effort="10"/></joint>
  <joint name="other_finger" type="prismatic"><parent link="upper"/><child link="right"/><axis xyz="0 -1 0"/>
    <limit lower="0" upper="0.04" velocity="0.1" effort="10"/><mimic joint="finger"/></joint>
  <joint name="wheel" type="continuous"><parent link="base"/><child link="wheel_link"/><axis xyz="0 1 0"/></joint>
</robot>`;

const srdf = `<robot name="gripping"><group name="hand"><joint name="finger"/><joint name="other_finger"/></group>
  <group_state name="open" group="hand"><joint name="finger" value="0.04"/><joint name="other_finger" value="0.04"/></group_state>
  <group_state name="follower" group="hand"><joint name="other_finger" value="0.04"/></group_state></robot>`;

const names = ["a", "finger", "other_finger", "wheel"];
const drivenByArm = [{ name: "arm", joints: ["a", "finger", "other_finger"] }];

function robotAtHand(trajectory: { name: string; joints: string[] }[], saved?: SavedLibrary) {
  const at = new EngineAtHand();
  at.describe(urdf);
  at.push("ros", { kind: "capabilities", robot: "robot", capabilities: { trajectory, twist: true } });
  at.push("ros", { kind: "semantics", robot: "robot", text: srdf });
  const store = new LibraryFile(null);
  if (saved !== undefined) {
    store.save(saved);
    at.push("library", { kind: "library", saved });
  }
  at.joints([0.2, 0.01, 0.01, 7], { names });
  at.cycle();
  const app = fastify();
  addLibraryRoutes(app, { engine: at.engine, store, now: () => at.now });
  const ask = async (method: "GET" | "PUT" | "DELETE", url: string, body?: object) => {
    const { statusCode, payload } = await app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: body }),
    });
    at.joints([0.2, 0.01, 0.01, 7], { names });
    at.cycle();
    return { status: statusCode, json: JSON.parse(payload) };
  };
  /** The last answer to a command. */
  const command = (given: MotionCommand): string | undefined => {
    const epoch = at.acquire();
    at.command(epoch, "go", given);
    at.joints([0.2, 0.01, 0.01, 7], { names });
    at.cycle();
    return at.leaving.answers("s", "go").at(-1);
  };
  return { at, store, ask, command };
}

describe("a pose that is saved where the robot is", () => {
  it("leaves out followers and what nothing drives, so that the robot can go there", async () => {
    const { ask, command } = robotAtHand(drivenByArm);
    const saved = await ask("PUT", "/api/poses/robot/here", { here: true });
    expect(saved).toEqual({ status: 200, json: { joints: { a: 0.2, finger: 0.01 }, source: "saved" } });
    const { json } = await ask("GET", "/api/poses/robot");
    expect(command({ kind: "jointPosition", positions: json.here.joints })).not.toMatch(/refused/);
  });

  it("has every joint that can be commanded where no controller is known yet", async () => {
    const { ask } = robotAtHand([]);
    const { json } = await ask("PUT", "/api/poses/robot/here", { here: true });
    expect(json.joints).toEqual({ a: 0.2, finger: 0.01, wheel: 7 });
  });
});

describe("a pose that names a follower", () => {
  it("of the SRDF is given without it, and a sequence goes there", async () => {
    const steps = [{ pose: "open" }];
    const { ask, command } = robotAtHand(drivenByArm, { poses: {}, sequences: { show: steps } });
    const { json } = await ask("GET", "/api/poses");
    expect(json.robot).toEqual({ open: { joints: { finger: 0.04 }, source: "srdf" } });
    expect(command({ kind: "sequence", name: "show" })).toMatch(/^(accepted|executing) ok/);
  });

  it("of a file that an older version wrote is given without it", async () => {
    const poses = { robot: { old: { a: 0.1, other_finger: 0.01 } } };
    const { ask } = robotAtHand(drivenByArm, { poses, sequences: {} });
    expect((await ask("GET", "/api/poses/robot")).json.old).toEqual({ joints: { a: 0.1 }, source: "saved" });
  });

  it("is not taken: the answer names the joint to command", async () => {
    const { ask } = robotAtHand(drivenByArm);
    const refused = await ask("PUT", "/api/poses/robot/pinch", { joints: { finger: 0, other_finger: 0 } });
    expect(refused).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/"other_finger" .*follows "finger"/) },
    });
  });
});

describe("a whole set", () => {
  it("of poses is given back as it was read, and replaces those of the robots that it names", async () => {
    const { ask, store } = robotAtHand(drivenByArm, {
      poses: { robot: { old: { a: 1 } }, gone: { x: { b: 1 } } },
      sequences: {},
    });
    const before = (await ask("GET", "/api/poses")).json;
    expect(Object.keys(before.robot)).toEqual(["open", "old"]);
    const set = { robot: { ...before.robot, new: { joints: { a: 0.5 } } } };
    const answer = await ask("PUT", "/api/poses", set);
    const saved = {
      old: { joints: { a: 1 }, source: "saved" },
      new: { joints: { a: 0.5 }, source: "saved" },
    };
    expect(answer).toEqual({ status: 200, json: { robot: saved } });
    expect((await ask("GET", "/api/poses")).json.robot).toEqual({ ...saved, open: before.robot.open });
    expect(store.current().poses).toEqual({
      robot: { old: { a: 1 }, new: { a: 0.5 } },
      gone: { x: { b: 1 } },
    });
    expect((await ask("PUT", "/api/poses", { robot: {} })).status).toBe(200);
    expect(store.current().poses.robot).toEqual({});
  });

  it("of sequences replaces all", async () => {
    const { ask, store } = robotAtHand(drivenByArm, { poses: {}, sequences: { old: [{ wait: 1 }] } });
    const set = { show: { steps: [{ pose: "open" }, { wait: 0.5 }] } };
    expect(await ask("PUT", "/api/sequences", set)).toEqual({ status: 200, json: set });
    expect((await ask("GET", "/api/sequences")).json).toEqual(set);
    expect(Object.keys(store.current().sequences)).toEqual(["show"]);
  });

  it("with a fault changes nothing, and the answer says where it is", async () => {
    const saved: SavedLibrary = { poses: { robot: { old: { a: 1 } } }, sequences: { old: [{ wait: 1 }] } };
    const { ask, store } = robotAtHand(drivenByArm, saved);
    const good = { joints: { a: 0.5 } };
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`p${i}`, good]));
    const steps = [{ wait: 1 }];
    const faults: [string, object, number, RegExp][] = [
      ["/api/poses", { robot: { good, bad: { joints: { nothing: 1 } } } }, 400, /"bad": .*"nothing"/],
      ["/api/poses", { robot: { good, bad: { joints: { other_finger: 1 } } } }, 400, /follows "finger"/],
      ["/api/poses", { robot: { good }, other: {} }, 404, /no robot "other"/],
      ["/api/poses", { robot: { "../x": good } }, 400, /robot\.\.\.\/x/],
      ["/api/poses", { robot: { good: { a: 0.5 } } }, 400, /robot\.good/],
      ["/api/poses", { robot: many }, 413, /more than 500/],
      ["/api/sequences", { show: { steps }, bad: { steps: [{ wait: -1 }] } }, 400, /"bad": step 1: wait/],
      ["/api/sequences", { "../x": { steps } }, 400, /\.\.\/x/],
      ["/api/sequences", [{ steps }], 400, /./],
    ];
    for (const [path, body, status, reason] of faults) {
      const answer = await ask("PUT", path, body);
      expect(answer).toMatchObject({ status, json: { error: expect.stringMatching(reason) } });
    }
    expect(store.current()).toEqual(saved);
  });
});

describe("names that every object inherits", () => {
  it.each(["constructor", "__proto__", "toString"])("as %s name no pose and no sequence", async (name) => {
    const { ask, store } = robotAtHand(drivenByArm);
    for (const [method, url] of [
      ["GET", `/api/sequences/${name}`],
      ["GET", `/api/sequences/${name}.yaml`],
      ["DELETE", `/api/sequences/${name}`],
      ["DELETE", `/api/poses/robot/${name}`],
      ["DELETE", `/api/poses/${name}/name`],
    ] as const) {
      expect((await ask(method, url)).status, `${method} ${url}`).toBe(404);
    }
    expect(store.current()).toEqual({ poses: {}, sequences: {} });
  });
});

describe("what is saved in all", () => {
  it("is a megabyte at most: it is written as a whole", async () => {
    const { ask } = robotAtHand(drivenByArm);
    const steps = Array.from({ length: 900 }, () => ({ wait: 0.123456789 }));
    const statuses: number[] = [];
    for (let i = 0; i < 70; i += 1) {
      const { status, json } = await ask("PUT", `/api/sequences/s${i}`, {
        steps: steps.map(() => ({ wait: 0.123456789 })),
      });
      statuses.push(status);
      if (status === 413) expect(json.error).toMatch(/bytes in all, more than 1048576: delete some/);
    }
    expect(statuses[0]).toBe(200);
    expect(new Set(statuses)).toEqual(new Set([200, 413]));
  });
});
