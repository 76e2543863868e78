import { expect, it } from "vitest";
import { fieldOf } from "../../../../src/viewer/topics/record-desk.ts";
import { rowsOf } from "../../../../src/viewer/ui/field-rows.ts";

it("shows a list of numbers on one line, and each element once it is opened", () => {
  const message = { name: ["a"], data: [1, 2.5, null], poses: [{ x: 1 }], is_on: true };
  const rows = rowsOf(message);
  expect(rows.map(({ name, value, isNumber, isList }) => [name, value, isNumber, isList])).toEqual([
    ["name", "a", false, false],
    ["data", "1, 2.5, not finite", false, true],
    ["poses", "(1)", false, false],
    ["[0]", "", false, false],
    ["x", "1", true, false],
    ["is_on", "true", true, false],
  ]);
  const open = rowsOf(message, new Set(["data"]));
  expect(open.filter(({ way }) => way[0] === "data").map(({ value, depth }) => [value, depth])).toEqual([
    ["1, 2.5, not finite", 0],
    ["1", 1],
    ["2.5", 1],
    ["not finite", 1],
  ]);
});

it("writes the way to a number as it is recorded", () => {
  expect(fieldOf(["poses", "0", "position", "x"])).toBe("poses[0].position.x");
  expect(fieldOf(["data", "3"])).toBe("data[3]");
  expect(fieldOf(["level"])).toBe("level");
});
