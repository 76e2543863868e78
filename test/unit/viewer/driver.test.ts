import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Driver } from "../../../src/viewer/drive/driver.ts";

/** The server's end of the page's socket. */
class Line {
  static readonly OPEN = 1;
  static last: Line;
  readonly readyState = Line.OPEN;
  readonly sent: Record<string, unknown>[] = [];
  onopen = () => undefined;
  onmessage = (_: { data: string }) => undefined;
  constructor() {
    Line.last = this;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  answer(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }
  close(): void {}
}

describe("the page's lease", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Line);
    vi.stubGlobal("addEventListener", () => undefined);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** A page whose clock is `behindMs` behind the server's, with a lease that the server granted at 10,000. */
  function granted(behindMs: number): Driver {
    const address = { base: "http://127.0.0.1:1/", token: null };
    const driver = new Driver(
      address,
      () => 10_000 - behindMs,
      () => "Ada",
    );
    Line.last.onopen();
    driver.acquire("robot");
    const { id } = Line.last.sent.at(-1) as { id: string };
    Line.last.answer({ op: "lease", id, robot: "robot", epoch: 4, ttlMs: 3000, serverTime: 10_000 });
    expect(driver.driving.get().phase).toBe("held");
    return driver;
  }

  it.each([0, 300])("is not ended by a state from before the grant, %d ms behind the server", (behindMs) => {
    const driver = granted(behindMs);
    driver.judgeLease("robot", null, false, 9_900);
    driver.judgeLease("robot", 3, false, 9_990);
    expect(driver.driving.get().phase).toBe("held");
    expect(driver.notice.get()).toBeNull();
  });

  it("is ended by a later state that knows another holder, and says so", () => {
    const driver = granted(0);
    driver.judgeLease("robot", 4, false, 10_010);
    expect(driver.driving.get().phase).toBe("held");
    driver.judgeLease("robot", 5, false, 10_020);
    expect(driver.driving.get().phase).toBe("none");
    expect(driver.notice.get()).toBe("Somebody else drives now.");
  });
});
