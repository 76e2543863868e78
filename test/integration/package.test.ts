import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

const root = new URL("../..", import.meta.url).pathname;
const bin = (name: string) => join(root, "node_modules/.bin", name);

/** A program of somebody who has no types of Node and none of the DOM. */
const consumer = `import { connect, type Reading, type Twin, TwinError } from "twinbridge/client";

export async function drive(): Promise<number | null> {
  const twin: Twin = await connect("127.0.0.1:8080", { holder: "consumer" });
  const robot = twin.robot("robot");
  const elbow: Reading | null = robot.joint("elbow").position;
  robot.on("stopped", ({ by }) => by.toUpperCase());
  try {
    const lease = await robot.acquire();
    const { code } = await lease.move({ elbow: 0.5 }, { speed: 0.5 });
    const jog = lease.twist({ linear: { x: 0.2 } });
    jog.update({ angular: { z: 1 } });
    await jog.end();
    // @ts-expect-error the types are there: a speed is a number
    await lease.move({ elbow: 0.5 }, { speed: code });
  } catch (error) {
    if (error instanceof TwinError) error.code.toUpperCase();
  }
  // @ts-expect-error and they are not \`any\`
  robot.joint("elbow").position.nothing;
  return elbow === null ? null : elbow.ageMs;
}
`;

/** The same of the robot model. */
const modelConsumer = `import { createData, forwardKinematics, type ReadRobot, type RobotModel, readRobot } from "twinbridge/model";

export function count(urdf: string): number {
  const read: ReadRobot = readRobot(urdf, { load: () => null });
  const model: RobotModel | null = read.model;
  if (model === null) return read.findings.length;
  forwardKinematics(model, createData(model), new Float64Array(model.nq));
  // @ts-expect-error the types are there: a configuration is an array
  forwardKinematics(model, createData(model), 1);
  // @ts-expect-error and they are not \`any\`
  model.nothing;
  return model.joints.length;
}
`;

describe("the package, installed in an empty folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "twin-package-"));
  const installed = join(folder, "node_modules/twinbridge");

  beforeAll(() => {
    const options = { cwd: root, encoding: "utf8" } as const;
    execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], options);
    const [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const { status, stderr } = spawnSync(
      "npm",
      [
        "install",
        `./${archive}`,
        "--omit=optional",
        "--ignore-scripts",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
      ],
      { cwd: folder, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`npm install: ${stderr}`);
    writeFileSync(join(folder, "consumer.ts"), consumer);
    writeFileSync(join(folder, "model-consumer.ts"), modelConsumer);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const [moduleResolution, module] of [
    ["node16", "node16"],
    ["bundler", "esnext"],
  ] as const) {
    it(`has types that a program under ${moduleResolution} compiles with, its libraries checked`, () => {
      const compilerOptions = {
        ...{ module, moduleResolution, target: "es2022", lib: ["es2022"], types: [] },
        ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
        ...{ skipLibCheck: false, noEmit: true },
      };
      const path = join(folder, `tsconfig.${moduleResolution}.json`);
      writeFileSync(path, JSON.stringify({ compilerOptions, files: ["consumer.ts", "model-consumer.ts"] }));
      const { stdout, status } = spawnSync(bin("tsc"), ["-p", path], { cwd: folder, encoding: "utf8" });
      expect(stdout).toBe("");
      expect(status).toBe(0);
    });
  }

  it("gives the library to Node, its package.json, and the command as before", () => {
    const script = `
      import { connect, TwinError } from "twinbridge/client";
      import about from "twinbridge/package.json" with { type: "json" };
      const code = await connect("http://127.0.0.1:9").catch((error) => error instanceof TwinError && error.code);
      console.log(about.name, code);`;
    const node = ["--no-warnings", "--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync(process.execPath, node, { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe("twinbridge not_connected\n");
    const twin = spawnSync(join(folder, "node_modules/.bin/twin"), ["--version"], { encoding: "utf8" });
    expect(twin.stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("runs its example of the model", () => {
    const example = readFileSync(join(root, "docs/examples/model/reach.mjs"), "utf8");
    writeFileSync(join(folder, "reach.mjs"), example);
    const args = ["reach.mjs", join(root, "urdf/arm.urdf"), "gripper_tcp", "0.3", "0.1", "0.4"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^converged after \d+ steps\nshoulder_pan: /);
    expect(stdout).toMatch(/efforts against gravity:( -?\d+\.\d\d){7}\n$/);
  });

  it("shows the demo with `npx twin up`, the page with it", async () => {
    const state = join(folder, "state");
    const env = { ...process.env, XDG_STATE_HOME: state };
    const args = ["twin", "up", "--ros", "off", "--port", "0"];
    const twin = spawn("npx", args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    try {
      let said = "";
      twin.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      const url = await eventually("its address", () => /at (http:\S+)\n/.exec(said)?.[1], 60_000);
      expect(await (await fetch(url)).text()).toContain('<div id="page">');
      await eventually("the demo's elbow", async () => {
        const answer = await fetch(new URL("/api/things/robot/properties/joint/elbow/position", url));
        return answer.ok ? true : undefined;
      });
    } finally {
      // With what npx has started.
      if (twin.pid !== undefined) process.kill(-twin.pid, "SIGTERM");
      await once(twin, "exit");
    }
  }, 120_000);

  it("can be bundled for a page: without Node, zod and the server", () => {
    const source = join(folder, "page");
    mkdirSync(source);
    writeFileSync(
      join(source, "index.html"),
      '<!doctype html><script type="module">import { connect } from "twinbridge/client"; globalThis.connect = connect;</script>',
    );
    const { status, stderr } = spawnSync(
      bin("vite"),
      ["build", source, "--outDir", join(folder, "out"), "--emptyOutDir"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    expect(status, stderr).toBe(0);
    expect(stderr).toBe("");
    const assets = join(folder, "out/assets");
    const bundle = readdirSync(assets)
      .map((name) => readFileSync(join(assets, name), "utf8"))
      .join("\n");
    // zod alone has more than twice as much.
    expect(bundle.length).toBeLessThan(60_000);
    for (const word of ["node:", "ZodError", "fastify"]) expect(bundle).not.toContain(word);
    console.log(`bundled for a page: ${bundle.length} bytes`);
  });

  it("has every file that its exports name", () => {
    const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      exports: Record<string, string | Record<string, string>>;
    };
    const paths = Object.values(exports).flatMap((one) =>
      typeof one === "string" ? [one] : Object.values(one),
    );
    expect(paths.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });
});
