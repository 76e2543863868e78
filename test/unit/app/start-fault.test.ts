import { describe, expect, it } from "vitest";
import { listenFault } from "../../../src/app/start-fault.ts";

const fault = (code: string, host = "127.0.0.1", port = 80) =>
  listenFault(Object.assign(new Error(`listen ${code}`), { code }), host, port);

describe("why the server cannot listen", () => {
  it("is that another program has the port", () => {
    expect(fault("EADDRINUSE", "0.0.0.0", 8080)).toBe(
      "port 8080 on 0.0.0.0 is in use: end the program there, or choose another with --port",
    );
  });

  it("is that the port needs root rights", () => {
    expect(fault("EACCES")).toContain("port 80 needs root rights: choose one above 1023");
  });

  it.each(["EADDRNOTAVAIL", "ENOTFOUND"])("is that the host is another machine's: %s", (code) => {
    expect(fault(code, "10.9.9.9")).toBe(
      '"10.9.9.9" is not an address of this machine: choose one with --host',
    );
  });

  it("is what the system says where it is something else", () => {
    expect(fault("EMFILE")).toBe("cannot listen on 127.0.0.1:80: listen EMFILE");
  });
});
