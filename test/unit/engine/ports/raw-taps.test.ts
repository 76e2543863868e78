import { expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { RawMessage } from "../../../../src/engine/ports/raw-tap.ts";

const message: RawMessage = {
  kind: "mqtt",
  topic: "a",
  payload: new Uint8Array([1]),
  retained: false,
  received: 1,
};

it("hands each raw message to every tap, and costs nothing while there is none", () => {
  const inbox = new Inbox();
  expect(inbox.tap).toBeNull();
  const [first, second]: RawMessage[][] = [[], []];
  const endFirst = inbox.taps.add((one) => first?.push(one));
  const endSecond = inbox.taps.add((one) => second?.push(one));
  inbox.tap?.(message);
  endFirst();
  inbox.tap?.(message);
  expect([first?.length, second?.length]).toEqual([1, 2]);
  endSecond();
  expect(inbox.tap).toBeNull();
});

it("ends a tap that throws, and keeps no message from the others", () => {
  const inbox = new Inbox();
  const heard: RawMessage[] = [];
  let calls = 0;
  inbox.taps.add(() => {
    calls++;
    throw new Error("full");
  });
  inbox.taps.add((one) => heard.push(one));
  inbox.tap?.(message);
  inbox.tap?.(message);
  expect(calls).toBe(1);
  expect(heard).toHaveLength(2);
});
