import { yawOf } from "../core/yaw.ts";
import type { Engine } from "../engine/engine.ts";
import type { Input } from "../engine/ports/inputs.ts";
import type { RecordsFile } from "../io/records-file.ts";
import { TopicHub, type TopicHubOptions } from "../io/topics/topic-hub.ts";
import { startTopicProcess, TopicProcess } from "../io/topics/topic-process.ts";
import type { TopicNumber } from "../protocol/topics/topic-number.ts";
import { RosQuestions } from "./ros-questions.ts";
import { TopicRecords } from "./topic-records.ts";

/** How often the demo's sensors are told where the robot is, ms. */
const tellPoseEvery = 50;

export type ViewedTopicsOptions = Pick<TopicHubOptions, "now" | "rules" | "rejected"> & {
  /** File of rclnodejs; null: without ROS. */
  rclnodejs: string | null;
  /** The robot whose sensors are simulated, where there is no ROS; null: none. */
  demoRobot: string | null;
  /** The numbers of topics that twin.yaml has recorded, and the file of those that people added. */
  record: readonly TopicNumber[];
  recordsFile: RecordsFile;
  /** An input of the engine that arrived at server ms `received`; null: now. */
  push(source: string, received: number | null, input: Input): void;
  warn(text: string): void;
};

/** The topics that viewers look at, and the process that has them: those of ROS, or of the demo's simulated sensors. */
export class ViewedTopics {
  readonly hub: TopicHub;
  readonly questions: RosQuestions;
  /** The numbers of topics that are recorded. */
  readonly records: TopicRecords;
  private readonly process: TopicProcess | null;
  private readonly demoRobot: string | null;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor({ rclnodejs, demoRobot, record, recordsFile, push, warn, ...options }: ViewedTopicsOptions) {
    this.demoRobot = rclnodejs === null ? demoRobot : null;
    const main = rclnodejs === null ? "app/demo-topics-main.js" : "io/topics/topic-process-main.js";
    const isThere = rclnodejs !== null || demoRobot !== null;
    this.process = isThere
      ? new TopicProcess(options.now, () => startTopicProcess(main, rclnodejs ?? "", options.now), {
          report: (report) => {
            switch (report.op) {
              case "answer":
                this.questions.take(report.id, report.answer);
                return;
              case "numbers":
              case "numbersLost":
              case "numbersRejected":
                this.records.report(report);
                return;
              default:
                this.hub.report(report);
            }
          },
          message: (message) => this.hub.message(message),
          failed: (text) => {
            this.questions.fail(text);
            this.records.processEnded(text);
            warn(text);
          },
        })
      : null;
    const order = this.process === null ? null : this.process.order.bind(this.process);
    this.questions = new RosQuestions(order);
    this.hub = new TopicHub({ ...options, order });
    this.records = new TopicRecords({
      configured: record,
      file: recordsFile,
      rules: options.rules,
      // The demo's sensors measure for viewers only.
      order: rclnodejs === null ? null : order,
      ...{ push, warn },
    });
  }

  /** Tells the demo's sensors where the robot is, at server ms `now`; called each cycle. */
  step(engine: Engine, now: number): void {
    const { demoRobot, process } = this;
    if (demoRobot === null || process === null || now - this.toldAt < tellPoseEvery || !process.isWanted())
      return;
    this.toldAt = now;
    const twin = engine.robots.get(demoRobot);
    const odometry = engine.graph.things.get(demoRobot)?.definition.odometryFrame;
    const pose = engine.propertyJson(demoRobot, "base/pose")?.reported?.value;
    const base = twin?.model?.rootLink;
    if (base === undefined || typeof odometry !== "string" || !isPose(pose)) return;
    const { position, quaternion } = pose;
    process.order({ op: "robot", base, odometry, x: position[0], y: position[1], yaw: yawOf(...quaternion) });
  }

  stop(): void {
    this.process?.stop();
  }
}

type Pose = { position: [number, number, number]; quaternion: [number, number, number, number] };

function isPose(value: unknown): value is Pose {
  return typeof value === "object" && value !== null && "position" in value && "quaternion" in value;
}
