import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../../support/mosquitto.ts";
import { imageOf, type PortName, root } from "./firmware-build.ts";

/** The joint that a target's image drives, rad or m. */
export type TargetJoint = { id: string; joint: string; unit: string; lower: number; upper: number };

/** A firmware that runs, wherever that is. */
export interface Target {
  readonly about: TargetJoint;
  /** Takes its power away. */
  powerCut(): Promise<void>;
  /** Does something to it that only its own harness can (`sensor nan`, `supply 5`). */
  harm(line: string): void;
}

/** Processes of this file that still run; ended by their own ids. */
const running = new Set<ChildProcess>();

function start(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.stdout?.resume();
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said = (said + text.toString()).slice(-2000);
  });
  child.once("exit", (code) => {
    if (code !== null && code !== 0) console.warn(`${command} ended with ${code}: ${said}`);
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Ends all that targets have started. */
export async function endTargets(): Promise<void> {
  await Promise.all([...running].map(kill));
}

/** A line behind a TCP port, joined to the broker by the program's own gateway. */
function gateway(linePort: number, brokerPort: number): ChildProcess {
  const main = join(root, "dist", "main.js");
  return start(process.execPath, [
    main,
    "gateway",
    "--tcp",
    `127.0.0.1:${linePort}`,
    "--url",
    `mqtt://127.0.0.1:${brokerPort}`,
  ]);
}

/** A number that differs from start to start, as what the boards draw it from does. */
const bootWord = (): number => Math.floor(Math.random() * 0xffff_fffe) + 1;

/** The firmware as a process of this machine. */
export interface PosixTarget extends Target {
  signal(name: NodeJS.Signals): void;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

export type PosixOptions = Partial<TargetJoint> & { more?: readonly string[] };

export function startPosix(brokerPort: number, options: PosixOptions = {}): PosixTarget {
  const about: TargetJoint = {
    id: "posix-joint",
    joint: "elbow",
    unit: "rad",
    lower: -1.5,
    upper: 1.5,
    ...options,
  };
  const child = start(imageOf("posix") ?? "", [
    ...["--id", about.id, "--joint", about.joint, "--host", "127.0.0.1", "--port", String(brokerPort)],
    ...["--lower", String(about.lower), "--upper", String(about.upper)],
    ...(options.more ?? []),
  ]);
  return {
    about,
    powerCut: () => kill(child),
    harm: (line) => child.stdin?.write(`${line}\n`),
    signal: (name) => child.kill(name),
    ended: once(child, "exit").then(([code]) => code as number | null),
  };
}

export async function startStm32f405(brokerPort: number): Promise<Target> {
  const line = await freePort();
  const qemu = start("qemu-system-arm", [
    ...["-M", "netduinoplus2", "-nographic", "-monitor", "none", "-icount", "shift=5,sleep=on"],
    ...["-serial", `tcp:127.0.0.1:${line},server=on,wait=off`],
    ...["-device", `loader,addr=0x20000000,data=${bootWord()},data-len=4`],
    ...["-kernel", imageOf("stm32f405") ?? ""],
  ]);
  const joined = gateway(line, brokerPort);
  return {
    about: { id: "wrist-mcu", joint: "wrist_3", unit: "rad", lower: -6.2, upper: 6.2 },
    powerCut: async () => {
      await kill(qemu);
      await kill(joined);
    },
    harm: () => undefined,
  };
}

export function startMps2(brokerPort: number): Target {
  const qemu = start("qemu-system-arm", [
    ...["-M", "mps2-an385", "-nographic", "-monitor", "none", "-icount", "shift=5,sleep=on"],
    ...["-serial", "null"],
    ...["-nic", "user,model=lan9118"],
    ...["-device", `loader,addr=0x20000000,data=${bootWord()},data-len=4`],
    // The broker's port on this machine, which the guest sees as 10.0.2.2.
    ...["-device", `loader,addr=0x20000004,data=${0x4d510000 + brokerPort},data-len=4`],
    ...["-kernel", imageOf("mps2") ?? ""],
  ]);
  return {
    about: { id: "elbow-mcu", joint: "elbow", unit: "rad", lower: -2.4, upper: 2.4 },
    powerCut: () => kill(qemu),
    harm: () => undefined,
  };
}

export async function startRp2040(brokerPort: number): Promise<Target> {
  const line = await freePort();
  const pico = start(process.execPath, [
    join(root, "test/firmware/support/pico-process.mjs"),
    imageOf("rp2040") ?? "",
    String(line),
    String(bootWord()),
  ]);
  const joined = gateway(line, brokerPort);
  return {
    about: { id: "gripper-mcu", joint: "left_finger", unit: "m", lower: 0, upper: 0.04 },
    powerCut: async () => {
      await kill(pico);
      await kill(joined);
    },
    harm: (what) => pico.stdin?.write(`${what}\n`),
  };
}

export const starters: Record<PortName, (brokerPort: number) => Target | Promise<Target>> = {
  posix: startPosix,
  mps2: startMps2,
  stm32f405: startStm32f405,
  rp2040: startRp2040,
};
