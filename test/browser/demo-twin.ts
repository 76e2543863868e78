import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../..", import.meta.url).pathname;

type Vector = { linear: number[]; angular: number[] };
type Pose = { position: number[]; quaternion: number[] };
type Register = { value: unknown };
type Robot = { properties: Record<string, { reported?: Register }> };

/** The built program with its demo, as a person starts it, with a state folder of its own. */
export class DemoTwin {
  private readonly stateDir = mkdtempSync(join(tmpdir(), "twin-browser-"));
  private child: ChildProcess | null = null;
  url = "";

  /** Resolves when the page can be opened. The port is free at the first start and the same at later ones. */
  async start(): Promise<void> {
    if (!existsSync(join(root, "dist/viewer/index.html")))
      throw new Error("not built: run `npm run build` first");
    const port = this.url === "" ? "0" : new URL(this.url).port;
    const child = spawn(process.execPath, ["dist/main.js", "up", "--ros", "off", "--port", port], {
      cwd: root,
      env: { ...process.env, XDG_STATE_HOME: this.stateDir },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    let said = "";
    const spoken = new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        said += chunk.toString();
        const url = /http:\/\/[\d.]+:\d+\//.exec(said)?.[0];
        if (url) resolve(url);
      };
      child.stdout?.on("data", read);
      child.stderr?.on("data", read);
      child.on("exit", (code) => reject(new Error(`the twin ended with ${code}: ${said}`)));
    });
    this.url = await spoken;
  }

  /** Ends it without a farewell, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** The value of a reported property of the demo's only robot, as `GET /api/twin` has it. */
  async reported(path: string): Promise<unknown> {
    return (await this.robot()).properties[path]?.reported?.value;
  }

  /** Of one answer, so all of one moment. */
  async jointPositions(joints: readonly string[]): Promise<Record<string, number>> {
    const { properties } = await this.robot();
    return Object.fromEntries(
      joints.map((name) => [name, Number(properties[`joint/${name}/position`]?.reported?.value)]),
    );
  }

  private async robot(): Promise<Robot> {
    const answer = await fetch(new URL("api/twin", this.url));
    const twin: { things: Record<string, Robot & { type: string }> } = await answer.json();
    const robot = Object.values(twin.things).find((thing) => thing.type === "robot");
    if (!robot) throw new Error("the twin has no robot");
    return robot;
  }

  async jointPosition(joint: string): Promise<number> {
    return Number(await this.reported(`joint/${joint}/position`));
  }

  async basePose(): Promise<Pose> {
    return (await this.reported("base/pose")) as Pose;
  }

  async baseTwist(): Promise<Vector> {
    return (await this.reported("base/twist")) as Vector;
  }
}
