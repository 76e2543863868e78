import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBagPython, runBagPython } from "../support/bag-python.ts";
import { TwinProcess } from "../support/twin-process.ts";

const run = promisify(execFile);
const driver = new URL("../support/replay-process.mjs", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "twin-bags-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const urdf = `<robot name="two_joints">
  <link name="base_link"/><link name="one"/><link name="two"/>
  <joint name="first" type="revolute"><parent link="base_link"/><child link="one"/><axis xyz="0 0 1"/>
    <limit lower="-2" upper="2" effort="10" velocity="50"/></joint>
  <joint name="second" type="revolute"><parent link="one"/><child link="two"/><axis xyz="0 1 0"/>
    <limit lower="-2" upper="2" effort="10" velocity="50"/></joint>
</robot>`;

type Written = {
  topic: string;
  log: number;
  bytes: string;
  stamp: [number, number];
  name: string[];
  position: number[];
  velocity: number[];
  pose: number[];
};
type Sample = {
  path: string;
  value: unknown;
  stamp: [number, number] | null;
  source: string;
  verdict: string;
};
type End = { description: string; ignored: string[]; closed: { jointPosition: boolean; reason: string } };
type Read = { reader: string; topic: string; log: string; bytes: string; decoded: Record<string, unknown> };

/** The samples that a bag brings into the graph, and what is there at its end. */
async function replayed(path: string, ...more: string[]): Promise<{ samples: Sample[]; end: End }> {
  const { stdout } = await run(process.execPath, [driver, path, "40", ...more], { maxBuffer: 64 << 20 });
  const lines = stdout
    .trimEnd()
    .split("\n")
    .filter((line) => line.startsWith('{"path"') || line.startsWith('{"desc'));
  const all = lines.map((line) => JSON.parse(line) as Sample & End);
  return { samples: all.slice(0, -1), end: all.at(-1) as End };
}

describe.skipIf(!hasBagPython())("bags of others", () => {
  let written: Written[] = [];
  beforeAll(async () => {
    writeFileSync(join(folder, "robot.urdf"), urdf);
    written = (await runBagPython("write_bags.py", [folder, join(folder, "robot.urdf")])) as Written[];
  });

  it.each(["mcap", "mcap-zstd", "sqlite", "sqlite-zstd", "sqlite/sqlite.db3", "mcap/mcap.mcap"])(
    "of %s bring every value and stamp into the graph exactly",
    async (name) => {
      const { samples, end } = await replayed(join(folder, name));
      const joints = written.filter(({ topic }) => topic === "/joint_states");
      for (const [j, joint] of ["first", "second"].entries()) {
        for (const quantity of ["position", "velocity"] as const) {
          const found = samples.filter(({ path }) => path === `joint/${joint}/${quantity}`);
          expect(found.map(({ value, stamp }) => [value, stamp])).toEqual(
            // JSON has no −0.
            joints.map((one) => [(one[quantity][j] as number) + 0, one.stamp]),
          );
          expect(
            found.every(({ source, verdict }) => source === "ros:/joint_states" && verdict === "taken"),
          ).toBe(true);
        }
      }
      const poses = samples.filter(({ path, source }) => path === "base/pose" && source === "ros:/odom");
      const odometry = written.filter(({ topic }) => topic === "/odom");
      expect(poses.map(({ stamp }) => stamp)).toEqual(odometry.map(({ stamp }) => stamp));
      expect(end.description).toBe(urdf);
      expect(end.ignored).toEqual(["/chatter (std_msgs/msg/String)"]);
      expect(end.closed).toMatchObject({
        jointPosition: false,
        reason: expect.stringContaining("this is a replay"),
      });
    },
  );

  it("are recorded again with the same messages in the same order, and read by Python", async () => {
    const again = join(folder, "again.mcap");
    await replayed(join(folder, "sqlite"), again);
    const third = join(folder, "third.mcap");
    await replayed(again, third);
    // The twin takes all topics but the chatter.
    const taken = written.filter(({ topic }) => topic !== "/chatter");
    for (const path of [again, third]) {
      const read = (await runBagPython("read_bag.py", [path])) as Read[];
      for (const reader of ["mcap", "rosbags"]) {
        const own = read.filter((one) => one.reader === reader);
        expect(own.map(({ topic, bytes }) => `${topic} ${bytes}`)).toEqual(
          taken.map(({ topic, bytes }) => `${topic} ${bytes}`),
        );
      }
    }
  });
});

describe("a file that is no bag", () => {
  const twin = new TwinProcess();
  afterAll(() => twin.remove());

  /** Runs `twin replay` on it, and gives its only line. */
  async function refusal(path: string): Promise<string> {
    twin.start("replay", path, "--port", "0", "--exit");
    const { code, err } = await twin.ended();
    expect(code, err).toBe(1);
    const lines = err
      .trimEnd()
      .split("\n")
      .filter((line) => line.startsWith("twin: "));
    expect(lines, err).toHaveLength(1);
    expect(err).not.toContain("    at ");
    return lines[0] as string;
  }

  function file(name: string, bytes: Uint8Array | string): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  it.each<[string, Uint8Array | string, RegExp]>([
    ["empty.mcap", "", /empty\.mcap: this is no MCAP file\. Give an \.mcap/],
    ["text.mcap", "hello", /text\.mcap: this is no MCAP file/],
    ["magic.mcap", Buffer.from("894d434150300d0a", "hex"), /magic\.mcap: .*damaged/],
    ["text.db3", "hello, this is not a database at all, by no means", /text\.db3: this is no SQLite file/],
    ["whole.db3.zstd", "x", /compressed as a whole\. Unpack it with `zstd -d`/],
  ])("is refused with one line that says what to do: %s", async (name, bytes, expected) => {
    expect(await refusal(file(name, bytes))).toMatch(expected);
  });

  it("is refused where it is not there, or a folder without metadata", async () => {
    expect(await refusal(join(folder, "nowhere.mcap"))).toMatch(/no such file or folder\. Check the path/);
    expect(await refusal(tmpdir())).toMatch(/has no metadata\.yaml/);
  });
});

describe.skipIf(!hasBagPython())("a damaged bag", () => {
  const twin = new TwinProcess();
  afterAll(() => twin.remove());

  async function outcome(path: string): Promise<{ code: number | null; text: string }> {
    twin.start("replay", path, "--port", "0", "--exit", "--speed", "1000");
    const { code, out, err } = await twin.ended();
    expect(err).not.toContain("    at ");
    return { code, text: out + err };
  }

  const good = join(folder, "good.mcap");
  beforeAll(() => replayed(join(folder, "sqlite"), good));

  /** A copy of a recording of ours, which has checksums, with some bytes changed. */
  function spoilt(name: string, spoil: (bytes: Buffer) => Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, spoil(readFileSync(good)));
    return path;
  }

  /** Where the first chunk begins: behind magic and header. */
  const chunkAt = (bytes: Buffer): number => 17 + Number(bytes.readBigUInt64LE(9));

  it("that is cut off is played to where it ends, with a word about it", async () => {
    const { code, text } = await outcome(
      spoilt("cut.mcap", (bytes) => bytes.subarray(0, bytes.length - 2000)),
    );
    expect(text).toMatch(/has no valid end/);
    expect(code).toBe(0);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    [
      "a byte of a chunk is wrong",
      (bytes) => {
        const at = chunkAt(bytes) + 200;
        bytes[at] = (bytes[at] as number) ^ 0x55;
        return bytes;
      },
    ],
    [
      "the checksum of a chunk is wrong",
      (bytes) => {
        bytes.writeUInt32LE(7, chunkAt(bytes) + 9 + 24);
        return bytes;
      },
    ],
    [
      "a chunk claims terabytes",
      (bytes) => {
        bytes.writeBigUInt64LE(1n << 42n, chunkAt(bytes) + 9 + 16);
        return bytes;
      },
    ],
    [
      "a chunk is larger than it says",
      (bytes) => {
        bytes.writeBigUInt64LE(100n, chunkAt(bytes) + 9 + 16);
        return bytes;
      },
    ],
    [
      "the summary begins outside",
      (bytes) => {
        bytes.writeBigUInt64LE(1n << 62n, bytes.length - 28);
        return bytes;
      },
    ],
  ])("ends with one line or is read as far as it goes where %s", async (name, spoil) => {
    const { code, text } = await outcome(spoilt(`${name.replaceAll(" ", "-")}.mcap`, spoil));
    if (code === 0) expect(text).toMatch(/no valid end/);
    else expect(text).toMatch(/twin: .*\.mcap: .*\. It is damaged: get another copy/);
  });

  it("of 300 random changes never ends the program by a fault of ours", async () => {
    const { openBagsInOneProcess } = await import("../support/open-bags.ts");
    const whole = readFileSync(good);
    const paths: string[] = [];
    let seed = 12345;
    const next = (): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed;
    };
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(whole);
      for (let k = 0; k < 1 + (i % 8); k++) bytes[next() % bytes.length] = next() & 0xff;
      if (i % 10 === 0) bytes.writeBigUInt64LE(BigInt(next()) << 24n, next() % (bytes.length - 8));
      const path = join(folder, `random-${i}.mcap`);
      writeFileSync(path, i % 7 === 0 ? bytes.subarray(0, next() % bytes.length) : bytes);
      paths.push(path);
    }
    const results = await openBagsInOneProcess(paths);
    expect(results).toHaveLength(paths.length);
    for (const { path, fault, messages } of results) {
      if (fault !== null) expect(fault).toMatch(new RegExp(`^${path}: .+\\. .+`));
      else expect(messages).toBeGreaterThanOrEqual(0);
    }
    // Most of them are found out.
    expect(results.filter(({ fault }) => fault !== null).length).toBeGreaterThan(50);
  });
});
