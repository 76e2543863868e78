import { askServer, parsed } from "../../client/ask-server.ts";
import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import type { ParametersAnswer, ParameterValue } from "../../protocol/topics/ros-questions.ts";

/** What the server answered last; `problem`: why there is no newer answer. */
export type Answered<T> = { value: T | null; problem: string | null };

/** Asks the server about the ROS graph. Never rejects. */
export class RosDesk {
  constructor(
    private readonly address: ServerAddress,
    private readonly platform: Platform,
  ) {}

  async ask<T>(path: string): Promise<Answered<T>> {
    return this.send(path, { method: "GET" });
  }

  setParameter(node: string, name: string, value: ParameterValue): Promise<Answered<ParametersAnswer>> {
    const body = JSON.stringify({ node, name, value });
    return this.send("api/ros/parameters", { method: "PUT", body });
  }

  private async send<T>(
    path: string,
    request: { method: "GET" | "PUT"; body?: string },
  ): Promise<Answered<T>> {
    const reply = await askServer(this.address, this.platform, path, request);
    if (!reply.ok) return { value: null, problem: reply.message };
    const value = parsed(reply.body) as T | undefined;
    if (value === undefined) return { value: null, problem: "The server's answer is no JSON." };
    return { value, problem: null };
  }
}
