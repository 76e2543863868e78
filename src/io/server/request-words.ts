import type { FastifyRequest } from "fastify";
import type { z } from "zod";

/** Who asks by HTTP, as people see it. */
export function callerName({ grant, ip }: FastifyRequest): string {
  return grant?.name ?? `${ip} (HTTP)`;
}

/** The first fault of what was sent, with its field; `whole`: what it is called where the fault is in none. */
export function firstFault({ issues: [issue] }: z.ZodError, whole: string): string {
  return `${issue?.path.join(".") || whole}: ${issue?.message}`;
}
