import { WebSocket } from "ws";
import type { ControlStatus, StatusMessage } from "../../src/protocol/state-messages.ts";
import type { TestTwin } from "./support.ts";

/** What the robot can be asked for now, as a new viewer is told. */
export async function can(twin: TestTwin, robot = "robot"): Promise<ControlStatus["can"]> {
  const socket = new WebSocket(`${twin.url.replace("http", "ws")}/ws/state`, "twin.v1");
  try {
    return await new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("closed before a status came")));
      socket.on("message", (data, isBinary) => {
        if (isBinary) return;
        const message = JSON.parse(String(data)) as StatusMessage;
        const control =
          message.op === "status" ? message.control.find((one) => one.robot === robot) : undefined;
        if (control !== undefined) resolve(control.can);
      });
    });
  } finally {
    socket.removeAllListeners();
    socket.on("error", () => undefined);
    socket.terminate();
  }
}
