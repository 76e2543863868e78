import type { ComputeRequest } from "../command/plan-request.ts";
import type { Objection } from "../command/validate-motion.ts";
import type { Output } from "../engine/ports/outputs.ts";
import type { CommandReplies, DeviceSink, RobotSink, StopMemory } from "../engine/ports/sinks.ts";
import type { StateSockets } from "../io/server/state-sockets.ts";
import type { TwinEvent } from "../protocol/state-messages.ts";

/** Where the outputs of an engine go. */
export type Outside = {
  robots: { get(robot: string): RobotSink | undefined };
  devices: DeviceSink;
  replies: CommandReplies;
  viewers: Pick<StateSockets, "sendText" | "sendFrame" | "close">;
  stopMemory: StopMemory;
  /** Computes a motion; its answer returns through the inbox. */
  compute(request: ComputeRequest): void;
  /** Nobody waits for that motion any more. */
  dropPlan?(id: string): void;
  /** The map of a robot is on this topic: `map` returns through the inbox. */
  listen?(robot: string, topic: string): void;
  onEvent(event: TwinEvent): void;
  /** A command `id` to a device could not be sent. */
  onUnsent(device: string, id: string, objection: Objection): void;
};

/** Carries an output for one robot to its sink; one of another kind is ignored. */
export function carryToRobot(output: Output, sink: RobotSink): void {
  if (output.kind === "trajectory") sink.sendTrajectory(output.goal);
  else if (output.kind === "cancel") sink.cancelTrajectory(output.goalId);
  else if (output.kind === "twist") sink.sendTwist(output.twist);
  else if (output.kind === "task") sink.sendTask(output.task);
  else if (output.kind === "cancelTask") sink.cancelTask(output.taskId);
  else if (output.kind === "stopped") sink.setStopped(output.stopped, output.braking);
  else if (output.kind === "way") sink.findWay?.(output.question);
  else if (output.kind === "dropWay") sink.dropWay?.(output.id);
}

/** Carries one output of an engine to where it belongs. */
export function carryOut(output: Output, outside: Outside): void {
  switch (output.kind) {
    case "trajectory":
    case "cancel":
    case "twist":
    case "task":
    case "cancelTask":
    case "stopped":
    case "way":
    case "dropWay": {
      const sink = outside.robots.get(output.robot);
      if (sink !== undefined) carryToRobot(output, sink);
      return;
    }
    case "device": {
      const { device, command } = output;
      const objection = outside.devices.send(device, command);
      if (objection !== null) outside.onUnsent(device, command.id, objection);
      return;
    }
    case "plan":
      outside.compute(output.request);
      return;
    case "dropPlan":
      outside.dropPlan?.(output.id);
      return;
    case "map":
      outside.listen?.(output.robot, output.topic);
      return;
    case "reply":
      outside.replies.reply(output.session, output.message);
      return;
    case "broadcast":
      outside.replies.broadcast(output.message);
      return;
    case "stopMemory":
      outside.stopMemory.remember(output.robots, output.stop);
      return;
    case "event":
      outside.onEvent(output.event);
      return;
    case "viewerText":
      outside.viewers.sendText(output.viewer, output.text);
      return;
    case "viewerFrame":
      outside.viewers.sendFrame(output.viewer, output.bytes);
      return;
    case "viewerClose":
      outside.viewers.close(output.viewer, output.code, output.reason);
      return;
  }
}
