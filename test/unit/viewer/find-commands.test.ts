import { expect, it } from "vitest";
import { findCommands } from "../../../src/viewer/ui/palette/find-commands.ts";

it("finds commands by words of name and hint, the nearest first", () => {
  const run = () => undefined;
  const commands = [
    { name: "Panel Topics", hint: "opens the panel", run },
    { name: "Show topic /scan", hint: "sensor_msgs/LaserScan", run },
    { name: "Hide legend", hint: "3D view", run },
  ];
  const names = (search: string) => findCommands(commands, search).map(({ name }) => name);
  expect(names("")).toHaveLength(3);
  expect(names("topic")).toEqual(["Panel Topics", "Show topic /scan"]);
  expect(names("show")).toEqual(["Show topic /scan"]);
  expect(names("LASER scan")).toEqual(["Show topic /scan"]);
  expect(names("panel")).toEqual(["Panel Topics"]);
  expect(names("nothing such")).toEqual([]);
});
