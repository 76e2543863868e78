import { expect, it } from "vitest";
import { SendTurns } from "../../../../src/io/topics/send-turns.ts";

it("whose sending fails is left out, and told; the others go on in turn", () => {
  const faults: string[] = [];
  const sent: string[] = [];
  const runs: (() => void)[] = [];
  const turns = new SendTurns(
    (reason) => faults.push(reason),
    (run) => runs.push(run),
  );
  const sender = (name: string, count: number) => {
    let left = count;
    return {
      sendPiece: () => {
        sent.push(name);
        left -= 1;
        return left > 0;
      },
    };
  };
  turns.ask({
    sendPiece: () => {
      throw new Error("it is gone");
    },
  });
  turns.ask(sender("a", 3));
  turns.ask(sender("b", 2));
  while (runs.length > 0) runs.shift()?.();
  expect(faults).toEqual(["it is gone"]);
  expect(sent).toEqual(["a", "b", "a", "b", "a"]);
});
