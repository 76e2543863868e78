import { type Command, InvalidArgumentError, Option } from "commander";
import { type RecordProgress, RecordRun } from "../app/record-run.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { type Compression, compressionNames } from "../io/recording/compression.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";
import { chooseRos } from "./ros-environment-choice.ts";
import { twinSocketUrl } from "./twin-address.ts";
import { parsePort } from "./up.ts";

const progressEachMs = 1000;
const megabyte = 1_000_000;

type RecordCliOptions = {
  out?: string;
  topics: string[];
  exclude: string[];
  for?: number;
  config?: string;
  url?: string;
  port?: number;
  token?: string;
  ros: "auto" | "on" | "off";
  twin: boolean;
  compression: Compression;
  maxSize: number;
  maxDuration: number;
  json?: boolean;
};

export function addRecordCommand(program: Command): void {
  program
    .command("record")
    .description("record ROS topics, MQTT and the twin's graph and events as MCAP (docs/recording.md)")
    .option("--out <file>", "file to write (default: twin-<time>.mcap)")
    .option("--topics <pattern...>", "only these; * is any run: '/robot/*' '/mqtt/*' '/twinbridge/*'", ["*"])
    .option("--exclude <pattern...>", "not these", [])
    .option("--for <seconds>", "stop after so long", positiveNumber)
    .option("--config <file>", "twin.yaml: its broker is recorded, too")
    .option("--url <address>", "the running twin (default: http://127.0.0.1:8080)")
    .option("--port <number>", "the running twin's port on this machine", parsePort)
    .option("--token <token>", "the twin's token (default: $TWIN_TOKEN, or the one in --config)")
    .option("--no-twin", "leave the twin's graph and events out")
    .addOption(
      new Option("--ros <mode>", "auto: when ROS 2 is sourced or was set up")
        .choices(["auto", "on", "off"])
        .default("auto"),
    )
    .addOption(
      new Option("--compression <kind>", "of chunks").choices(compressionNames as never).default("zstd"),
    )
    .option("--max-size <MB>", "begin a further file beyond this size; 0: never", positiveOrZero, 1000)
    .option("--max-duration <seconds>", "begin a further file after so long; 0: never", positiveOrZero, 3600)
    .option("--json", "progress and summary as JSON lines")
    .action(record);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("a number above 0");
  return value;
}

function positiveOrZero(text: string): number {
  return text === "0" ? 0 : positiveNumber(text);
}

async function record(options: RecordCliOptions): Promise<void> {
  const config = options.config === undefined ? null : loadConfig(options.config);
  if (config !== null && !config.ok) fail(`${config.path}: ${config.reason}`);
  const rclnodejs = await chooseRos(options.ros);
  const ending = new Ending();
  const isJson = options.json === true;
  const out = options.out ?? `twin-${new Date().toISOString().replaceAll(":", "-").replace(/\..*/, "")}.mcap`;
  let run: RecordRun;
  try {
    run = new RecordRun({
      out,
      patterns: options.topics,
      exclude: options.exclude,
      compression: options.compression,
      maxBytes: options.maxSize * megabyte,
      maxSeconds: options.maxDuration,
      rclnodejs,
      config: config?.value ?? null,
      configPath: options.config ?? null,
      twinUrl: options.twin ? twinSocketUrl(options, config?.value ?? null) : null,
      say: (line) => process.stderr.write(`${clearLine()}twin record: ${line}\n`),
      onFailed: (reason) => fail(`${out}: ${reason}. What was recorded before can be opened.`),
    });
    await run.start();
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  if (!isJson) process.stdout.write(`recording to ${out}; Ctrl-C ends it\n`);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const showing = setInterval(() => show(run.progress(), seconds(), isJson), progressEachMs);
  ending.by(async () => {
    clearInterval(showing);
    const duration = seconds();
    const { dropped, topics } = run.progress();
    const summary = await run.stop();
    if (summary === null) return;
    process.stdout.write(
      isJson
        ? `${JSON.stringify({ ...summary, topics, dropped, seconds: Number(duration.toFixed(3)) })}\n`
        : `${clearLine()}${summary.files.join(", ")}: ${summary.messages} messages of ${topics} topics in ${duration.toFixed(1)} s, ` +
            `${(summary.bytes / megabyte).toFixed(1)} MB, ${dropped} dropped\n`,
    );
  });
  if (options.for !== undefined) setTimeout(() => ending.end(), options.for * 1000);
}

function show({ topics, messages, bytes, dropped }: RecordProgress, seconds: number, isJson: boolean): void {
  if (isJson) {
    process.stdout.write(
      `${JSON.stringify({ topics, messages, bytes, dropped, seconds: Math.round(seconds) })}\n`,
    );
    return;
  }
  if (!process.stdout.isTTY) return;
  process.stdout.write(
    `${clearLine()}${messages} messages of ${topics} topics, ${(bytes / megabyte).toFixed(1)} MB, ${Math.round(seconds)} s, ${dropped} dropped`,
  );
}

/** Removes the line of progress, where one is shown. */
function clearLine(): string {
  return process.stdout.isTTY ? "\r\x1b[K" : "";
}
