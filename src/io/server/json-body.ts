import type { FastifyInstance } from "fastify";

/** Bodies in JSON. A request without one, as a DELETE that names the type all the same, has none: that is no fault of its own. */
export function addJsonParser(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text === "") done(null, undefined);
    else void parse(request, text as string, done);
  });
}
