import fastify, { type FastifyInstance } from "fastify";
import { expect, it } from "vitest";
import { addRecordRoutes } from "../../../../src/io/server/record-routes.ts";
import type { Role } from "../../../../src/protocol/roles.ts";

function served(role: Role, calls: string[]): FastifyInstance {
  const app = fastify();
  app.decorateRequest("grant", null);
  app.addHook("onRequest", async (request) => {
    Object.assign(request, { grant: { name: "ann", role } });
  });
  addRecordRoutes(app, {
    list: () => ({ records: [] }),
    add: ({ record }, by) => {
      calls.push(`${by} adds ${record}`);
      return record === "/a#no" ? { status: 409, error: "too many" } : null;
    },
    remove: ({ record }, by) => {
      calls.push(`${by} removes ${record}`);
      return null;
    },
  });
  return app;
}

it("tells who asks whether they may change what is recorded", async () => {
  for (const [role, mayChange] of [
    ["viewer", false],
    ["operator", true],
    ["admin", true],
  ] as const) {
    const answer = await served(role, []).inject("/api/topics/records");
    expect(answer.json()).toEqual({ records: [], mayChange });
  }
});

it("hands on a number by body or address, with the name of who asks, and the reason of a refusal", async () => {
  const calls: string[] = [];
  const app = served("operator", calls);
  const url = "/api/topics/records";
  expect((await app.inject({ method: "POST", url, payload: { record: "/a#x" } })).statusCode).toBe(200);
  expect((await app.inject({ method: "DELETE", url: `${url}?record=%2Fa%23x` })).statusCode).toBe(200);
  expect((await app.inject({ method: "DELETE", url, payload: { record: "/a#x" } })).statusCode).toBe(200);
  const full = await app.inject({ method: "POST", url, payload: { record: "/a#no" } });
  expect([full.statusCode, full.json()]).toEqual([409, { error: "too many" }]);
  expect(calls).toEqual(["ann adds /a#x", "ann removes /a#x", "ann removes /a#x", "ann adds /a#no"]);
});

it.each([undefined, [], {}, { record: 1 }, { record: "/a" }, { record: "/a#x", more: 1 }])(
  "refuses %j with its field",
  async (payload) => {
    const calls: string[] = [];
    const answer = await served("operator", calls).inject({
      method: "POST",
      url: "/api/topics/records",
      ...(payload === undefined ? {} : { payload }),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatch(/^(?:record|the body): /);
    expect(calls).toEqual([]);
  },
);
