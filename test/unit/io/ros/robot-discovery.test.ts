import { describe, expect, it } from "vitest";
import { isRobotId } from "../../../../src/io/config/config-schema.ts";
import { Absence, describedNamespaces, robotIdOf } from "../../../../src/io/ros/robot-discovery.ts";

const text = "std_msgs/msg/String";

describe("namespaces with a description", () => {
  const topics = [
    { name: "/r1/robot_description", types: [text] },
    { name: "/robot_description", types: [text] },
    { name: "/cell/r2/robot_description", types: [text] },
    { name: "/r3/robot_description", types: ["custom_msgs/msg/Model"] },
    { name: "/subscribed/robot_description", types: [text] },
    { name: "/_hidden/robot_description", types: [text] },
    { name: "/r4/robot_description_semantic", types: [text] },
    { name: "/my_robot_description", types: [text] },
  ];

  it("are those in which somebody publishes one", () => {
    const graph = {
      getTopicNamesAndTypes: () => topics,
      countPublishers: (topic: string) => (topic.startsWith("/subscribed") ? 0 : 1),
    };
    expect(describedNamespaces(graph)).toEqual(["", "/cell/r2", "/r1"]);
  });
});

describe("a robot's id", () => {
  it("is its namespace's name", () => {
    expect(["", "/r1", "r1", "/cell/r1", "/robot"].map(robotIdOf)).toEqual([
      "robot",
      "r1",
      "r1",
      "cell.r1",
      "robot-ns",
    ]);
  });

  it("is one that the configuration would take, and another one for another namespace, however long", () => {
    const long = ["/a", "/b"].map((end) => `/${"n".repeat(90)}${end}`);
    const ids = long.map(robotIdOf);
    expect(new Set(ids).size).toBe(2);
    for (const id of [...ids, robotIdOf("/cell_1/arm__2")]) expect(isRobotId(id)).toBe(true);
  });
});

describe("a robot that is not seen", () => {
  it("is gone after a while, not for a restart of its nodes", () => {
    const absence = new Absence();
    expect(absence.isGone("r1", true, 0)).toBe(false);
    expect(absence.isGone("r1", false, 1000)).toBe(false);
    expect(absence.isGone("r1", false, 3900)).toBe(false);
    expect(absence.isGone("r1", true, 3950)).toBe(false);
    expect(absence.isGone("r1", false, 4000)).toBe(false);
    expect(absence.isGone("r1", false, 6990)).toBe(false);
    expect(absence.isGone("r1", false, 7000)).toBe(true);
  });

  it("is gone at once if it never was there", () => {
    expect(new Absence().isGone("robot", false, 0)).toBe(true);
  });
});
