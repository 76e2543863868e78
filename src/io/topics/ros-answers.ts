import { firstLineOf } from "../../core/first-line.ts";
import type { RosAnswer, RosQuestion } from "../../protocol/topics/ros-questions.ts";
import type { RclNode } from "../ros/rclnodejs-api.ts";
import { ParameterFault, readParameters, setParameter } from "./node-parameters.ts";
import { rosGraph } from "./ros-graph-answer.ts";

/** The answer to a question about the ROS graph; never rejects. */
export async function answerRos(node: RclNode, question: RosQuestion): Promise<RosAnswer> {
  try {
    switch (question.ask) {
      case "graph":
        return { ok: true, value: rosGraph(node) };
      case "parameters":
        return { ok: true, value: await readParameters(node, question.node) };
      case "setParameter":
        return { ok: true, value: await setParameter(node, question.node, question.name, question.value) };
    }
  } catch (error) {
    const status = error instanceof ParameterFault ? error.status : 500;
    return { ok: false, status, reason: firstLineOf(error) };
  }
}
