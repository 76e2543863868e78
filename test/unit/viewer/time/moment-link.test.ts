import { describe, expect, it } from "vitest";
import { linkTo, momentIn } from "../../../../src/viewer/time/moment-link.ts";

const at = Date.UTC(2026, 10, 27, 15, 59, 30, 123);

describe("a link to a moment", () => {
  it("leads back to it, to the millisecond", () => {
    const link = linkTo("http://127.0.0.1:8080/robot/", at);
    expect(link).toBe("http://127.0.0.1:8080/robot/#at=2026-11-27T15:59:30.123Z");
    expect(momentIn(new URL(link).hash)).toBe(at);
  });

  it("replaces another moment, keeps what else the address has, and can be taken away", () => {
    const link = linkTo("http://h/?x=1#token=t&at=2020-01-01T00:00:00Z", at);
    expect(link).toBe("http://h/?x=1#token=t&at=2026-11-27T15:59:30.123Z");
    expect(linkTo(link, null)).toBe("http://h/?x=1#token=t");
    expect(linkTo("http://h/#at=5", null)).toBe("http://h/");
  });

  it("is read as ISO 8601 and as ms, and not at all where it is neither", () => {
    expect(momentIn(`#at=${at}`)).toBe(at);
    expect(momentIn("#at=2026-11-27T16:59:30.123%2B01:00")).toBe(at);
    for (const hash of ["", "#", "#token=t", "#at=", "#at=yesterday", "#at=1e99", "#at=-5x"]) {
      expect(momentIn(hash), hash).toBeNull();
    }
  });
});
