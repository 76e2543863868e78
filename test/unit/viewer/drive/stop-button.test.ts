import { describe, expect, it } from "vitest";
import { connected } from "./page-line.ts";

/** Lets answers of HTTP arrive, which are promises also in the fake. */
const settle = () => new Promise<void>((done) => setImmediate(done));

describe("the stop button", () => {
  it("is confirmed only once the server said that it stopped", () => {
    const { driver, line } = connected();
    driver.stopButton.press();
    expect(driver.stopButton.phase.get()).toBe("sending");
    expect(line.of("stop")).toMatchObject([{ robot: "*", holder: "Ada" }]);
    line.says({ op: "stopped", robot: "*", by: "Ada" });
    expect(driver.stopButton.phase.get()).toBe("confirmed");
  });

  it("goes by HTTP as well when the socket does not answer in half a second", async () => {
    const { driver, platform } = connected();
    platform.http = () => ({ status: 200, body: "{}" });
    driver.stopButton.press();
    platform.advance(499);
    expect(platform.requests).toEqual([]);
    platform.advance(1);
    await settle();
    expect(platform.requests).toMatchObject([{ url: "http://127.0.0.1:1/api/stop" }]);
    expect(driver.stopButton.phase.get()).toBe("confirmed");
  });

  it("goes by HTTP at once without a connection", async () => {
    const { driver, line, platform } = connected();
    line.drop();
    platform.http = () => ({ status: 200, body: "{}" });
    driver.stopButton.press();
    await settle();
    expect(driver.stopButton.phase.get()).toBe("confirmed");
  });

  it("says that nobody heard it when both ways give no answer", async () => {
    const { driver, platform } = connected();
    driver.stopButton.press();
    platform.advance(500);
    await settle();
    expect(driver.stopButton.phase.get()).toBe("sending");
    platform.advance(1500);
    expect(driver.stopButton.phase.get()).toBe("unheard");
  });

  it("says that nobody heard it when the server refuses it", () => {
    const { driver, line } = connected();
    driver.stopButton.press();
    line.says({ op: "error", id: line.lastId("stop"), code: "forbidden", message: "no" });
    expect(driver.stopButton.phase.get()).toBe("unheard");
  });

  it("is confirmed also by an answer that comes after it was given up", async () => {
    const { driver, line, platform } = connected();
    driver.stopButton.press();
    platform.advance(2000);
    await settle();
    line.says({ op: "stopped", robot: "*", by: "Ada" });
    expect(driver.stopButton.phase.get()).toBe("confirmed");
  });

  it("that is pressed again is not called unheard by the end of the first press", async () => {
    const { driver, platform } = connected();
    driver.stopButton.press();
    platform.advance(1500);
    driver.stopButton.press();
    platform.advance(500);
    await settle();
    expect(driver.stopButton.phase.get()).toBe("sending");
    platform.advance(1500);
    expect(driver.stopButton.phase.get()).toBe("unheard");
  });

  it("stays as it is when somebody else stops, and when the banner was read", () => {
    const { driver, line } = connected();
    line.says({ op: "stopped", robot: "*", by: "Bob" });
    expect(driver.stopButton.phase.get()).toBe("idle");
    driver.stopButton.press();
    driver.stopButton.clear();
    expect(driver.stopButton.phase.get()).toBe("idle");
  });
});
