import type { NamedPose, PosesOfRobot } from "../protocol/library-json.ts";
import { isNamedPose, isPosesOfRobot } from "./library-checks.ts";
import type { Platform } from "./platform.ts";
import type { ServerAddress } from "./server-address.ts";
import { askDocument } from "./server-documents.ts";
import { TwinError } from "./twin-error.ts";

/** The named poses of robots, over HTTP. Everything rejects with a `TwinError`. */
export class PoseBook {
  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
  ) {}

  async all(robot: string): Promise<PosesOfRobot> {
    const value = await this.ask("GET", `api/poses/${encodeURIComponent(robot)}`);
    if (isPosesOfRobot(value)) return value;
    throw badAnswer;
  }

  /** Null: where the robot is measured now. */
  async save(
    robot: string,
    name: string,
    joints: Readonly<Record<string, number>> | null,
  ): Promise<NamedPose> {
    const value = await this.ask("PUT", pathOf(robot, name), joints === null ? { here: true } : { joints });
    if (isNamedPose(value)) return value;
    throw badAnswer;
  }

  async delete(robot: string, name: string): Promise<void> {
    await this.ask("DELETE", pathOf(robot, name));
  }

  private async ask(method: "GET" | "PUT" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const reply = await askDocument(this.address, this.platform, method, path, body);
    if (!reply.ok) throw new TwinError(reply.code, reply.message);
    return reply.value;
  }
}

function pathOf(robot: string, name: string): string {
  return `api/poses/${encodeURIComponent(robot)}/${encodeURIComponent(name)}`;
}

const badAnswer = new TwinError(
  "bad_message",
  "the server's answer about poses is not what this version understands",
);
