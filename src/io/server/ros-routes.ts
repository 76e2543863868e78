import type { FastifyInstance, FastifyReply } from "fastify";
import type { ControllersAnswer } from "../../protocol/topics/controllers-answer.ts";
import {
  parameterChange,
  parametersQuery,
  type RosAnswer,
  type RosQuestion,
} from "../../protocol/topics/ros-questions.ts";
import { callerName, firstFault } from "./request-words.ts";

const noRos = "this twin is not connected to ROS 2";

/** What the routes about ROS need. */
export type RosContext = {
  ask(question: RosQuestion): Promise<RosAnswer>;
  /** The controllers of robots on ROS; null: there is no ROS. */
  controllers(): ControllersAnswer | null;
  /** Somebody has changed a parameter: for the audit trail. */
  changed(text: string): void;
};

/** `/api/ros/graph`, `/api/ros/controllers` and `/api/ros/parameters`. Who changes a parameter must be an operator (`roles.ts`). */
export function addRosRoutes(app: FastifyInstance, { ask, controllers, changed }: RosContext): void {
  app.get("/api/ros/graph", async (_, reply) => send(reply, await ask({ ask: "graph" })));
  app.get("/api/ros/controllers", async (_, reply) => {
    const answer = controllers();
    return answer === null ? reply.code(503).send({ error: noRos }) : reply.send(answer);
  });
  app.get("/api/ros/parameters", async (request, reply) => {
    const query = parametersQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ error: firstFault(query.error, "the query") });
    return send(reply, await ask({ ask: "parameters", node: query.data.node }));
  });
  app.put("/api/ros/parameters", async (request, reply) => {
    const body = parameterChange.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ error: firstFault(body.error, "the body") });
    const { node, name, value } = body.data;
    const answer = await ask({ ask: "setParameter", node, name, value });
    const word = answer.ok || answer.status < 500 ? "refused" : "not confirmed";
    const outcome = answer.ok ? "" : `: ${word}, ${answer.reason}`;
    changed(
      `${callerName(request)} sets ${name} of ${node} to ${JSON.stringify(value).slice(0, 200)}${outcome}`,
    );
    return send(reply, answer);
  });
}

function send(reply: FastifyReply, answer: RosAnswer): FastifyReply {
  return answer.ok ? reply.send(answer.value) : reply.code(answer.status).send({ error: answer.reason });
}
