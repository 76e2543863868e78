import { describe, expect, it } from "vitest";
import { type ClientCommandMessage, clientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { allows, roleOfMessage, roleOfRoute } from "../../../src/protocol/roles.ts";

describe("the roles", () => {
  it("include one another", () => {
    expect(allows("admin", "viewer") && allows("admin", "operator") && allows("operator", "viewer")).toBe(
      true,
    );
    expect(allows("viewer", "operator") || allows("viewer", "admin") || allows("operator", "admin")).toBe(
      false,
    );
  });

  it("let a viewer stop and ask the time, and nothing else of the command socket", () => {
    const ops = clientCommandMessage.options.map((option) => option.shape.op.value);
    const free = ops.filter((op) => roleOfMessage({ op } as ClientCommandMessage) === "viewer");
    expect(free.sort()).toEqual(["ping", "stop"]);
  });

  it("keep taking a lease by force for admins", () => {
    const acquire = { op: "acquire", id: 1, robot: "robot" } as const;
    expect(roleOfMessage(acquire)).toBe("operator");
    expect(roleOfMessage({ ...acquire, force: false })).toBe("operator");
    expect(roleOfMessage({ ...acquire, force: true })).toBe("admin");
  });

  it("ask for an operator on every route that writes, but for the stop", () => {
    expect(roleOfRoute("GET", "/api/poses")).toBe("viewer");
    expect(roleOfRoute("POST", "/api/stop")).toBe("viewer");
    expect(roleOfRoute("POST", "/api/stop/")).toBe("viewer");
    for (const method of ["PUT", "POST", "DELETE", "PATCH"]) {
      expect(roleOfRoute(method, "/api/anything/new")).toBe("operator");
    }
    expect(roleOfRoute("PUT", "/api/stop")).toBe("operator");
  });
});
