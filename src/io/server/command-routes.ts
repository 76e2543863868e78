import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { motionCommand, planQuestion } from "../../protocol/motion-commands.ts";
import type { Grant } from "../../protocol/roles.ts";
import type { CommandOutcome, CommandRequests } from "./command-requests.ts";
import { callerName, firstFault } from "./request-words.ts";

const body = z.strictObject({
  robot: z.string().min(1).max(256),
  command: motionCommand,
  ttlMs: z.number().gt(0).max(10_000).default(2000),
  wait: z.boolean().default(true),
});

const planBody = z.strictObject(planQuestion);

/** Jogs end 115 ms after their last command: they are for a socket, and for somebody who holds on. */
const heldKinds: ReadonlySet<string> = new Set(["jointVelocity", "twist", "cartesianVelocity"]);

const conflicts: ReadonlySet<string> = new Set(["lease_held", "stopped", "lease_lost", "replaced"]);

/**
 * `POST /api/commands`: one command under a lease of its own; the answer is its last result.
 * `POST /api/robots/{id}/plan`: what a motion would be; nothing is sent to the robot.
 */
export function addCommandRoutes(
  app: FastifyInstance,
  requests: CommandRequests,
  /** Whether a token is still one of ours. */
  holds: (grant: Grant) => boolean = () => true,
): void {
  app.post("/api/commands", async (request, reply) => {
    const parsed = body.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send(faultOf(parsed.error));
    const { command } = parsed.data;
    if (heldKinds.has(command.kind)) {
      const error = `${command.kind} is a jog, which ends 115 ms after its last command: send it by /ws/command`;
      return reply.code(400).send({ error, code: "unsupported" });
    }
    const name = callerName(request);
    const { grant } = request;
    const isAllowed = () => grant === null || holds(grant);
    const outcome = await requests.run({ ...parsed.data, name, isAllowed }, (end) => {
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) end();
      });
    });
    const isGood = outcome.stage !== "refused" && outcome.stage !== "aborted" && outcome.code === "ok";
    const error = isGood ? {} : { error: outcome.message };
    return reply.code(statusOf(outcome, isGood)).send({ ...outcome, ...error });
  });
  app.post<{ Params: { id: string } }>("/api/robots/:id/plan", async (request, reply) => {
    const parsed = planBody.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send(faultOf(parsed.error));
    const name = callerName(request);
    const answer = await requests.plan(request.params.id, parsed.data, name);
    if ("stage" in answer)
      return reply.code(statusOf(answer, false)).send({ ...answer, error: answer.message });
    if ("poses" in answer) {
      const { op: _, id: __, robot: ___, ...way } = answer;
      return reply.send(way);
    }
    const { op: _, id: __, robot: ___, ...plan } = answer;
    return reply.send(plan);
  });
}

function faultOf(error: z.ZodError): { error: string; code: string } {
  return { error: firstFault(error, "the body"), code: "bad_message" };
}

function statusOf({ code, stage }: CommandOutcome, isGood: boolean): number {
  if (isGood) return 200;
  if (code === "unknown_robot") return 404;
  if (code === "too_many") return 429;
  if (conflicts.has(code)) return 409;
  // A command that the gate does not permit, as against one that failed on its way.
  return stage === "refused" ? 422 : 409;
}
