import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { allows } from "../../protocol/roles.ts";
import type { RecordsAnswer } from "../../protocol/topics/record-answer.ts";
import { type TopicNumber, topicNumber } from "../../protocol/topics/topic-number.ts";
import { callerName, firstFault } from "./request-words.ts";

const body = z.strictObject({ record: topicNumber }, 'the body must be {"record": "/topic#field"}');

/** Why a change is not made: the status of the answer, and a sentence. */
export type RecordRefusal = { status: 400 | 403 | 404 | 409 | 500 | 503; error: string };

/** The numbers of topics that are recorded, as the API changes them. `by`: who does, for the audit trail. */
export interface RecordsAtHand {
  list(): RecordsAnswer;
  add(number: TopicNumber, by: string): RecordRefusal | null;
  remove(number: TopicNumber, by: string): RecordRefusal | null;
}

/** `GET`, `POST` and `DELETE /api/topics/records`; a DELETE may name the record in its address instead. Who changes them must be an operator (`roles.ts`). */
export function addRecordRoutes(app: FastifyInstance, records: RecordsAtHand): void {
  const list = ({ grant }: FastifyRequest): RecordsAnswer => ({
    ...records.list(),
    mayChange: grant !== null && allows(grant.role, "operator"),
  });
  const answer = (request: FastifyRequest, reply: FastifyReply, refusal: RecordRefusal | null): unknown =>
    refusal === null ? list(request) : reply.code(refusal.status).send({ error: refusal.error });
  app.get("/api/topics/records", async (request) => list(request));
  app.post("/api/topics/records", async (request, reply) => {
    const read = body.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ error: firstFault(read.error, "the body") });
    return answer(request, reply, records.add(read.data.record, callerName(request)));
  });
  app.delete("/api/topics/records", async (request, reply) => {
    const read = body.safeParse(request.body ?? { record: (request.query as { record?: unknown }).record });
    if (!read.success) return reply.code(400).send({ error: firstFault(read.error, "the body") });
    return answer(request, reply, records.remove(read.data.record, callerName(request)));
  });
}
