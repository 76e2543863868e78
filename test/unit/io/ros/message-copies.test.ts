import { beforeEach, describe, expect, it } from "vitest";
import { MessageCopies } from "../../../../src/io/ros/message-copies.ts";

let copies: MessageCopies;
beforeEach(() => {
  copies = new MessageCopies();
});

const message = (text: string) => Buffer.from(`\0\x01\0\0${text}`);
const long = (end: string) => message(`${"x".repeat(1000)}${end}`);

describe("a message that several subscriptions hear", () => {
  it("is new by the first one, and a copy by each of the others", () => {
    expect([0, 1, 3].map((lane) => copies.isCopy(message("a"), lane))).toEqual([false, true, true]);
  });

  it("is new again when the same subscription brings the same bytes: its publisher repeats itself", () => {
    expect(copies.isCopy(message("a"), 0)).toBe(false);
    expect(copies.isCopy(message("a"), 0)).toBe(false);
    expect(copies.isCopy(message("a"), 1)).toBe(true);
    expect(copies.isCopy(message("a"), 1)).toBe(true);
    expect(copies.isCopy(message("a"), 1)).toBe(false);
  });

  it("is a copy also when others come between the two, up to 255 of them", () => {
    copies.isCopy(message("first"), 0);
    for (let i = 0; i < 255; i++) expect(copies.isCopy(message(`other ${i}`), 0)).toBe(false);
    expect(copies.isCopy(message("first"), 1)).toBe(true);
  });

  it("is forgotten behind 256 others", () => {
    copies.isCopy(message("first"), 0);
    for (let i = 0; i < 256; i++) copies.isCopy(message(`other ${i}`), 0);
    expect(copies.isCopy(message("first"), 1)).toBe(false);
  });

  it("is a copy in whatever order two subscriptions bring several", () => {
    const texts = ["a", "b", "c", "d"];
    for (const text of texts) expect(copies.isCopy(message(text), 1)).toBe(false);
    for (const text of [...texts].reverse()) expect(copies.isCopy(message(text), 0)).toBe(true);
  });

  it("is forgotten once only one subscription is left", () => {
    copies.isCopy(message("a"), 0);
    copies.clear();
    expect(copies.isCopy(message("a"), 1)).toBe(false);
  });
});

describe("two messages that are alike", () => {
  it("are two where they differ only far behind their beginning", () => {
    expect(copies.isCopy(long("a"), 0)).toBe(false);
    expect(copies.isCopy(long("b"), 1)).toBe(false);
    expect(copies.isCopy(long("a"), 1)).toBe(true);
  });

  it("are two where one is the beginning of the other", () => {
    expect(copies.isCopy(message(""), 0)).toBe(false);
    expect(copies.isCopy(message("\0"), 1)).toBe(false);
  });

  it("are told apart by their stamps, in every byte of them", () => {
    for (let byte = 0; byte < 8; byte++) {
      copies.clear();
      const [a, b] = [Buffer.alloc(40), Buffer.alloc(40)];
      b[4 + byte] = 1;
      expect(copies.isCopy(a, 0)).toBe(false);
      expect(copies.isCopy(b, 1)).toBe(false);
    }
  });

  it("may have no bytes behind the header, or none at all", () => {
    expect(copies.isCopy(new Uint8Array(0), 0)).toBe(false);
    expect(copies.isCopy(new Uint8Array(0), 1)).toBe(true);
  });
});
